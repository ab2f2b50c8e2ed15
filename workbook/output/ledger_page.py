"""The fairness ledger as a page to print: a chart per role beside its table, in one file of HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from rota.case import Case
from rota.dates import full_day
from rota.ledger import Ledger, Standing
from rota.text import Language, Message, name, text
from workbook.output import words
from workbook.output.ledger_chart import Chart, Years, chart, shaded
from workbook.output.ledger_table import ahead, by_role, minutes, summary, without_turns
from workbook.output.names import Names
from workbook.output.rendering import rendered

MINUS = "\N{MINUS SIGN}"
ROWS = 34
"""Resources in one chart: so many fit on a page; a larger role has several."""

LABELS = {
    "title": words.LEDGER,
    "who": words.WHO,
    "turns": words.TURNS,
    "target": words.TARGET,
    "deviation": words.DEVIATION,
    "minutes": words.MINUTES,
    "none": text("No turn is recorded yet.", "尚无任何记录。"),
    "mark": words.TARGET,
    "legend": text("Legend", "图例"),
    "reading": text(
        "Bars are turns actually held. Fair target: each turn is shared among all who could have taken it and were "
        "members on that day. The deviation is turns less target; those furthest behind stand first.",
        "横条为实际举办的次数。应得次数：每一次由当日在册、可任该岗位者分摊。偏差为次数减应得次数，最落后者排在最前。",
    ),
}


@dataclass(frozen=True)
class Line:
    """One row of the table: figures as they are printed."""

    who: str
    by_year: tuple[int, ...]
    turns: int
    share: str
    ahead: str
    minutes: str

    @property
    def behind(self) -> bool:
        """Whether turns are owed."""
        return self.ahead.startswith(MINUS)


@dataclass(frozen=True)
class Block:
    """One chart with its table, row by row."""

    role: str
    summary: str
    chart: Chart
    lines: tuple[Line, ...]


def ledger_html(
    case: Case,
    book: Ledger,
    found: Sequence[Standing],
    language: Language,
    *,
    today: dt.date,
    remarks: Sequence[Message] = (),
) -> str:
    """Return the ledger as one self-contained page of HTML, made for A4 paper."""
    names, years = Names(case, language), shaded(book, language)
    idle = tuple(names.role(role) for role in without_turns(found))
    notes = [remark.say(language) for remark in remarks]
    if idle and len(idle) < len({standing.role for standing in found}):
        notes.append(text("No turns as {roles}.", "尚无记录的岗位：{roles}。", roles=idle).say(language))
    return rendered(
        "ledger.html",
        language,
        words={key: word.say(language) for key, word in LABELS.items()},
        case_title=case.settings.label.say(language),
        alliance=name(case.settings.alliance, case.settings.alliance_en).say(language),
        until=text("up to {day}", "截至 {day}", day=full_day(today, language)).say(language),
        years=years,
        blocks=tuple(_blocks(found, years, names)),
        notes=notes,
    )


def _blocks(found: Sequence[Standing], years: Sequence[Years], names: Names) -> Iterator[Block]:
    for role, standings in by_role(found):
        most = max(max(each.turns, ceil(each.share or 0)) for each in standings)
        for first in range(0, len(standings), ROWS):
            page = standings[first : first + ROWS]
            lines = tuple(_line(standing, years, names) for standing in page)
            said = summary(standings).say(names.language)
            yield Block(names.role(role), said, chart(page, most, years, names), lines)


def _line(standing: Standing, years: Sequence[Years], names: Names) -> Line:
    return Line(
        who=names.who(standing.who),
        by_year=tuple(each.turns(standing) for each in years),
        turns=standing.turns,
        share="" if standing.share is None else f"{float(standing.share):.2f}",
        ahead=ahead(standing).replace("-", MINUS),
        minutes=minutes(standing),
    )
