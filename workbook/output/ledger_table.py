"""The fairness ledger in rows: on the terminal, as CSV, and as a workbook with every single turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook

from rota.case import Case
from rota.ledger import Ledger, Standing
from rota.text import Language, Message, several, text
from workbook.output import sheet as draw
from workbook.output import words
from workbook.output.columns import columns, plain
from workbook.output.csv_files import comma_separated
from workbook.output.names import Names
from workbook.output.session_table import Cell
from workbook.saving import workbook_bytes, write_file

BEFORE_YEARS = (words.ROLE, words.WHO)
AFTER_YEARS = (words.TURNS, words.TARGET, words.DEVIATION, words.MINUTES)
EVERY_TURN = (words.DATE, words.WHO, words.ROLE, words.ACTIVITY, words.MINUTES, words.SESSION)


def ledger_table(case: Case, book: Ledger, found: Sequence[Standing], language: Language, width: int) -> str:
    """Return one table per role in lines of at most `width` columns, those furthest behind first.

    Roles in which nobody has had a turn are named below.
    """
    names = Names(case, language)
    lines: list[str] = []
    for role, standings in by_role(found):
        title = text("{role}: {summary}", "{role}：{summary}", role=names.role(role), summary=summary(standings))
        header = [word.say(language) for word in (words.WHO, *AFTER_YEARS)]
        header[1:1] = map(str, book.years)
        rows = [_said(standing, book, names) for standing in standings]
        table = columns([header, *rows], width, yielding={0}, right=range(1, len(header)))
        lines += [plain(title.say(language)), *table, ""]
    idle = [names.role(role) for role in without_turns(found)]
    if idle:
        lines += [text("No turns as {roles}.", "尚无记录的岗位：{roles}。", roles=tuple(idle)).say(language), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


def by_role(found: Sequence[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    """Yield the roles in which somebody has had a turn."""
    for role, group in groupby(found, key=lambda standing: standing.role):
        standings = list(group)
        if any(standing.turns for standing in standings):
            yield role, standings


def summary(standings: Sequence[Standing]) -> Message:
    """Say the turns of one role, and how they are shared where that is not alike."""
    turns = so_many(sum(standing.turns for standing in standings))
    if all(standing.weight == 1 for standing in standings):
        return turns
    return text("{turns}, targets by members", "{turns}，应得次数按成员数加权", turns=turns)


def so_many(turns: int) -> Message:
    """Say a number of turns."""
    return several(turns, "turn", "次")


def without_turns(found: Sequence[Standing]) -> list[str]:
    """Return the roles in which nobody has had a turn."""
    served = {role for role, _ in by_role(found)}
    return [role for role in dict.fromkeys(standing.role for standing in found) if role not in served]


def _said(standing: Standing, book: Ledger, names: Names) -> list[str]:
    years = [str(standing.by_year.get(year, "")) for year in book.years]
    share = "" if standing.share is None else f"{float(standing.share):.2f}"
    return [names.who(standing.who), *years, str(standing.turns), share, ahead(standing), minutes(standing)]


def ahead(standing: Standing) -> str:
    """Write how far somebody is ahead of their fair share or behind it; nothing for those without one."""
    rounded = round(float(standing.balance), 2)
    if standing.share is None:
        return ""
    return f"{rounded:+.2f}" if rounded else "0.00"


def minutes(standing: Standing) -> str:
    """Write the minutes; with `+` where those of some turns are not known."""
    return f"{standing.minutes}+" if standing.unmeasured else str(standing.minutes)


def write_ledger_csv(case: Case, book: Ledger, found: Sequence[Standing], path: Path, language: Language) -> None:
    """Write the sums as CSV for spreadsheets.

    Raises:
        FileHeldError: another program holds the file open.
    """
    write_file(path, comma_separated(_titles(book), _sums(case, book, found, language)))


def write_ledger_workbook(case: Case, book: Ledger, found: Sequence[Standing], path: Path, language: Language) -> None:
    """Write a workbook: the sums, and every turn on a sheet of its own.

    Raises:
        FileHeldError: another program holds the file open.
    """
    made = Workbook()
    made.properties.title = case.settings.label.say(language)
    sums, turns = made.worksheets[0], made.create_sheet(words.TURNS.say(language))
    sums.title = words.LEDGER.say(language)
    draw.table(
        sums, _titles(book), _sums(case, book, found, language), [16, 30, *(9 for _ in book.years), 9, 14, 12, 12]
    )
    titles = [words.bilingual(word) for word in EVERY_TURN]
    draw.table(turns, titles, _turns(case, book, found, language), [13, 30, 16, 26, 10, 28])
    write_file(path, workbook_bytes(made, case.settings.issued or case.settings.first))


def _titles(book: Ledger) -> list[str]:
    before, after = ([words.bilingual(word) for word in part] for part in (BEFORE_YEARS, AFTER_YEARS))
    return [*before, *map(str, book.years), *after]


def _sums(case: Case, book: Ledger, found: Sequence[Standing], language: Language) -> Iterator[tuple[Cell, ...]]:
    names = Names(case, language)
    for standing in found:
        share = None if standing.share is None else round(float(standing.share), 2)
        balance = None if standing.share is None else round(float(standing.balance), 2)
        years = (standing.by_year.get(year, 0) for year in book.years)
        who = (names.role(standing.role), names.who(standing.who))
        yield (*who, *years, standing.turns, share, balance, standing.minutes)


def _turns(case: Case, book: Ledger, found: Sequence[Standing], language: Language) -> Iterator[tuple[Cell, ...]]:
    names = Names(case, language)
    roles = {standing.role for standing in found}
    for turn in book.turns:
        if turn.role in roles:
            who, role = names.who(turn.resource), names.role(turn.role)
            yield turn.day, who, role, names.activity(turn.activity), turn.minutes, turn.session
