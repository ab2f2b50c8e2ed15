"""`rota ask` and `rota collect`: questionnaires out, answers in, and who has not answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from console.screen import Screen
from constraints.registry import catalogue
from rota.case import Case
from rota.text import several, text
from workbook.collecting import Collected, collect
from workbook.updating import replace_table

ANSWERS = (".xlsx", ".xlsm", ".csv")


def answer_files(given: Iterable[Path]) -> Iterator[Path]:
    """Yield the files given, and for a folder the workbooks and tables in it; lock files of Excel are none."""
    for path in given:
        found = sorted(path.iterdir()) if path.is_dir() else [path]
        yield from (p for p in found if not path.is_dir() or (p.suffix.lower() in ANSWERS and p.name[0] not in "~."))


def take_in(case: Case, place: Path, given: Iterable[Path], screen: Screen, *, dry_run: bool) -> Collected:
    """Merge answers into the availability of the case at `place`, and say what came of each."""
    collected = collect(case, list(answer_files(given)))
    for finding in collected.findings:
        word = text("error", "错误") if finding.severity == "error" else text("note", "提示")
        screen.say(text("{word}: {what}", "{word}：{what}", word=word, what=finding.say(screen.language)))
    before, after = set(case.availability), set(collected.availability)
    if collected.availability != case.availability and not dry_run:
        updated = case.model_copy(update={"availability": collected.availability})
        screen.say(str(replace_table(place, updated, "availability", catalogue(), screen.language)))
    screen.say(
        text(
            "{n} answered; {added} added, {gone} withdrawn",
            "{n} 个单位已答复；新增 {added}，撤回 {gone} 行",
            n=len(collected.answered),
            added=several(len(after - before), "row", "行"),
            gone=len(before - after),
        )
    )
    if collected.silent:
        silent = tuple(unit.label for unit in collected.silent)
        screen.say(text("not answered yet ({n}): {who}", "尚未答复（{n}）：{who}", n=len(silent), who=silent))
    screen.emit(
        {
            "answered": [unit.id for unit in collected.answered],
            "silent": [unit.id for unit in collected.silent],
            "findings": [finding.say(screen.language) for finding in collected.findings],
        }
    )
    return collected
