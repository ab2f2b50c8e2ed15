"""The report of a period (月报, 季报): what was planned and held, and how many people were served.

Counted by service line, activity, site and unit, for the period and since the horizon's first day. What nobody has
recorded is never counted as nothing: it stands apart, by name.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.ledger import HOSTING
from rota.report_entries import SEVERAL, UNKNOWN, Entry, Fate, entries
from rota.report_period import Period, PeriodError
from rota.text import text

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan, Session


@dataclass(frozen=True)
class Tally:
    """Sessions by what became of them, and people served.

    `planned` = `held` - `added` + `not_held` + `unrecorded` + `coming`; `added` were held without being in the plan,
    `cancelled` are in it no longer. `uncounted` were held, but the number of people is missing.
    """

    planned: int = 0
    held: int = 0
    added: int = 0
    not_held: int = 0
    cancelled: int = 0
    unrecorded: int = 0
    coming: int = 0
    served: int = 0
    uncounted: int = 0

    @property
    def kept(self) -> Fraction | None:
        """The share of the planned sessions held among those recorded; None where none is."""
        held = self.held - self.added
        recorded = held + self.not_held
        return Fraction(held, recorded) if recorded else None


@dataclass(frozen=True)
class Share:
    """What falls to one service line, activity or site: in the period, and since the horizon's first day."""

    of: str
    now: Tally
    so_far: Tally


@dataclass(frozen=True)
class Turns:
    """Sessions that somebody was to host, that they hosted, of which nobody recorded it; and the people served.

    `uncounted` were held, but the number of people is missing.
    """

    planned: int = 0
    held: int = 0
    unrecorded: int = 0
    served: int = 0
    uncounted: int = 0


@dataclass(frozen=True)
class Hosting:
    """What one unit hosted in one role: in the period, and since the horizon's first day."""

    role: str
    who: str
    now: Turns
    so_far: Turns


@dataclass(frozen=True)
class Month:
    """One month of the horizon: its sessions and people, and all held and served until its end.

    `reached` tells whether the report covers any of it; `unrecorded` and `coming` are sessions of the days it covers;
    `counted` were held, and the number of people is known.
    """

    first: dt.date
    planned: int
    held: int
    served: int
    held_so_far: int
    served_so_far: int
    reached: bool
    unrecorded: int = 0
    coming: int = 0
    counted: int = 0

    @property
    def is_known(self) -> bool:
        """Whether anything is recorded of what was to be, or nothing was to be: then no figure of 0 is a guess."""
        return self.reached and (self.held > 0 or self.planned > self.unrecorded + self.coming or not self.planned)

    @property
    def people(self) -> int | None:
        """The people served; None where nobody knows, or none of the sessions held was counted."""
        return self.served if self.counted or (self.is_known and not self.held) else None


@dataclass(frozen=True)
class Report:
    """The report of a period, of which the horizon holds the days from `first` to `last`; days before `today` are past.

    `entries` are the sessions of the period, `earlier` those of the horizon before it. A session with several hosts
    counts in full for each of them: what `hosts` add up to, less `repeated`, with `hostless`, is the total. `journal`
    tells whether cancellations are known beyond what outcomes say, `compared` whether there is a plan.
    """

    period: Period
    first: dt.date
    last: dt.date
    today: dt.date
    now: Tally
    so_far: Tally
    lines: tuple[Share, ...]
    activities: tuple[Share, ...]
    sites: tuple[Share, ...]
    hosts: tuple[Hosting, ...]
    repeated: Hosting
    hostless: Hosting
    months: tuple[Month, ...]
    entries: tuple[Entry, ...]
    earlier: tuple[Entry, ...]
    journal: bool
    compared: bool

    def with_fate(self, *fates: Fate) -> tuple[Entry, ...]:
        """Return the sessions of the period that met with one of these fates."""
        return tuple(entry for entry in self.entries if entry.fate in fates)


def report(
    case: Case, plan: Plan | None, period: Period, today: dt.date, *, cancelled: Sequence[Session] | None = None
) -> Report:
    """Report on a period.

    `cancelled` are sessions that were published once and are no longer in the plan; None where no journal knows them.
    A session that was cancelled and held after all counts as held; one that is not in the plan and, by its outcome,
    was not held counts as cancelled. The actual host of an outcome takes the place of those planned, as in the ledger.

    Raises:
        PeriodError: the period lies outside the horizon.
    """
    first, last = _within(case, period)
    found = sorted(entries(case, plan, today, cancelled or ()), key=lambda entry: (entry.day, entry.session))
    so_far = [entry for entry in found if entry.day <= last]
    now = [entry for entry in so_far if entry.day >= first]
    return Report(
        period=period,
        first=first,
        last=last,
        today=today,
        now=tally(now),
        so_far=tally(so_far),
        lines=_shares(case.line, now, so_far, lambda entry: entry.line),
        activities=_shares((), now, so_far, lambda entry: entry.activity),
        sites=_shares(case.site, now, so_far, lambda entry: entry.site),
        hosts=_hostings(case, now, so_far),
        repeated=Hosting("", SEVERAL, _repeated(now), _repeated(so_far)),
        hostless=Hosting("", UNKNOWN, _hostless(now), _hostless(so_far)),
        months=tuple(_months(case, found, last)),
        entries=tuple(now),
        earlier=tuple(entry for entry in so_far if entry.day < first),
        journal=cancelled is not None,
        compared=plan is not None,
    )


def tally(counted: Iterable[Entry]) -> Tally:
    """Count sessions by what became of them."""
    found = tuple(counted)
    fates = Counter(entry.fate for entry in found)
    return Tally(
        planned=sum(entry.planned for entry in found),
        held=fates[Fate.HELD],
        added=sum(not entry.planned for entry in found if entry.fate is Fate.HELD),
        not_held=fates[Fate.NOT_HELD],
        cancelled=fates[Fate.CANCELLED],
        unrecorded=fates[Fate.UNRECORDED],
        coming=fates[Fate.COMING],
        served=sum(entry.served or 0 for entry in found),
        uncounted=sum(entry.uncounted for entry in found),
    )


def _within(case: Case, period: Period) -> tuple[dt.date, dt.date]:
    """Return the days of the period that lie in the horizon."""
    first, last = case.settings.first, case.settings.last
    if period.last < first or period.first > last:
        raise PeriodError(
            text(
                "{period} lies outside what this case plans: {first} to {last}.",
                "{period}不在本资料的排班期内：{first} 至 {last}。",
                period=period.label,
                first=first,
                last=last,
            )
        )
    return max(period.first, first), min(period.last, last)


def _shares(
    table: Iterable[str], now: Sequence[Entry], so_far: Sequence[Entry], key: Callable[[Entry], str]
) -> tuple[Share, ...]:
    """Count by what `key` says, in the order of the table; what stands for no row of it comes last."""
    keys = dict.fromkeys((*table, *sorted({key(entry) for entry in so_far} - {SEVERAL, UNKNOWN})))
    last = [each for each in (SEVERAL, UNKNOWN) if any(key(entry) == each for entry in so_far)]
    return tuple(
        Share(each, *(tally(entry for entry in some if key(entry) == each) for some in (now, so_far)))
        for each in (*keys, *last)
    )


def _hostings(case: Case, now: Sequence[Entry], so_far: Sequence[Entry]) -> tuple[Hosting, ...]:
    """Count by role and unit, hosts and partners first, then in the order of the tables."""
    found: dict[str, set[str]] = {}
    for entry in so_far:
        found.setdefault(entry.role, set()).update((*entry.foreseen, *entry.hosts))
    roles = [role for role in dict.fromkeys((*HOSTING, *agenda_of(case).roles)) if role in found]
    order = {who: number for number, who in enumerate(case.resources)}
    return tuple(
        Hosting(role, who, _turns(now, role, who), _turns(so_far, role, who))
        for role in roles
        for who in sorted(found[role], key=lambda who: (order.get(who, len(order)), who))
    )


def _turns(some: Iterable[Entry], role: str, who: str) -> Turns:
    own = [entry for entry in some if entry.role == role]
    return _weighed(own, lambda entry: who in entry.foreseen, lambda entry: who in entry.hosts)


def _repeated(some: Iterable[Entry]) -> Turns:
    """Return what is counted more than once where every host is told their sessions in full."""
    return _weighed(some, lambda entry: max(0, len(entry.foreseen) - 1), lambda entry: max(0, len(entry.hosts) - 1))


def _hostless(some: Iterable[Entry]) -> Turns:
    return _weighed(some, lambda entry: not entry.foreseen, lambda entry: not entry.hosts)


def _weighed(some: Iterable[Entry], foreseen: Callable[[Entry], int], hosted: Callable[[Entry], int]) -> Turns:
    """Count sessions by how often they fall to somebody: by the plan, and in fact."""
    found = tuple(some)
    return Turns(
        planned=sum(foreseen(entry) for entry in found if entry.planned),
        held=sum(hosted(entry) for entry in found if entry.fate is Fate.HELD),
        unrecorded=sum(foreseen(entry) for entry in found if entry.fate is Fate.UNRECORDED),
        served=sum((entry.served or 0) * hosted(entry) for entry in found if entry.fate is Fate.HELD),
        uncounted=sum(hosted(entry) for entry in found if entry.uncounted),
    )


def _months(case: Case, every: Sequence[Entry], last: dt.date) -> Iterator[Month]:
    """Yield the months of the horizon; what is held after the report's last day is not told."""
    held = served = 0
    month = case.settings.first.replace(day=1)
    while month <= case.settings.last:
        own = [entry for entry in every if entry.day.replace(day=1) == month]
        told = tally(entry for entry in own if entry.day <= last)
        held, served = held + told.held, served + told.served
        planned = sum(entry.planned for entry in own)
        figures = (planned, told.held, told.served, held, served)
        yield Month(
            month,
            *figures,
            reached=month <= last,
            unrecorded=told.unrecorded,
            coming=told.coming,
            counted=told.held - told.uncounted,
        )
        month = (month + dt.timedelta(days=31)).replace(day=1)
