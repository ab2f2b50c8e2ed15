"""Names in the parameters of rules that the case does not have, each with what may have been meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.inspection import spelled
from rota.spelling import near
from rota.text import LANGUAGES, Message, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rota.case import Case


def misfits(named: Mapping[str, tuple[object, ...]], case: Case) -> Iterator[tuple[str, Message]]:
    """Yield (parameter, sentence) for every name among the values of parameters that the case does not have."""
    groups = {group for resource in case.resources.values() for group in resource.groups}
    known: dict[str, set[str]] = {
        "role": set(agenda_of(case).roles),
        "roles": set(agenda_of(case).roles),
        "with_role": set(agenda_of(case).roles),
        "groups": groups,
        "activities": set(case.activity),
        "cycle": set(case.cycle),
        "lines": set(case.line),
        "sites": set(case.site),
        "audience": {known for row in case.audience for known in (row.id, row.name)},
        "then": set(case.activity),
        "instead": set(case.activity),
        "who": set(case.resources),
        "with_whom": set(case.resources),
        "choice": {activity.choice for activity in case.activities if activity.choice},
    }
    for field, values in named.items():
        for wanted in values:
            if field in known and wanted and wanted not in known[field]:
                yield field, _unknown(case, str(wanted), sorted(known[field]))


def _unknown(case: Case, wanted: str, known: Sequence[str]) -> Message:
    labels = {**case.label, **case.role_label}
    meant = near(wanted, {word: (word, *map(labels.get(word, case.term(word)).say, LANGUAGES)) for word in known})
    return text(
        '"{wanted}" is not known here; {meant}known are: {known}',
        "“{wanted}”在本排班中不存在；{meant}已有：{known}",
        wanted=wanted,
        meant=text("did you mean {near}? ", "是否应为 {near}？", near=tuple(meant)) if meant else text("", ""),
        known=tuple(spelled(case, word) for word in known) or text("none", "无"),
    )
