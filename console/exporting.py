"""`rota export`: which room writes which form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calendars import feeds, write_feeds
from console.screen import Screen
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamps
from workbook.output import export_csv, export_html, export_xlsx


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


WRITERS: dict[str, Callable[[Export], Iterator[str]]] = {"ics": _ics, "xlsx": _xlsx, "csv": _csv, "html": _html}
