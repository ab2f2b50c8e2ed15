"""`rota calendars`: the external calendars that are read from time to time."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from calendars.fetching import FetchError, Guard
from calendars.fetching.addresses import target_of
from calendars.identity import calendar_id
from console.desk import Desk, DeskError, who_acts
from console.hints import suggest_replan
from console.naming import resource_named
from console.polling import Polled, Poller
from console.syncing import follow
from delivery.turns import Teller, at
from rota.changes.availability import CalendarRefreshed
from rota.text import Message, name, several, text
from scheduler.keeping.external import ExternalCalendar


def add(desk: Desk, url: str, who: str, *, all_day: str, allowed: Sequence[str]) -> bool:
    """Let somebody's calendar be read from now on, and read it at once; tell whether that went well.

    Raises:
        FetchError: it is no address of a calendar, or leads into a private network that is not among `allowed`.
        StoreError: it is read already.
        UnclearNameError: nobody, or several, are meant by `who`.
    """
    _refuse_forbidden(url, allowed)
    before = desk.state
    resource = resource_named(before.case, who)
    source = calendar_id(urlsplit(url).hostname or "", url)
    added = desk.journal.external.add(resource, source, url, all_day=all_day, allowed=allowed)
    polled = _read(desk, [added])
    follow(desk, before)
    suggest_replan(desk, before.case)
    outcome = _outcome(desk, polled[0]) if polled else {}  # else the server is reading it this moment
    desk.screen.emit({"id": added.id, "source": source, "resource": resource, **outcome})
    return all(each.failure is None for each in polled)


def _refuse_forbidden(url: str, allowed: Sequence[str]) -> None:
    """Refuse what may not be asked before it is kept; a host that is not found may be there in an hour."""
    target, guard = target_of(url), Guard.allowing(*allowed)
    try:
        guard.addresses(target)
    except FetchError as error:
        if error.code == "forbidden-host":
            raise


def refresh(desk: Desk, chosen: Sequence[str]) -> bool:
    """Read calendars now, all of them where none is named; tell whether none failed.

    Raises:
        DeskError: there is none of this number.
    """
    before, calendars = desk.state, [_chosen(desk, each) for each in chosen] or list(desk.journal.external.all())
    polled = _read(desk, calendars)
    if not polled:
        desk.screen.say(NONE)
    follow(desk, before)
    suggest_replan(desk, before.case)
    desk.screen.emit({"calendars": [{"id": each.calendar.id, **_outcome(desk, each)} for each in polled]})
    return all(each.failure is None for each in polled)


def _read(desk: Desk, calendars: Sequence[ExternalCalendar]) -> list[Polled]:
    poller, found = Poller(desk.journal), []
    desk.journal.external.hasten([calendar.id for calendar in calendars])
    wanted = {calendar.id for calendar in calendars}
    for polled in poller.turn():
        if polled.calendar.id in wanted:
            found.append(polled)
            desk.screen.say(_said(desk, polled))
    return found


def remove(desk: Desk, number: str) -> None:
    """Let a calendar not be read any more; what it said goes as well.

    Raises:
        DeskError: there is none of this number.
    """
    calendar, before = _chosen(desk, number), desk.state
    desk.journal.external.remove(calendar.id)
    gone = CalendarRefreshed(resource=calendar.resource, source=calendar.source)
    if gone.made(before) != before:
        desk.journal.record(desk.stream, gone, actor=who_acts())
    desk.screen.say(
        text(
            "The calendar {source} of {who} is read no more; what it said is gone.",
            "不再读取 {who} 的日历 {source}，其内容已一并移除。",
            source=name(calendar.source),
            who=_who(desk, calendar),
        )
    )
    follow(desk, before)
    suggest_replan(desk, before.case)
    desk.screen.emit({"removed": calendar.id})


def show(desk: Desk) -> None:
    """Print the calendars, when each was read, and why one could not be."""
    calendars, language = desk.journal.external.all(), desk.screen.language
    case = desk.state.case
    today = desk.journal.store.clock().astimezone(case.zone).date()

    def when(calendar: ExternalCalendar) -> str:
        return at(calendar.checked.astimezone(case.zone), today, language) if calendar.checked else "-"

    rows = [
        (str(each.id), _who(desk, each), each.source, when(each), at(each.next.astimezone(case.zone), today, language))
        for each in calendars
    ]
    titles = text("no.", "编号"), text("of", "对象"), text("calendar", "日历"), text("read", "上次读取")
    desk.screen.table((*titles, text("next", "下次读取")), rows, otherwise=NONE)
    desk.screen.each(_trouble(desk, each) for each in calendars if each.reason)
    desk.screen.emit({"calendars": [_body(desk, each) for each in calendars]})


NONE = text("No external calendars are read.", "没有定期读取的外部日历。")


def _trouble(desk: Desk, calendar: ExternalCalendar) -> Message:
    return text(
        "No. {n}, {who}, could not be read {times}: {reason}",
        "第 {n} 号（{who}）已有 {times}读取失败：{reason}",
        n=calendar.id,
        who=_who(desk, calendar),
        times=several(calendar.failures, "time", "次"),
        reason=calendar.reason,
    )


def _chosen(desk: Desk, number: str) -> ExternalCalendar:
    found = next((each for each in desk.journal.external.all() if number in {str(each.id), each.source}), None)
    if found is None:
        raise DeskError(
            text(
                'There is no calendar no. "{n}"; `rota calendars list` shows all.',
                "没有第“{n}”号日历；`rota calendars list` 列出全部。",
                n=number,
            )
        )
    return found


def _who(desk: Desk, calendar: ExternalCalendar) -> str:
    case = desk.state.case
    today = desk.journal.store.clock().astimezone(case.zone).date()
    return Teller(case, desk.screen.language, today).named(calendar.resource)


def _said(desk: Desk, polled: Polled) -> Message:
    about = {"source": name(polled.calendar.source), "who": _who(desk, polled.calendar)}
    if polled.failure:
        return text("{who}, {source}: {why}", "{who}，{source}：{why}", why=polled.failure, **about)
    if polled.changed:
        return text("{who}, {source}: something is new", "{who}，{source}：有更新，已登记", **about)
    return text("{who}, {source}: nothing is new", "{who}，{source}：没有变化", **about)


def _outcome(desk: Desk, polled: Polled) -> dict[str, object]:
    return {"changed": polled.changed, "failure": polled.failure.say(desk.screen.language) if polled.failure else None}


def _body(desk: Desk, calendar: ExternalCalendar) -> dict[str, object]:
    return {
        "id": calendar.id,
        "resource": calendar.resource,
        "source": calendar.source,
        "all_day": calendar.all_day,
        "checked": calendar.checked.isoformat() if calendar.checked else None,
        "changed": calendar.changed.isoformat() if calendar.changed else None,
        "next": calendar.next.isoformat(),
        "failures": calendar.failures,
        "reason": calendar.reason.say(desk.screen.language) if calendar.reason else None,
    }
