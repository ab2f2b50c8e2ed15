"""Names that are nearly right, and names that two things bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rota.problem import Problem
from rota.row import Named
from rota.text import Message, text

if TYPE_CHECKING:
    from rota.case import Case

MOST = 3
"""So many names are suggested."""
ALIKE = 0.6
"""How much of a word has to be right for a name to be suggested, from 0 to 1."""
SHORT = 2
"""Of words of so many characters, half is enough: Chinese names often have no more."""

NAMED_ALIKE = (("units", "people", "equipment"), ("sites",))
"""Tables whose rows are called by name, those together that one name may be meant to choose from."""


def near(said: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return up to three of the keys of `names` whose names are most like what was said, the likest first.

    What was said may be like a part of a name: 税务局 is near 河湾税务所.
    """
    wanted = said.casefold().strip()
    if not wanted:
        return []
    least = ALIKE if len(wanted) > SHORT else ALIKE - 0.1
    scores = {
        key: max((_likeness(wanted, name.casefold()) for name in spoken if name), default=0.0)
        for key, spoken in names.items()
    }
    found = sorted((key for key, score in scores.items() if score >= least), key=lambda key: -scores[key])
    return found[:MOST]


def _likeness(wanted: str, name: str) -> float:
    """Return how alike a word is to a name, or to the piece of it that is as long."""
    pieces = (name[i : i + len(wanted)] for i in range(max(1, len(name) - len(wanted) + 1)))
    return max(SequenceMatcher(None, wanted, piece, autojunk=False).ratio() for piece in (name, *pieces))


def unknown(case: Case, wanted: str, targets: Sequence[str]) -> Message:
    """Say that no row of the tables bears an id, and which ids may be meant."""
    sheets = tuple(Message(target, type(case).model_fields[target].title or target) for target in targets)
    rows = [row for target in targets for row in getattr(case, target)]
    names = {row.id: (row.id, row.name, row.name_en) if isinstance(row, Named) else (row.id,) for row in rows}
    exactly = [id_ for id_, spoken in names.items() if wanted.casefold() in {name.casefold() for name in spoken}]
    if found := exactly or near(wanted, names):
        return text(
            '"{wanted}" is not in {sheets}; did you mean {near}?',
            "“{wanted}”不在表“{sheets}”中；是否应为 {near}？",
            wanted=wanted,
            sheets=sheets,
            near=tuple(found),
        )
    return text(
        '"{wanted}" is not in {sheets}; add it there or correct the name',
        "“{wanted}”不在表“{sheets}”中；请在该表添加或改正",
        wanted=wanted,
        sheets=sheets,
    )


def namesakes(case: Case) -> Iterator[Problem]:
    """Yield the rows whose name, in either language, a row before them bears already."""
    for tables in NAMED_ALIKE:
        bearers: dict[str, str] = {}
        for table in tables:
            for number, row in enumerate(getattr(case, table)):
                field, other = next(
                    ((f, bearers[said]) for f in ("name", "name_en") if (said := getattr(row, f)) in bearers), ("", "")
                )
                if other and other != row.id:
                    yield Problem(table, number, field, _shared(getattr(row, field), other), "warning")
                bearers |= {said: row.id for said in (row.name_en, row.name) if said and said not in bearers}


def _shared(name: str, other: str) -> Message:
    return text(
        '{other} has the name "{name}" too; a question about one of them has to name its id. Add what tells them '
        "apart, e.g. the unit",
        "{other} 也叫“{name}”；提问时须写编号才能区分。建议在名称中加以区别，例如加上单位",
        name=name,
        other=other,
    )
