"""`rota export`: which room writes which form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calendars.feed import feeds
from calendars.folder import write_feeds
from console.desk import now
from console.links import public_base
from console.screen import Screen
from rota.case import Case
from rota.edition import Edition
from rota.plan import Plan
from rota.stamp import Stamps
from web.participants.site import Site
from web.participants.site_folder import write_site
from workbook.output.csv_files import export_csv
from workbook.output.pages import export_html
from workbook.output.xlsx import export_xlsx


@dataclass(frozen=True)
class Export:
    """What is to be exported where, and how its pages are to look."""

    case: Case
    plan: Plan
    folder: Path
    screen: Screen
    paper: Literal["A3", "A4"] = "A3"
    week: str | None = None
    stamps: Stamps | None = None
    editions: tuple[Edition, ...] = ()
    public_url: str | None = None


def _ics(export: Export) -> Iterator[str]:
    target = export.folder / "feeds"
    for path, title in write_feeds(
        target, feeds(export.case, export.plan, export.screen.language, stamps=export.stamps or {})
    ).index:
        yield f"{target / path}  {title}"


def _xlsx(export: Export) -> Iterator[str]:
    yield from map(str, export_xlsx(export.case, export.plan, export.folder, export.screen.language))


def _csv(export: Export) -> Iterator[str]:
    yield from map(str, export_csv(export.case, export.plan, export.folder, export.screen.language))


def _html(export: Export) -> Iterator[str]:
    language = export.screen.language
    written = export_html(export.case, export.plan, export.folder, language, paper=export.paper, week=export.week)
    for remark in written.notes:
        export.screen.note(remark)
    yield from map(str, written.paths)


def _site(export: Export) -> Iterator[str]:
    """Write feeds and pages; those of a revision are the ones that the server has."""
    stated = export.public_url or export.case.settings.url
    base = public_base(export.case, export.public_url) if stated else ""
    editions = export.editions or (Edition(export.case, export.plan, export.stamps or {}),)
    yield from write_site(Site(editions, base, now()), export.folder, export.screen.language)


WRITERS: dict[str, Callable[[Export], Iterator[str]]] = {
    "ics": _ics,
    "xlsx": _xlsx,
    "csv": _csv,
    "html": _html,
    "site": _site,
}
