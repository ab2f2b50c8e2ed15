"""Surveys: when each person asked is free, and the rows of the audience that count these people exactly."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from rota.facts import Audience
from rota.hours import MINUTES_A_DAY, Weekdays, weekday_set
from rota.row import Clock, Id, Ids, OptionalId, Row, refused
from rota.text import WEEKDAYS_EN, WEEKDAYS_ZH, Language

WEEK = 7 * MINUTES_A_DAY
MIDNIGHT = dt.time()

Kind = tuple[str, str]
"""Who is counted together: the unit that people belong to and the site that they come to, each empty where not said."""
Spell = tuple[int, int]
"""A time of the week without a break, in minutes after Monday 00:00: from (inclusive) and to (exclusive)."""


def _until(cell: object) -> object:
    return MIDNIGHT if isinstance(cell, str) and cell.strip() in {"24:00", "24：00"} else cell


class Answer(Row):
    """One time at which one person is free, from one row of a survey (问卷); several rows of one `id` are one person.

    It means each of `weekdays` from `start` to `end`; an `end` before the `start` lies on the next day.
    """

    id: Id = Field(title="编号")
    unit: OptionalId = Field("", title="单位")
    site: OptionalId = Field("", title="站点")
    weekdays: Weekdays = Field("", title="星期")
    start: Clock = Field(title="开始时刻")
    end: Annotated[Clock, BeforeValidator(_until)] = Field(title="结束时刻")
    services: Ids = Field((), title="想要的服务")
    note: str = Field("", title="备注")

    @model_validator(mode="after")
    def _some_time(self) -> Answer:
        if self.start == self.end != MIDNIGHT:
            raise refused(
                "is the time at which it starts; for all day write 00:00 to 24:00",
                "与开始时刻相同；全天请填 00:00 至 24:00",
                "end",
            )
        return self


def audience_of(
    answers: Iterable[Answer], names: Mapping[str, str], *, prefix: str, grid: int = 1, language: Language = "zh"
) -> tuple[Audience, ...]:
    """Return rows of the audience such that those which cover a session count everybody who is free for all of it.

    Everybody's times are joined into the longest ones without a break, and each row counts the people for whom a time
    is one of these from its start to its end, no more and no less. Such times of one person never meet, so that a
    session lies in one of them at most: the sizes of the rows that cover it add up to the people free throughout.

    That is exact for every session that begins and ends on a multiple of `grid` minutes, to which times are narrowed.
    Whoever is free for more than 24 hours on end is counted in one row per day, and so not for a session over midnight.

    Rows are by unit and site; `names` says the name of each unit ("" for those without one). Weekdays on which a row
    would have the same size share it. Ids begin with `prefix` and depend on nothing but the kind, the time and the day.
    """
    found: dict[tuple[Kind, int, int], Counter[int]] = {}
    for (unit, site, _), own in _by_person(answers).items():
        for start, end in _days(_narrowed(_joined(own), grid)):
            day, minute = divmod(start, MINUTES_A_DAY)
            found.setdefault(((unit, site), minute, end - start), Counter())[day] += 1
    return tuple(
        _row(kind, start, minutes, days, size, prefix, names, language)
        for (kind, start, minutes), sizes in sorted(found.items())
        for size, days in sorted(_same(sizes).items(), key=lambda each: each[1])
    )


def wished(answers: Iterable[Answer]) -> Counter[str]:
    """Return how many people want each service, the most wanted first."""
    votes = Counter(service for _, service in {(answer.id, s) for answer in answers for s in answer.services})
    return Counter(dict(sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))))


def _by_person(answers: Iterable[Answer]) -> dict[tuple[str, str, str], list[Answer]]:
    people: dict[tuple[str, str, str], list[Answer]] = {}
    for answer in answers:
        people.setdefault((answer.unit, answer.site, answer.id), []).append(answer)
    return people


def _joined(answers: Sequence[Answer]) -> list[Spell]:
    """Return the times at which somebody is free, each as long as it goes on; Sunday night goes over into Monday."""
    free = {minute % WEEK for answer in answers for spell in _spells(answer) for minute in range(*spell)}
    if len(free) == WEEK:
        return [(0, WEEK)]
    starts = sorted(minute for minute in free if (minute - 1) % WEEK not in free)
    ends = sorted((minute + 1) for minute in free if (minute + 1) % WEEK not in free)
    if ends and ends[0] <= starts[0]:  # the last one goes round the end of the week
        ends = [*ends[1:], ends[0] + WEEK]
    return list(zip(starts, ends, strict=True))


def _spells(answer: Answer) -> Iterator[Spell]:
    start, end = (60 * time.hour + time.minute for time in (answer.start, answer.end))
    minutes = end - start if end > start else end - start + MINUTES_A_DAY
    for day in weekday_set(answer.weekdays):
        yield day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + start + minutes


def _narrowed(spells: Iterable[Spell], grid: int) -> Iterator[Spell]:
    """Yield what a grid leaves of each time: no session on the grid fits into the one and not into the other."""
    for start, end in spells:
        first, last = -(-start // grid) * grid, end // grid * grid
        if first < last:
            yield first, last


def _days(spells: Iterable[Spell]) -> Iterator[Spell]:
    """Yield each time that a row can state; one of more than 24 hours is cut at every midnight."""
    for start, end in spells:
        cuts = [start, end]
        if end - start > MINUTES_A_DAY:
            midnights = range(-(-start // MINUTES_A_DAY) * MINUTES_A_DAY, end, MINUTES_A_DAY)
            cuts = sorted({start, *midnights, end})
        for first, last in pairwise(cuts):
            yield first % WEEK, first % WEEK + last - first


def _same(sizes: Counter[int]) -> dict[int, tuple[int, ...]]:
    """Return the days by the number of people on them."""
    return {size: tuple(sorted(d for d, n in sizes.items() if n == size)) for size in set(sizes.values())}


def _row(
    kind: Kind,
    start: int,
    minutes: int,
    days: tuple[int, ...],
    size: int,
    prefix: str,
    names: Mapping[str, str],
    language: Language,
) -> Audience:
    unit, site = kind
    begins, ends = _clock(start), _clock(start + minutes)
    which = "".join(str(day + 1) for day in days)
    parts = (unit, site, f"{begins:%H%M}-{ends:%H%M}", which)
    return Audience(
        id=prefix + ".".join(part for part in parts if part),
        name=names[unit],
        weekdays=weekdays_cell(days, language),
        start=begins,
        end=ends,
        size=size,
        site=site,
    )


def _clock(minute: int) -> dt.time:
    hour, minute = divmod(minute % MINUTES_A_DAY, 60)
    return dt.time(hour, minute)


def weekdays_cell(days: Sequence[int], language: Language) -> str:
    """Write weekdays as a cell that reads as these days: runs of three and more as one span."""
    words = [f"周{day}" for day in WEEKDAYS_ZH] if language == "zh" else list(WEEKDAYS_EN)
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    long = 3
    said = [
        word
        for run in runs
        for word in ([f"{words[run[0]]}-{words[run[-1]]}"] if len(run) >= long else [words[day] for day in run])
    ]
    return ("、" if language == "zh" else ", ").join(said)
