"""`rota ledger`: who did what over the years, and who is ahead of their fair share or behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.naming import role_named
from constraints.reading import read_rules
from constraints.rules.fair_share import FairShare
from rota.agenda import agenda_of
from rota.ledger import ledger, standings
from rota.problem import RotaError
from rota.text import Message, name, text
from workbook.output.ledger_page import ledger_html
from workbook.output.ledger_table import ledger_table, write_ledger_csv, write_ledger_workbook
from workbook.saving import write_file

if TYPE_CHECKING:
    from console.screen import Screen
    from rota.case import Case
    from rota.facts import Resource
    from rota.ledger import Ledger, Standing, Turn, Weigh
    from rota.plan import Plan
    from rota.text import Language

MOST_NAMED = 5
"""So many sessions are named in a line."""


class FormError(RotaError):
    """The name of a file to be written does not say its form."""


@dataclass(frozen=True)
class Shown:
    """What is shown of a ledger: where those stand who take the roles asked for, counted up to a day."""

    case: Case
    book: Ledger
    found: tuple[Standing, ...]
    today: dt.date
    remarks: tuple[Message, ...]


def show_ledger(
    case: Case,
    plan: Plan | None,
    screen: Screen,
    today: dt.date,
    *,
    role: str | None = None,
    assume_held: bool = False,
    output: Path | None = None,
) -> None:
    """Print the ledger, or write it into a file; say beside it which sessions nobody has recorded.

    Raises:
        UnclearNameError: there is no such role.
        FormError: the ending of the file says no form.
    """
    write = _writer(output) if output else None
    book = ledger(case, plan, today, assume_held=assume_held)
    wanted = role_named(case, role) if role else None
    found = tuple(each for each in standings(case, book, weights(case)) if wanted in {None, each.role})
    shown = Shown(case, book, found, today, tuple(remarks(case, plan, book)))
    if output and write:
        write(shown, output, screen.language)
        screen.say(str(output))
    else:
        screen.say(ledger_table(case, book, found, screen.language, screen.width))
    for remark in shown.remarks:
        screen.note(remark)
    screen.emit(_body(shown))


def weights(case: Case) -> Weigh:
    """Return what resources weigh: their members in the roles whose rule of fair shares says so, else all the same."""
    weighted = {rule.role for rule in read_rules(case) if isinstance(rule, FairShare) and rule.weighted}

    def weigh(role: str, resource: Resource) -> int:
        return resource.weight if weighted & {"", role} else 1

    return weigh


def remarks(case: Case, plan: Plan | None, book: Ledger) -> Iterator[Message]:
    """Yield what the ledger does not know."""
    if plan is None:
        yield text(
            "There is no plan beside the case: of this horizon only the hosts named in outcomes count.",
            "资料旁没有轮值安排：本期只计入台账写明的实际轮值单位。",
        )
    if book.unrecorded:
        yield _unrecorded(case, book)
    if book.unplanned and plan is not None:
        yield text(
            "Held, but not in the plan, so only the host of the outcome counts: {sessions}.",
            "已举办但不在安排中，只计入台账写明的轮值单位：{sessions}。",
            sessions=_named(case, book.unplanned),
        )
    if book.nameless:
        yield text(
            "The outcome names a host, but no role there is for units: {sessions}.",
            "台账写有轮值单位，但该活动没有由单位担任的岗位：{sessions}。",
            sessions=_named(case, book.nameless),
        )


def to_come(case: Case, book: Ledger) -> Iterator[Message]:
    """Yield which sessions of the horizon are still to come, for whoever closes the year."""
    if book.coming:
        yield text(
            "Sessions still to come, not in the history ({n}): {sessions}. Make the next case again when they are "
            "over, or enter them in its sheet 往年记录.",
            "{n} 场尚未举办，不在往年记录中：{sessions}。请在办完后重新生成，或在新资料的“往年记录”中补记。",
            n=len(book.coming),
            sessions=_named(case, book.coming),
        )


def _unrecorded(case: Case, book: Ledger) -> Message:
    """Say which sessions are past and have no outcome, and whether they count."""
    said = {"n": len(book.unrecorded), "sessions": _named(case, book.unrecorded)}
    if book.assumed:
        return text(
            "Past sessions without an outcome, assumed to be held ({n}): {sessions}.",
            "{n} 场已过期但台账无记录，按已举办计：{sessions}。",
            **said,
        )
    return text(
        "Past sessions without an outcome, not counted ({n}): {sessions}. Enter them in the sheet 台账, or add "
        "--assume-held.",
        "{n} 场已过期但台账无记录，未计入：{sessions}。请在“台账”表中补记，或加 --assume-held。",
        **said,
    )


def _named(case: Case, sessions: Sequence[str]) -> tuple[Message, ...]:
    """Name the first of some sessions, and say how many more there are."""
    known = agenda_of(case).by_id
    labels = [known[each].label if each in known else name(each) for each in sessions[:MOST_NAMED]]
    if more := len(sessions) - len(labels):
        labels.append(text("and {n} more", "另有 {n} 场", n=more))
    return tuple(labels)


def _writer(output: Path) -> Callable[[Shown, Path, Language], None]:
    form = output.suffix.lower()
    if form not in WRITERS:
        raise FormError(
            text(
                "{file}: write a name that ends in {forms}.",
                "{file}：文件名须以 {forms} 结尾。",
                file=output.name,
                forms=tuple(WRITERS),
            )
        )
    return WRITERS[form]


def _csv(shown: Shown, path: Path, language: Language) -> None:
    write_ledger_csv(shown.case, shown.book, shown.found, path, language)


def _xlsx(shown: Shown, path: Path, language: Language) -> None:
    write_ledger_workbook(shown.case, shown.book, shown.found, path, language)


def _html(shown: Shown, path: Path, language: Language) -> None:
    html = ledger_html(shown.case, shown.book, shown.found, language, today=shown.today, remarks=shown.remarks)
    write_file(path, html.encode())


WRITERS: dict[str, Callable[[Shown, Path, Language], None]] = {".csv": _csv, ".xlsx": _xlsx, ".html": _html}


def _body(shown: Shown) -> dict[str, object]:
    """Return the ledger for programs."""
    roles = {standing.role for standing in shown.found}
    return {
        "until": shown.today.isoformat(),
        "assumed_held": shown.book.assumed,
        "years": list(shown.book.years),
        "standings": [_standing(standing) for standing in shown.found],
        "turns": [_turn(turn) for turn in shown.book.turns if turn.role in roles],
        "unrecorded": list(shown.book.unrecorded),
        "coming": list(shown.book.coming),
        "not_held": list(shown.book.dropped),
        "unplanned": list(shown.book.unplanned),
        "without_role": list(shown.book.nameless),
    }


def _standing(standing: Standing) -> dict[str, object]:
    share = None if standing.share is None else round(float(standing.share), 4)
    return {
        "role": standing.role,
        "who": standing.who,
        "turns": standing.turns,
        "by_year": {str(year): turns for year, turns in sorted(standing.by_year.items())},
        "minutes": standing.minutes,
        "minutes_unknown": standing.unmeasured,
        "fair_share": share,
        "ahead": None if share is None else round(float(standing.balance), 4),
    }


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "who": turn.resource,
        "role": turn.role,
        "day": turn.day.isoformat(),
        "activity": turn.activity,
        "minutes": turn.minutes,
        "session": turn.session or None,
    }
