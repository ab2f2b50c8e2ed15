"""The chart of the ledger: a bar per resource, its turns stacked by year, and a mark at the fair share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rota.ledger import Ledger, Standing
from rota.text import Language, Message, text
from rota.width import cut, display_width
from workbook.output.ledger_table import ahead, so_many
from workbook.output.names import Names

WIDTH, HEAD, PITCH = 350, 26, 22
"""In units of the drawing, ten to the root em of the page: the drawing, its axis above, one row; the table beside it
has rows of the same height."""
PLOT = 140
"""Where bars begin; names stand before."""
BAR = 12
ONE_LINE, TWO_LINES = 21, 27
"""Columns of a name that fit in one line, and in each of two lines of smaller print."""
LABELLED = 11
"""The narrowest piece that has room for its number."""
SHADES = 5
"""Years are told apart by so many shades, the newest the strongest; years before are drawn together."""
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
MOST_STEPS = 7


@dataclass(frozen=True)
class Years:
    """One or more years that are drawn in one shade and share a column."""

    label: str
    years: tuple[int, ...]
    shade: int

    def turns(self, standing: Standing) -> int:
        """Return the turns in these years."""
        return sum(standing.by_year.get(year, 0) for year in self.years)


@dataclass(frozen=True)
class Piece:
    """The turns of one year in a bar; `label` is where their number stands, None where it has no room."""

    x: float
    width: float
    shade: int
    turns: int
    label: float | None


@dataclass(frozen=True)
class Bar:
    """One resource: its name in one line or two, its turns, where its fair share lies, and all of it in a sentence."""

    name: tuple[str, ...]
    y: int
    pieces: tuple[Piece, ...]
    share: float | None
    said: str


@dataclass(frozen=True)
class Chart:
    """All bars of a role, with the numbers on the axis."""

    height: int
    steps: tuple[tuple[float, int], ...]
    bars: tuple[Bar, ...]
    title: str
    said: str


def shaded(book: Ledger, language: Language) -> tuple[Years, ...]:
    """Return the years of a ledger, each with its shade; where they are too many, the first of them as one."""
    years = book.years
    early, late = (years[: 1 - SHADES], years[1 - SHADES :]) if len(years) > SHADES else ((), years)
    found = [Years(str(year), (year,), SHADES - place) for place, year in enumerate(reversed(late))]
    if early:
        until = text("to {year}", "{year} 及以前", year=str(early[-1]))
        found.append(Years(until.say(language), early, 1))
    return tuple(reversed(found))


def chart(standings: Sequence[Standing], most: int, years: Sequence[Years], names: Names) -> Chart:
    """Draw the bars of one role, or of a page of it; `most` turns are as wide as the plot."""
    scale = (WIDTH - PLOT - 8) / max(1, most)
    bars = tuple(_bar(standing, HEAD + PITCH * row, scale, years, names) for row, standing in enumerate(standings))
    role = names.role(standings[0].role)
    title = text("{role}: turns by year, and fair target", "{role}：各年次数与应得次数", role=role)
    step = next((step for step in STEPS if most / step <= MOST_STEPS), STEPS[-1])
    steps = tuple((PLOT + count * scale, count) for count in range(0, most + 1, step))
    said = ("；" if names.language == "zh" else "; ").join(bar.said for bar in bars)
    return Chart(HEAD + PITCH * len(bars) + 4, steps, bars, title.say(names.language), said)


def _bar(standing: Standing, y: int, scale: float, years: Sequence[Years], names: Names) -> Bar:
    share = None if standing.share is None else round(PLOT + float(standing.share) * scale, 2)
    pieces, x = [], float(PLOT)
    for each in years:
        if turns := each.turns(standing):
            wide = turns * scale
            pieces.append(Piece(round(x, 2), round(wide, 2), each.shade, turns, _label(x, wide, share)))
            x += wide
    name = names.who(standing.who)
    return Bar(_lines(name), y, tuple(pieces), share, _said(standing, name).say(names.language))


def _label(x: float, wide: float, mark: float | None) -> float | None:
    """Return where the number of a piece stands: in its middle, or beside the mark where that would cover it."""
    middle = x + wide / 2
    if mark is not None and abs(mark - middle) < LABELLED / 2 + 2:
        sides = ((x, mark), (mark, x + wide))
        x, end = max(sides, key=lambda side: side[1] - side[0])
        middle, wide = (x + end) / 2, end - x
    return round(middle, 2) if wide >= LABELLED else None


def _said(standing: Standing, who: str) -> Message:
    if standing.share is None:
        return text("{who}: {turns}", "{who}：{turns}", who=who, turns=so_many(standing.turns))
    return text(
        "{who}: {turns}, fair target {share} ({ahead})",
        "{who}：{turns}，应得 {share} 次（{ahead}）",
        who=who,
        turns=so_many(standing.turns),
        share=f"{float(standing.share):.2f}",
        ahead=ahead(standing),
    )


def _lines(name: str) -> tuple[str, ...]:
    """Break a long name into two lines, after a word where there is one; the second is cut where it is still long."""
    if display_width(name) <= ONE_LINE:
        return (name,)
    first = cut(name, TWO_LINES + 1).removesuffix("…")
    if name[len(first) : len(first) + 1] != " " and " " in first:
        first = first.rpartition(" ")[0]
    return (first.strip(), cut(name[len(first) :].strip(), TWO_LINES))
