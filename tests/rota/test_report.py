"""The report of a period: what was planned, held, cancelled, missed or never recorded, and how many people came."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.case import Case
from rota.plan import Plan
from rota.report import Report, Tally, Turns, report
from rota.report_entries import SEVERAL, UNKNOWN, Fate
from rota.report_period import Length, PeriodError, read_period
from tests.rota.small import TABLES, case_of, plan_of

DAYS = ("2027-03-06", "2027-03-13", "2027-03-20", "2027-03-27")
APRIL = dt.date(2027, 4, 1)
MARCH = read_period("2027-03")
HOSTS = ("bank", "court")


def outcome(day: str, served: int | None = None, **cells: object) -> dict[str, object]:
    return {"session": f"day@{day}", "held": True, "served": served, **cells}


def in_march(case: Case, plan: Plan | None, today: dt.date = APRIL, **given: object) -> Report:
    return report(case, plan, MARCH, today, **given)  # type: ignore[arg-type]  # what is cancelled


def fates(made: Report) -> dict[str, Fate]:
    return {entry.session.removeprefix("day@"): entry.fate for entry in made.entries}


def turns(made: Report) -> dict[str, Turns]:
    return {each.who: each.now for each in made.hosts}


@pytest.mark.parametrize(
    ("said", "name", "first", "last"),
    [
        ("2027-05", "2027-05", "2027-05-01", "2027-05-31"),
        ("2027-12", "2027-12", "2027-12-01", "2027-12-31"),
        ("2027年5月", "2027-05", "2027-05-01", "2027-05-31"),
        ("2027 年 十二 月", "2027-12", "2027-12-01", "2027-12-31"),
        ("2027年2月份", "2027-02", "2027-02-01", "2027-02-28"),
        ("２０２７－０５", "2027-05", "2027-05-01", "2027-05-31"),  # noqa: RUF001 - what input methods type
        ("2027-q2", "2027-Q2", "2027-04-01", "2027-06-30"),
        ("2027年二季度", "2027-Q2", "2027-04-01", "2027-06-30"),
        ("2027年第4季度", "2027-Q4", "2027-10-01", "2027-12-31"),
        ("2027-H1", "2027-H1", "2027-01-01", "2027-06-30"),
        ("2027年下半年", "2027-H2", "2027-07-01", "2027-12-31"),
        ("2027", "2027", "2027-01-01", "2027-12-31"),
        ("2027年度", "2027", "2027-01-01", "2027-12-31"),
        ("2027-W01", "2027-W01", "2027-01-04", "2027-01-10"),
        ("2027年第11周", "2027-W11", "2027-03-15", "2027-03-21"),
    ],
)
def test_period_is_read_as_people_type_it(said: str, name: str, first: str, last: str) -> None:
    period = read_period(said)
    assert (period.name, period.first.isoformat(), period.last.isoformat()) == (name, first, last)
    assert read_period(period.name) == period
    assert read_period(period.label.say("zh")) == period


@pytest.mark.parametrize("said", ["", "May", "2027-13", "2027-00", "2027-Q5", "2027-H3", "2027-W54", "27-05", "0000"])
def test_what_is_no_period_is_refused_with_what_would_be_one(said: str) -> None:
    with pytest.raises(PeriodError, match="is no period; write a month"):
        read_period(said)


@pytest.mark.parametrize("said", ["2026", "2026-12", "2028-Q1"])
def test_period_outside_the_horizon_is_refused_with_the_horizon(said: str) -> None:
    with pytest.raises(PeriodError, match=r"outside what this case plans: 2027-01-01 \(Fri\) to 2027-12-31 \(Fri\)"):
        report(case_of(), None, read_period(said), APRIL)


def test_period_partly_outside_the_horizon_tells_the_days_inside() -> None:
    made = report(case_of({"first": "2027-03-10"}), plan_of({"day": DAYS[1]}), read_period("2027"), APRIL)
    assert (made.first, made.last) == (dt.date(2027, 3, 10), dt.date(2027, 12, 31))
    assert made.period.length is Length.YEAR


def test_every_session_has_one_fate() -> None:
    case = case_of(outcomes=[outcome(DAYS[0], 30), outcome(DAYS[1], held=False, note="snow")])
    made = in_march(case, plan_of(*({"day": day} for day in DAYS)), dt.date(2027, 3, 27))  # today's may still be held
    assert fates(made) == dict(zip(DAYS, (Fate.HELD, Fate.NOT_HELD, Fate.UNRECORDED, Fate.COMING), strict=True))
    assert made.now == Tally(planned=4, held=1, not_held=1, unrecorded=1, coming=1, served=30)
    assert made.now.kept == Fraction(1, 2)
    assert [entry.note for entry in made.with_fate(Fate.NOT_HELD)] == ["snow"]


def test_without_outcomes_nothing_is_known_and_nothing_is_said_to_be_zero() -> None:
    made = in_march(case_of(), plan_of(*({"day": day} for day in DAYS)))
    assert made.now == Tally(planned=4, unrecorded=4)
    assert made.now.kept is None
    assert [entry.day.isoformat() for entry in made.with_fate(Fate.UNRECORDED)] == list(DAYS)


def test_session_held_without_a_number_of_people_is_told_apart() -> None:
    outcomes = [outcome(DAYS[0]), outcome(DAYS[1], 5), outcome(DAYS[2], 0)]
    made = in_march(case_of(outcomes=outcomes), plan_of(*({"day": day} for day in DAYS)))
    assert (made.now.held, made.now.served, made.now.uncounted) == (3, 5, 1)
    assert [entry.served for entry in made.with_fate(Fate.HELD)] == [None, 5, 0]
    assert [(month.people, month.counted) for month in made.months if month.held] == [(5, 2)]


def test_people_of_a_month_in_which_nobody_counted_are_not_known() -> None:
    made = in_march(case_of(outcomes=[outcome(DAYS[0])]), plan_of({"day": DAYS[0]}))
    assert [month.people for month in made.months if month.held] == [None]
    assert turns(made) == {"bank": Turns(planned=1, held=1, uncounted=1)}


def test_session_held_without_being_planned_is_added_to_the_plan() -> None:
    made = in_march(case_of(outcomes=[outcome(DAYS[0], 12, host="court")]), None)
    assert made.now == Tally(held=1, added=1, served=12)
    assert turns(made) == {"court": Turns(planned=0, held=1, served=12)}
    assert made.entries[0].site == UNKNOWN  # two sites could have been the place


def test_session_that_neither_plan_nor_outcome_holds_counts_as_cancelled() -> None:
    made = in_march(case_of(outcomes=[outcome(DAYS[0], held=False)]), plan_of({"day": DAYS[1]}))
    assert fates(made) == {DAYS[0]: Fate.CANCELLED, DAYS[1]: Fate.UNRECORDED}
    assert (made.now.planned, made.now.cancelled, made.now.not_held) == (1, 1, 0)


def test_cancelled_sessions_are_those_that_the_journal_tells() -> None:
    dropped = plan_of(*({"day": day} for day in DAYS[:3])).sessions
    case = case_of(outcomes=[outcome(DAYS[1], 8)])
    made = in_march(case, plan_of({"day": DAYS[2]}), cancelled=[*dropped, dropped[0]])
    # the first was cancelled, the second held after all, the third is back in the plan
    assert fates(made) == dict(zip(DAYS[:3], (Fate.CANCELLED, Fate.HELD, Fate.UNRECORDED), strict=True))
    assert made.now == Tally(planned=1, held=1, added=1, cancelled=1, unrecorded=1, served=8)
    assert made.journal
    assert not in_march(case, None).journal


def test_actual_host_takes_the_place_of_the_planned_one() -> None:
    case = case_of(outcomes=[outcome(DAYS[0], 30, host="court"), outcome(DAYS[1], 9)])
    made = in_march(case, plan_of({"day": DAYS[0]}, {"day": DAYS[1]}))
    assert turns(made) == {"bank": Turns(planned=2, held=1, served=9), "court": Turns(held=1, served=30)}


def test_session_with_several_hosts_counts_in_full_for_each_and_is_told_once_too_often() -> None:
    case = case_of(roles=[{**TABLES["roles"][0], "most": 2}], outcomes=[outcome(DAYS[0], 50)])
    part = {"id": "main", "line": "legal", "roles": {"host": list(HOSTS)}}
    made = in_march(case, plan_of({"day": DAYS[0], "parts": [part]}))
    assert turns(made) == dict.fromkeys(HOSTS, Turns(planned=1, held=1, served=50))
    assert made.repeated.now == Turns(planned=1, held=1, served=50)


def test_session_whose_parts_serve_several_lines_counts_under_several_and_is_not_split() -> None:
    parts = [{"id": each, "line": line, "roles": {}} for each, line in (("a", "legal"), ("b", "tax"))]
    case = case_of(outcomes=[outcome(DAYS[0], 90), outcome(DAYS[1], 10)])
    made = in_march(case, plan_of({"day": DAYS[0], "parts": parts}, {"day": DAYS[1]}))
    assert [(each.of, each.now.held, each.now.served) for each in made.lines] == [
        ("legal", 1, 10),
        ("tax", 0, 0),
        (SEVERAL, 1, 90),
    ]
    assert made.hostless.now == Turns(planned=1, held=1, served=90)


def test_cumulative_figures_begin_with_the_horizon_and_end_with_the_period() -> None:
    weekly = [{"id": "weeks", "name": "每周", "first": "2027-03-06", "rrule": "FREQ=WEEKLY;COUNT=8"}]
    april = ("2027-04-03", "2027-04-10")
    plan = plan_of(*({"day": day} for day in (*DAYS, *april)))
    case = case_of(cycles=weekly, outcomes=[outcome(day, 10) for day in (DAYS[0], DAYS[1], *april)])
    made = report(case, plan, read_period("2027-04"), dt.date(2027, 4, 5))
    assert made.now == Tally(planned=2, held=2, served=20)
    assert made.so_far == Tally(planned=6, held=4, unrecorded=2, served=40)
    assert [(m.first.month, m.planned, m.held, m.served_so_far, m.reached) for m in made.months[2:5]] == [
        (3, 4, 2, 20, True),
        (4, 2, 2, 40, True),
        (5, 0, 0, 40, False),
    ]
    assert in_march(case, plan).months[3].held == 0  # what lies after the period is not told
    assert [entry.day.month for entry in made.earlier] == [3] * 4


@st.composite
def stations(draw: st.DrawFn) -> tuple[Case, Plan, list[str]]:
    """A plan of some Saturdays at two sites with one host, two or none, some lines, outcomes, and what was dropped."""
    planned = draw(st.lists(st.sampled_from(DAYS), unique=True, max_size=4))
    rows = []
    for day in DAYS:
        lines = draw(st.lists(st.sampled_from(("legal", "tax", None)), min_size=1, max_size=3))
        hosts = draw(st.lists(st.sampled_from(HOSTS), unique=True, max_size=2))
        parts = [{"id": f"p{n}", "line": line, "roles": {"host": hosts}} for n, line in enumerate(lines)]
        rows.append({"day": day, "parts": parts, "site": draw(st.sampled_from(("center", "north")))})
    known = draw(st.dictionaries(st.sampled_from(DAYS), st.tuples(st.booleans(), st.integers(0, 99)), max_size=4))
    outcomes = [
        outcome(day, served, held=was, host=draw(st.sampled_from(("", *HOSTS)))) for day, (was, served) in known.items()
    ]
    case = case_of(parts=[{"activity": "day", "id": f"p{n}"} for n in range(3)], outcomes=outcomes)
    dropped = draw(st.lists(st.sampled_from(DAYS), max_size=4))
    return case, plan_of(*rows), [*planned, "|", *dropped]


@settings(deadline=None)
@given(stations(), st.dates(dt.date(2027, 3, 1), APRIL), st.sampled_from(("2027-03", "2027-W11", "2027-Q1", "2027")))
def test_sums_agree_with_the_totals(station: tuple[Case, Plan, list[str]], today: dt.date, said: str) -> None:
    case, every, marks = station
    at = marks.index("|")
    plan = every.model_copy(update={"sessions": tuple(s for s in every.sessions if s.id[4:] in marks[:at])})
    cancelled = [every.session[f"day@{day}"] for day in marks[at + 1 :]]
    made = report(case, plan, read_period(said), today, cancelled=cancelled)
    for total in (made.now, made.so_far):
        assert total.planned == total.held - total.added + total.not_held + total.unrecorded + total.coming
    for shares in (made.lines, made.activities, made.sites):
        assert _sum(each.now for each in shares) == made.now
        assert _sum(each.so_far for each in shares) == made.so_far
    for period, total in (("now", made.now), ("so_far", made.so_far)):
        every_turn = [getattr(each, period) for each in (*made.hosts, made.hostless)]
        for field in ("planned", "held", "unrecorded", "served"):
            told = sum(getattr(turn, field) for turn in every_turn)
            assert told - getattr(getattr(made.repeated, period), field) == getattr(total, field)
    assert sum(month.held for month in made.months) == made.months[-1].held_so_far == made.so_far.held
    assert made.months[-1].served_so_far == made.so_far.served
    assert len({entry.session for entry in chain(made.entries, made.earlier)}) == len(made.entries) + len(made.earlier)


def _sum(tallies: Iterable[Tally]) -> Tally:
    rows = list(tallies)
    return Tally(*(sum(getattr(row, field) for row in rows) for field in Tally.__dataclass_fields__))
