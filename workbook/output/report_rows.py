"""What a report says whatever its form: its title, its rows, and its remarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rota.case import Case
from rota.dates import day_list, period
from rota.report import Hosting, Report, Share, Tally, Turns
from rota.report_entries import SEVERAL, UNKNOWN, Entry, Fate
from rota.report_period import Length
from rota.text import LANGUAGES, Language, Message, clauses, name, text
from workbook.output import words
from workbook.output.names import Names

TITLES = {
    Length.WEEK: text("Weekly service report", "服务周报"),
    Length.MONTH: text("Monthly service report", "服务月报"),
    Length.QUARTER: text("Quarterly service report", "服务季报"),
    Length.HALF: text("Half-year service report", "服务半年报"),
    Length.YEAR: text("Annual service report", "服务年报"),
}
IN_PERIOD = text("This period", "本期")
SO_FAR = text("To date", "累计")
PLANNED = text("Planned", "计划")
HELD = text("Held", "举办")
ADDED = text("of these not planned", "其中计划外")
PEOPLE = text("People served", "服务人次")
HEADS_COUNTED = text("People", "人次")
UNRECORDED = text("Not recorded", "未登记")
UNCOUNTED = text("No number of people", "人次未填")
HELD_SO_FAR = text("Held to date", "累计举办")
PEOPLE_SO_FAR = text("People to date", "累计人次")
PLANNED_SESSIONS = text("Planned sessions", "计划场次")
HELD_SESSIONS = text("Sessions held", "举办场次")
KEPT = text("Share held", "举办率")
SEVERAL_LINES = text("Several lines", "综合（多条服务线）")
UNKNOWN_SITE = text("Site unknown", "站点不详")
HOSTS = text("Host", "承办单位")
NO_HOST = text("No unit as host", "无承办单位")
REPEATED = text("Less: counted for several", "减：多家承办重复计")
TABLES = ("lines", "sites", "activities", "hosts")
HEADINGS = {
    "lines": text("By service line", "按服务线"),
    "sites": text("By site", "按站点"),
    "activities": text("By activity", "按活动项目"),
    "hosts": text("By host", "按承办单位"),
}
HEADS = {"lines": words.LINE, "sites": words.SITE, "activities": words.ACTIVITY, "hosts": HOSTS}

FIGURES: tuple[tuple[str, Message], ...] = (
    ("planned", PLANNED_SESSIONS),
    ("held", HELD_SESSIONS),
    ("added", ADDED),
    ("served", PEOPLE),
    ("uncounted", UNCOUNTED),
    ("not_held", text("Not held", "未举办")),
    ("cancelled", text("Cancelled", "已取消")),
    ("unrecorded", UNRECORDED),
    ("coming", text("To come", "待举办")),
)
"""The figures of a tally by field, in the order in which they are read."""


@dataclass(frozen=True)
class Line:
    """One row of a table: a name, and figures in the period and so far; None where nothing is known yet.

    `apart` marks a row that stands for none of the case: no line, several lines, no host.
    """

    name: str
    planned: int
    held: int | None
    unrecorded: int
    served: int | None
    held_so_far: int | None
    served_so_far: int | None
    apart: bool = False

    @property
    def figures(self) -> tuple[int | None, ...]:
        """The figures in the order of their columns."""
        return (self.planned, self.held, self.unrecorded, self.served, self.held_so_far, self.served_so_far)


def title(report: Report) -> Message:
    """Return the title of a report with its period."""
    said = {"title": TITLES[report.period.length], "period": report.period.label}
    return text("{title}: {period}", "{period}{title}", **said)


def whole(report: Report) -> bool:
    """Tell whether the period holds all there is so far, so that cumulative figures would only repeat it."""
    return not report.earlier


def rate(tally: Tally) -> str:
    """Write the share of planned sessions that were held, of those recorded; nothing where none is."""
    return "" if tally.kept is None else f"{round(100 * float(tally.kept))}%"


def table(case: Case, report: Report, of: str, language: Language) -> list[Line]:
    """Return the rows of one of the `TABLES`."""
    names = Names(case, language)
    if of == "hosts":
        return _host_lines(report, names)
    called = {"lines": names.line, "sites": names.site, "activities": names.activity}[of]
    missing = {"lines": words.NO_LINE, "sites": UNKNOWN_SITE}
    rows: Sequence[Share] = getattr(report, of)
    special = {SEVERAL: SEVERAL_LINES, UNKNOWN: missing.get(of, name(""))}
    return [
        _line(special[row.of].say(language), row, apart=True) if row.of in special else _line(called(row.of), row)
        for row in rows
    ]


def known(figures: Tally | Turns, figure: int) -> int | None:
    """Return a figure of what was held; None where none of the sessions that are past was recorded as held."""
    return None if figures.unrecorded and not figures.held else figure


def people(figures: Tally | Turns, figure: int) -> int | None:
    """Return a figure of the people served; None where they were counted in none of the sessions held."""
    return None if figures.held and figures.uncounted == figures.held else known(figures, figure)


def figure(tally: Tally, field: str) -> int | None:
    """Return one of the `FIGURES`; None where nothing is known of it yet."""
    found: int = getattr(tally, field)
    if field == "served":
        return people(tally, found)
    return known(tally, found) if field == "held" else found


def told(figure: int | None) -> str:
    """Write a figure; a dash for what nobody knows."""
    return "—" if figure is None else f"{figure:,}"


def _line(called: str, row: Share | Hosting, *, sign: int = 1, apart: bool = False) -> Line:
    now, so_far = row.now, row.so_far
    return Line(
        name=called,
        planned=sign * now.planned,
        held=known(now, sign * now.held),
        unrecorded=sign * now.unrecorded,
        served=people(now, sign * now.served),
        held_so_far=known(so_far, sign * so_far.held),
        served_so_far=people(so_far, sign * so_far.served),
        apart=apart,
    )


def _host_lines(report: Report, names: Names) -> list[Line]:
    rows = [_line(host_name(report, row, names), row) for row in report.hosts]
    if any((report.hostless.so_far.planned, report.hostless.so_far.held)):
        rows.append(_line(NO_HOST.say(names.language), report.hostless, apart=True))
    if any((report.repeated.so_far.planned, report.repeated.so_far.held)):
        rows.append(_line(REPEATED.say(names.language), report.repeated, sign=-1, apart=True))
    return rows


def host_name(report: Report, row: Hosting, names: Names) -> str:
    """Name a host; where hosts have different roles, with the role that is not the first of them."""
    if row.role == report.hosts[0].role:
        return names.who(row.who)
    said = text("{who} ({role})", "{who}（{role}）", who=names.who(row.who), role=names.role(row.role))
    return said.say(names.language)


def issues(case: Case, report: Report, most: int | None = None) -> list[Message]:
    """Return what somebody should look at: sessions not recorded, not held, cancelled, added, and those to come.

    Each is named with its date; where there are more than `most` in a sentence, the others are counted.
    """
    found = (
        (ISSUES[Fate.UNRECORDED], report.with_fate(Fate.UNRECORDED)),
        (EARLIER, [entry for entry in report.earlier if entry.fate is Fate.UNRECORDED]),
        (WITHOUT_NUMBER, [entry for entry in report.entries if entry.uncounted]),
        (ISSUES[Fate.NOT_HELD], report.with_fate(Fate.NOT_HELD)),
        (ISSUES[Fate.CANCELLED], report.with_fate(Fate.CANCELLED)),
        (OUTSIDE_PLAN, [entry for entry in report.entries if entry.fate is Fate.HELD and not entry.planned]),
        (ISSUES[Fate.COMING], report.with_fate(Fate.COMING)),
    )
    return [
        Message(said.en, said.zh, {"n": len(entries), "sessions": named(case, entries, most)})
        for said, entries in found
        if entries
    ]


def named(case: Case, entries: Sequence[Entry], most: int | None = None) -> Message:
    """Name sessions by activity, with their dates, and the reason where an outcome gives one."""
    shown = entries[:most]
    groups: dict[tuple[str, str], list[dt.date]] = {}
    for entry in shown:
        reason = "" if entry.fate is Fate.HELD else entry.note
        groups.setdefault((entry.activity, reason), []).append(entry.day)
    groups_told = [_group(case, activity, days, reason) for (activity, reason), days in groups.items()]
    if more := len(entries) - len(shown):
        groups_told.append(text("and {n} more", "另有 {n} 场", n=more))
    return clauses(groups_told)


def _group(case: Case, activity: str, days: Iterable[dt.date], reason: str) -> Message:
    label = case.activity[activity].label if activity in case.activity else name(activity)
    en, zh = (day_list(days, language) for language in reversed(LANGUAGES))
    said: dict[str, object] = {"activity": label, "days": name(zh, en)}
    if not reason:
        return text("{activity} {days}", "{activity} {days}", **said)
    return text("{activity} {days} ({reason})", "{activity} {days}（{reason}）", reason=case.term(reason), **said)


def basis(report: Report) -> Iterator[Message]:
    """Yield how the figures are to be read."""
    days = [period(report.first, report.last, language) for language in reversed(LANGUAGES)]
    if (report.first, report.last) != (report.period.first, report.period.last):
        yield text(
            "The case covers only {days} of this period.", "仅统计排班期内的 {days}。", days=name(days[1], days[0])
        )
    if not report.compared:
        yield text(
            "There is no plan beside the case: only sessions that have an outcome are known.",
            "资料旁没有轮值安排：只统计台账所载的场次。",
        )
    if any(share.of == SEVERAL for share in report.lines):
        yield text(
            "A session whose parts serve several lines stands under “Several lines”; its people are not split.",
            "分场涉及多条服务线的场次计入“综合”，人次不拆分。",
        )
    if report.repeated.so_far.held:
        yield text(
            "A session with several hosts counts in full for each of them.",
            "一场由多家单位承办的，各家均按一场计，人次亦然。",
        )
    if report.now.unrecorded and report.now.kept is not None:
        yield text(
            "The share held is that of the planned sessions whose outcome is recorded.",
            "举办率只按计划场次中已登记结果的计算。",
        )
    if not report.journal:
        yield text(
            "Without a record of changes, sessions that were taken out of the plan before are not known as cancelled.",
            "没有变更记录，此前已从安排中删去的场次不在“已取消”之内。",
        )


EARLIER = text(
    "Before this period, {n} past and not recorded: {sessions}.",
    "本期之前另有 {n} 场未登记：{sessions}。",
)
WITHOUT_NUMBER = text(
    "Held, but the number of people is missing ({n}): {sessions}.",
    "已举办但未填服务人数（{n} 场）：{sessions}。",
)
OUTSIDE_PLAN = text(
    "Held without being in the plan ({n}): {sessions}.",
    "计划外举办（{n} 场）：{sessions}。",
)
ISSUES = {
    Fate.UNRECORDED: text(
        "Past and not recorded ({n}), so in no figure of what was held: {sessions}.",
        "未登记（{n} 场，结果不详，未计入举办）：{sessions}。",
    ),
    Fate.NOT_HELD: text("Not held ({n}): {sessions}.", "未举办（{n} 场）：{sessions}。"),
    Fate.CANCELLED: text("Cancelled ({n}): {sessions}.", "已取消（{n} 场）：{sessions}。"),
    Fate.COMING: text("To come ({n}): {sessions}.", "待举办（{n} 场）：{sessions}。"),
}
