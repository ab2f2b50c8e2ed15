"""The year as a table on the terminal: one line per session, the fixed services summed up below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rota.agenda import agenda_of
from rota.case import Case
from rota.dates import period
from rota.plan import Plan
from rota.text import Language, Message, several, text, weekday_name
from rota.width import cut, wrapped
from workbook.output import words
from workbook.output.columns import GAP, columns, plain
from workbook.output.entries import Entry, entries, roles_of, rotation
from workbook.output.names import Names
from workbook.output.services import Offer, offer_of
from workbook.output.state import state_line

COLUMNS = (words.NUMBER, words.ROUND, words.DATE, words.WEEKDAY, words.TIME, words.ACTIVITY, words.SITE)
"""What leads each line, up to the time never shortened; the roles, the room and the service line follow."""


def year_table(case: Case, plan: Plan, language: Language, width: int) -> str:
    """Return the year in lines of at most `width` columns, Chinese characters counted as two.

    Each session of the rotation has one line, with the number by which it can be asked about; a session of many parts
    names how many. Fixed services have one line per activity; orders that were declined follow with the reason. The
    last line says what is proved and what is missing.
    No colour codes; control characters are left out.
    """
    shown, fixed = rotation(entries(case, plan))
    lines = [plain(_title(case, shown, language)), *_grid(case, plan, shown, language, width)]
    if fixed:
        lines += ["", words.FIXED_SERVICES.say(language)]
        lines += [f"{GAP}{_offered(offer)}" for offer in fixed_offers(case, fixed, language)]
    if declined := _declined(case, plan, language):
        lines += ["", words.ORDERS_DECLINED.say(language)]
        lines += [f"{GAP}{line}" for order in declined for line in wrapped(order, width - len(GAP))]
    lines += ["", *wrapped(state_line(plan, language), width)]
    return "\n".join(cut(line, width).rstrip() for line in lines) + "\n"


def _title(case: Case, shown: Sequence[Entry], language: Language) -> str:
    """Name the case, its period, and the hours where they are the same throughout."""
    hours = {entry.hours for entry in shown}
    said = [case.settings.label.say(language), period(case.settings.first, case.settings.last, language)]
    return " · ".join([*said, *hours] if len(hours) == 1 else said)


def fixed_offers(case: Case, fixed: Sequence[Entry], language: Language, home: str = "") -> list[Offer]:
    """Sum up sessions, one line per activity in the order of the case; the site `home` goes without saying."""
    order = {activity.id: number for number, activity in enumerate(case.activities)}
    by_activity = sorted(fixed, key=lambda e: (order.get(e.session.activity, len(order)), e.start))
    return [
        offer_of(case, list(group), language, home) for _, group in groupby(by_activity, lambda e: e.session.activity)
    ]


def _declined(case: Case, plan: Plan, language: Language) -> list[str]:
    """Say which of the sessions that somebody asked for do not take place, and why."""
    known = agenda_of(case).by_id
    orders = ((known[each.session], each.reason) for each in plan.declined if each.session in known)
    return [
        plain(text("{order}: {reason}", "{order}：{reason}", order=order.label, reason=reason).say(language))
        for order, reason in orders
        if order.activity.requester
    ]


def _offered(offer: Offer) -> str:
    return plain(" · ".join(each for each in (offer.activity, offer.when, offer.where, offer.providers) if each))


def _grid(case: Case, plan: Plan, shown: Sequence[Entry], language: Language, width: int) -> list[str]:
    """Lay out the sessions under their headers; columns that nothing fills are left out."""
    roles = roles_of(case, shown)
    header = [head.say(language) for head in COLUMNS] + [Names(case, language).role(role) for role in roles]
    header += [words.ROOM.say(language), words.LINE.say(language)]
    rows = [[str(plan.number[entry.id]), *_row(case, entry, roles, language)] for entry in shown]
    kept = [i for i in range(len(header)) if any(row[i] for row in rows) and not _needless(case, i, rows)]
    whole = COLUMNS.index(words.TIME)
    cells = [[row[i] for i in kept] for row in [header, *rows]]
    return columns(cells, width, yielding={place for place, i in enumerate(kept) if i > whole})


def _needless(case: Case, column: int, rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column of time, activity or site says the same in every row; the title says the hours.

    Rounds need no column of their own where they are the numbers of the sessions.
    """
    if column == COLUMNS.index(words.ROUND):
        return all(row[column] == row[COLUMNS.index(words.NUMBER)] for row in rows)
    said_once = COLUMNS[column] in {words.TIME, words.ACTIVITY} if column < len(COLUMNS) else False
    said_once = said_once or (column == COLUMNS.index(words.SITE) and len(case.sites) == 1)
    return said_once and len(rows) > 1 and len({row[column] for row in rows}) == 1


def _row(case: Case, entry: Entry, roles: Sequence[str], language: Language) -> list[str]:
    names = Names(case, language)
    start = [str(entry.round or ""), f"{entry.day:%Y-%m-%d}", weekday_name(entry.start.weekday(), language)]
    what = [f"{entry.start:%H:%M}", names.activity(entry.session.activity), names.site(entry.session.site)]
    seated = [_seated(entry, role, names) for role in roles]
    return [*start, *what, *seated, _rooms(entry, names), names.listed(names.line(line) for line in entry.lines)]


def _seated(entry: Entry, role: str, names: Names) -> str:
    said = names.all_of(entry.session.serving(role))
    missing = entry.missing(role)
    return f"{said}{open_seats(missing).say(names.language)}" if missing else said


def open_seats(missing: int) -> Message:
    """Say how many seats nobody takes."""
    return text("[{n} open]", "（缺{n}）", n=missing)


def _rooms(entry: Entry, names: Names) -> str:
    if len(entry.rooms) > 1:
        return several(len(entry.rooms), "point", "个点位").say(names.language)
    return names.listed(names.room(room) for room in entry.rooms)
