"""`rota next`: the next year's case, written beside this one, and what to look at in it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from console.holiday_lines import with_drafted_holidays
from console.ledger import remarks, to_come
from constraints.registry import catalogue
from rota.next_year import next_year, out_of_the_way_of_holidays, resumed
from rota.shifting import year_of
from rota.text import several, text
from workbook.starter import write_starter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.screen import Screen
    from rota.case import Case
    from rota.document import Edit
    from rota.ledger import Ledger
    from rota.plan import Plan


def place_of_next(place: Path, case: Case, year: int) -> Path:
    """Return where the next case goes when nobody says: beside this one, the year in its name replaced or appended."""
    here = place.resolve()
    stem, suffix = (here.name, "") if here.is_dir() else (here.stem, here.suffix)
    old = re.compile(rf"(?<!\d){year_of(case)}(?!\d)")
    beside = place.parent if place.name not in {"", ".."} else here.parent
    return beside / ((old.sub(str(year), stem) if old.search(stem) else f"{stem}-{year}") + suffix)


def write_next(
    case: Case,
    plan: Plan | None,
    book: Ledger,
    year: int,
    target: Path,
    screen: Screen,
    *,
    cancelled: Iterable[Edit] = (),
    journal: Path | str | None = None,
) -> None:
    """Write the case for `year`, the turns of its ledger as history; print the files, what to look at, what to do next.

    It goes on in the `journal` of this case, if there is one; `cancelled` is what cancelling single sessions did to it.

    Raises:
        NextYearError: the year is none that can follow the case.
        OccupiedError: there is something at the target already.
    """
    carried = next_year(resumed(case, cancelled), book, year)
    settled = out_of_the_way_of_holidays(with_drafted_holidays(carried.case))
    made = settled.case if journal is None else _with_journal(settled.case, journal, target)
    notes = [*remarks(case, plan, book), *to_come(case, book), *carried.notes, *settled.notes]
    screen.each(str(path) for path in write_starter(target, made, catalogue(), screen.language))
    screen.say(
        text(
            "{first} to {last}; {n} in the history, {new} of them from this year.",
            "排班期 {first} 至 {last}；往年记录 {n}，其中 {new} 次来自本年度。",
            first=made.settings.first,
            last=made.settings.last,
            n=several(len(made.history), "turn", "次"),
            new=carried.added,
        )
    )
    if notes:
        screen.say(text("Please look at:", "请核对："))
        screen.each(f"  - {note.say(screen.language)}" for note in notes)
    screen.say(text("Next: `rota check {t}`.", "下一步：`rota check {t}`。", t=str(target)))
    screen.emit(
        {
            "target": str(target),
            "first": made.settings.first.isoformat(),
            "last": made.settings.last.isoformat(),
            "history": len(made.history),
            "unrecorded": list(book.unrecorded),
            "notes": [note.say(screen.language) for note in notes],
        }
    )


def _with_journal(case: Case, journal: Path | str, target: Path) -> Case:
    """Return a case that says where its journal is kept, as seen from where it will lie."""
    folder = target.parent if target.suffix else target
    where = journal if isinstance(journal, str) else os.path.relpath(journal.resolve(), folder.resolve())
    settings = case.settings.model_copy(update={"journal": where.replace(os.sep, "/")})
    return case.model_copy(update={"settings": settings})
