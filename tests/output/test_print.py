"""Poster and menu through a real Chromium: papers, pages and pictures."""

import datetime as dt
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from rota.case import Case
from rota.plan import Plan
from rota.text import Language
from workbook.output.browser import Browser, BrowserError, found_browser
from workbook.output.pages import Exported, Paper, export_html, menu_html

RequireComponent = Callable[[str, bool, str], None]
POINTS = {"A3": (1191, 842), "A4": (842, 595)}

pytestmark = pytest.mark.slow
SHELL = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@pytest.fixture
def chromium(require_component: RequireComponent) -> None:
    require_component("Chromium", found_browser() is not None, "apt-get install chromium fonts-noto-cjk")


def pages_of(pdf: Path) -> list[tuple[int, int]]:
    """The size of each page in points; Chromium writes page objects uncompressed."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf.read_bytes())
    return [(round(float(wide)), round(float(tall))) for wide, tall in boxes]


def picture_size(png: bytes) -> tuple[int, int]:
    wide, tall = struct.unpack(">II", png[16:24])
    return wide, tall


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize(("language", "paper"), [("zh", "A3"), ("en", "A4")])
def test_poster_of_twenty_rounds_is_one_page_and_so_is_the_menu(
    case: Case, plan: Plan, tmp_path: Path, language: Language, paper: Paper
) -> None:
    exported = export_html(case, plan, tmp_path, language, paper=paper, png=False)
    assert exported.notes == ()
    assert pages_of(tmp_path / "poster.pdf") == [POINTS[paper]]
    assert pages_of(tmp_path / "week-2023-W11.pdf") == [POINTS["A4"]]


@pytest.mark.usefixtures("chromium")
def test_pictures_are_as_tall_as_their_content(case: Case, plan: Plan, tmp_path: Path) -> None:
    exported = export_html(case, plan, tmp_path, "zh", pdf=False)
    assert [path.suffix for path in exported.paths] == [".html", ".html", ".png", ".png"]
    wide, tall = picture_size((tmp_path / "poster.png").read_bytes())
    assert wide == 3200
    assert 0.6 * wide < tall < wide


@pytest.mark.usefixtures("chromium")
def test_long_year_runs_over_pages_with_all_its_rows(case: Case, plan: Plan, tmp_path: Path) -> None:
    fixed = [s for s in plan.sessions if s.activity == "lawyers"]
    many = tuple(s.model_copy(update={"id": f"x{n}{s.id}"}) for n in range(4) for s in fixed)
    export_html(case, plan.model_copy(update={"sessions": many}), tmp_path, "zh", png=False)
    assert 2 <= len(pages_of(tmp_path / "poster.pdf")) <= 5


@SHELL
def test_browser_that_fails_is_reported_and_the_html_stays(
    case: Case, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("ROTA_CHROMIUM", str(broken))
    exported: Exported = export_html(case, plan, tmp_path / "out", "en")
    assert [path.suffix for path in exported.paths] == [".html", ".html"]
    assert "out of order" in exported.notes[0].say("en")


@SHELL
def test_browser_that_hangs_is_ended(tmp_path: Path) -> None:
    hanging = tmp_path / "chromium"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    with pytest.raises(BrowserError, match="timed out"):
        Browser(str(hanging), timeout=0.5).pdf("<p></p>")


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("deep", [1, 3, 4, 7])
def test_menu_of_a_full_week_is_one_page(case: Case, plan: Plan, tmp_path: Path, deep: int) -> None:
    session = plan.session["rotation@2023-04-01"]
    many = tuple(
        session.model_copy(
            update={
                "id": f"x{day}-{hour}",
                "start": session.start + dt.timedelta(days=day, hours=hour),
                "end": session.end + dt.timedelta(days=day, hours=hour),
            }
        )
        for day in range(2, 9)
        for hour in range(deep)
    )
    full = plan.model_copy(update={"sessions": many})
    browser = found_browser()
    assert browser is not None
    (tmp_path / "menu.pdf").write_bytes(browser.pdf(menu_html(case, full, "zh")))
    assert pages_of(tmp_path / "menu.pdf") == [POINTS["A4"]]


@pytest.mark.usefixtures("chromium")
def test_page_too_tall_for_a_picture_is_noted(case: Case, plan: Plan, tmp_path: Path) -> None:
    fixed = [s for s in plan.sessions if s.activity == "lawyers"]
    many = tuple(s.model_copy(update={"id": f"x{n}{s.id}"}) for n in range(12) for s in fixed)
    exported = export_html(case, plan.model_copy(update={"sessions": many}), tmp_path, "zh", pdf=False)
    assert not (tmp_path / "poster.png").exists()
    assert exported.notes[0].say("en") == "poster.html is too long for a picture; its PDF has all pages."
