"""The poster of the year and the weekly menu: HTML always, PDF and PNG where a Chromium is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rota.case import Case
from rota.plan import Plan
from rota.text import Language, Message, text
from workbook.output import menu as week_menu
from workbook.output import poster as year_poster
from workbook.output.browser import Browser, BrowserError, found_browser
from workbook.output.rendering import rendered
from workbook.saving import write_file

Paper = Literal["A3", "A4"]

POSTER = "poster.html"
FITS = (1, 0.94, 0.88, 0.82, 0.76, 0.7)
"""Sizes at which a page is tried, until it stands on one sheet."""
FLOWING = ' flowing"'
"""What marks, in the class of its body, a poster meant for several pages."""


@dataclass(frozen=True)
class Exported:
    """The files that were written, and what the reader should know about those that were not."""

    paths: tuple[Path, ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page to be printed: its file, its HTML, and the width of its picture in pixels."""

    path: Path
    html: str
    width: int


def export_html(
    case: Case,
    plan: Plan,
    folder: Path,
    language: Language,
    *,
    paper: Paper = "A3",
    week: str | None = None,
    pdf: bool = True,
    png: bool = True,
) -> Exported:
    """Write the poster (A3 or A4 landscape) and the menu of one week (A4 landscape) into `folder`.

    `week` is an ISO week, `2023-W11`, or a date inside it; the first week with sessions where it is None. PDF and PNG
    are made by Chromium; without one, or where it fails, the HTML is written all the same and a note says so.

    Raises:
        WeekError: `week` is neither a week nor a date.
        FileHeldError: another program holds a file open.
    """
    monday = week_menu.monday_of(week) if week else week_menu.first_week(plan, case)
    browser = found_browser() if pdf or png else None
    year = fitted(browser, lambda fit: poster_html(case, plan, language, paper, fit))
    pages = (
        Page(folder / POSTER, year, 1600),
        Page(folder / f"week-{week_menu.week_name(monday)}.html", menu_html(case, plan, language, week), 1240),
    )
    return written_pages(pages, pdf=pdf, png=png)


def written_pages(pages: tuple[Page, ...], *, pdf: bool, png: bool) -> Exported:
    """Write pages as HTML, and as PDF and PNG where asked for and where Chromium is found.

    Raises:
        FileHeldError: another program holds a file open.
    """
    for page in pages:
        write_file(page.path, page.html.encode())
    written = Exported(tuple(page.path for page in pages))
    return _printed(found_browser(), written, pages, pdf=pdf, png=png) if pdf or png else written


def fitted(browser: Browser | None, made: Callable[[float], str]) -> str:
    """Return the largest page that Chromium prints on one sheet; at full size without one, or where none does."""
    if browser is not None:
        with suppress(BrowserError):
            for fit in FITS:
                if FLOWING in (html := made(fit)):
                    break
                if pages_of(browser.pdf(html)) == 1:
                    return html
    return made(1)


def pages_of(pdf: bytes) -> int:
    """Count the pages of a document that Chromium wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def poster_html(case: Case, plan: Plan, language: Language, paper: Paper = "A3", fit: float = 1) -> str:
    """Return the poster of the year as one self-contained page of HTML; `fit` below 1 sets everything smaller."""
    said = {key: word.say(language) for key, word in year_poster.LABELS.items()}
    shown = year_poster.poster(case, plan, language)
    return rendered("poster.html", language, paper=paper, poster=shown, words=said, fit=fit)


def menu_html(case: Case, plan: Plan, language: Language, week: str | None = None) -> str:
    """Return the menu of one week as one self-contained page of HTML.

    Raises:
        WeekError: `week` is neither a week nor a date.
    """
    monday = week_menu.monday_of(week) if week else week_menu.first_week(plan, case)
    said = {key: word.say(language) for key, word in week_menu.LABELS.items()}
    return rendered("menu.html", language, paper="A4", menu=week_menu.menu(case, plan, monday, language), words=said)


def _printed(browser: Browser | None, written: Exported, pages: tuple[Page, ...], *, pdf: bool, png: bool) -> Exported:
    if browser is None:
        return Exported(written.paths, (NO_BROWSER,))
    try:
        for page in pages:
            written = _of_page(browser, page, written, pdf=pdf, png=png)
    except BrowserError as error:
        return Exported(written.paths, (*written.notes, error.message))
    return written


def _of_page(browser: Browser, page: Page, written: Exported, *, pdf: bool, png: bool) -> Exported:
    """Add the document and the picture of one page to what is written."""
    if pdf:
        written = _with(written, page.path.with_suffix(".pdf"), browser.pdf(page.html))
    if not png:
        return written
    picture = browser.png(page.html, page.width)
    if picture is None:
        return replace(written, notes=(*written.notes, _too_tall(page.path)))
    return _with(written, page.path.with_suffix(".png"), picture)


def _with(written: Exported, path: Path, content: bytes) -> Exported:
    write_file(path, content)
    return replace(written, paths=(*written.paths, path))


def _too_tall(path: Path) -> Message:
    return text(
        "{file} is too long for a picture; its PDF has all pages.",
        "{file} 太长，未生成图片；PDF 含全部页面。",
        file=path.name,
    )


NO_BROWSER = text(
    "PDF and PNG need Chromium or Chrome, and none was found: install one (Debian: apt install chromium "
    "fonts-noto-cjk) or name it in ROTA_CHROMIUM. The HTML is written, and any browser prints it.",
    "PDF 和 PNG 需要 Chromium 或 Chrome，但未找到：请安装（Debian：apt install chromium fonts-noto-cjk），"
    "或用环境变量 ROTA_CHROMIUM 指明。HTML 已写好，用任何浏览器都可打印。",
)
