"""The ledger: what was held, by whom, and what would have been fair."""

import datetime as dt
from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rota.case import Case
from rota.ledger import Ledger, Standing, host_role, ledger, standings
from rota.plan import Plan
from tests.rota.small import TABLES, case_of, plan_of, with_activity

DAYS = ("2027-03-06", "2027-03-13", "2027-03-20", "2027-03-27")
APRIL = dt.date(2027, 4, 1)
HOSTS = ("bank", "court")


def held(day: str, **cells: object) -> dict[str, object]:
    return {"session": f"day@{day}", "held": True, **cells}


def standing(case: Case, book: Ledger, who: str, role: str = "host") -> Standing:
    return next(each for each in standings(case, book) if (each.who, each.role) == (who, role))


def served(book: Ledger) -> list[tuple[str, str, str]]:
    return [(turn.resource, turn.role, turn.day.isoformat()) for turn in book.turns]


def test_session_with_an_outcome_counts_for_those_who_were_planned() -> None:
    case = case_of(outcomes=[held(DAYS[0])])
    book = ledger(case, plan_of({"day": DAYS[0]}), APRIL)
    assert served(book) == [("bank", "host", DAYS[0])]
    assert (book.turns[0].minutes, book.turns[0].session) == (120, f"day@{DAYS[0]}")


def test_session_that_was_not_held_counts_for_nobody() -> None:
    case = case_of(outcomes=[held(DAYS[0], held=False)])
    book = ledger(case, plan_of({"day": DAYS[0]}), APRIL, assume_held=True)
    assert (book.turns, book.dropped) == ((), (f"day@{DAYS[0]}",))


def test_actual_host_stands_in_the_place_of_the_planned_one() -> None:
    case = case_of(outcomes=[held(DAYS[0], host="court"), held(DAYS[1], host="bank")])
    book = ledger(case, plan_of({"day": DAYS[0]}, {"day": DAYS[1]}), APRIL)
    assert served(book) == [("court", "host", DAYS[0]), ("bank", "host", DAYS[1])]


def test_actual_host_changes_nothing_in_other_roles() -> None:
    roles = [*TABLES["roles"], {"activity": "day", "role": "partner", "groups": ["partners"]}]
    case = case_of(roles=roles, outcomes=[held(DAYS[0], host="court")])
    part = {"id": "main", "room": "hall", "roles": {"host": ["bank"], "partner": ["shop"]}}
    book = ledger(case, plan_of({"day": DAYS[0], "parts": [part]}), APRIL)
    assert served(book) == [("shop", "partner", DAYS[0]), ("court", "host", DAYS[0])]


def test_one_of_several_planned_hosts_who_is_named_replaces_nobody() -> None:
    case = case_of(roles=[{**TABLES["roles"][0], "most": 2}], outcomes=[held(DAYS[0], host="court")])
    part = {"id": "main", "room": "hall", "roles": {"host": ["bank", "court"]}}
    book = ledger(case, plan_of({"day": DAYS[0], "parts": [part]}), APRIL)
    assert served(book) == [("bank", "host", DAYS[0]), ("court", "host", DAYS[0])]


def test_actual_host_stands_for_partner_or_the_first_role_of_units_where_there_is_no_host() -> None:
    guests = [{"activity": "day", "role": "guest"}, {"activity": "day", "role": "partner"}]
    assert host_role(case_of(roles=guests), "day") == "partner"
    roles = [{"activity": "day", "role": "guide", "kind": "person"}, {"activity": "day", "role": "medical"}]
    assert host_role(case_of(roles=roles), "day") == "medical"
    assert host_role(case_of(roles=[roles[1], *TABLES["roles"]]), "day") == "host"


def test_host_of_an_activity_without_units_is_listed_and_counts_for_nothing() -> None:
    case = case_of(
        roles=[{"activity": "day", "role": "guide", "kind": "person"}], outcomes=[held(DAYS[0], host="bank")]
    )
    part = {"id": "main", "room": "hall", "roles": {"guide": ["li"]}}
    book = ledger(case, plan_of({"day": DAYS[0], "parts": [part]}), APRIL)
    assert served(book) == [("li", "guide", DAYS[0])]
    assert book.nameless == (f"day@{DAYS[0]}",)


def test_past_session_without_an_outcome_is_listed_and_counts_only_where_that_is_assumed() -> None:
    plan = plan_of({"day": DAYS[0]}, {"day": DAYS[3]})
    today = dt.date(2027, 3, 27)  # a session of today may still be held
    assert ledger(case_of(), plan, today).turns == ()
    assumed = ledger(case_of(), plan, today, assume_held=True)
    assert served(assumed) == [("bank", "host", DAYS[0])]
    assert assumed.unrecorded == ledger(case_of(), plan, today).unrecorded == (f"day@{DAYS[0]}",)
    assert assumed.coming == (f"day@{DAYS[3]}",)


def test_several_seats_of_one_role_in_a_session_are_one_turn() -> None:
    parts = [{"id": each, "room": "hall", "roles": {"host": ["bank"]}} for each in ("a", "b")]
    case = case_of(parts=[{"activity": "day", "id": each} for each in ("a", "b")], outcomes=[held(DAYS[0])])
    assert served(ledger(case, plan_of({"day": DAYS[0], "parts": parts}), APRIL)) == [("bank", "host", DAYS[0])]


def test_session_held_without_being_planned_counts_for_its_actual_host_alone() -> None:
    case = case_of(outcomes=[held(DAYS[0], host="court"), held(DAYS[1])])
    book = ledger(case, None, APRIL)
    assert served(book) == [("court", "host", DAYS[0])]
    assert book.unplanned == (f"day@{DAYS[0]}", f"day@{DAYS[1]}")


def test_turns_of_earlier_years_come_first_and_last_as_long_as_their_activity() -> None:
    history = [
        {"resource": "court", "role": "host", "day": "2026-05-01", "activity": "day"},
        {"resource": "bank", "role": "host", "day": "2025-05-01"},
    ]
    case = case_of(history=history, outcomes=[held(DAYS[0])])
    book = ledger(case, plan_of({"day": DAYS[0]}), APRIL)
    assert [(turn.resource, turn.minutes) for turn in book.turns] == [("bank", None), ("court", 120), ("bank", 120)]
    assert book.years == (2025, 2026, 2027)
    bank = standing(case, book, "bank")
    assert (dict(bank.by_year), bank.turns, bank.minutes, bank.unmeasured) == ({2025: 1, 2027: 1}, 2, 120, 1)


def test_those_furthest_behind_stand_first() -> None:
    # three turns, two members: one and a half each
    case = case_of(outcomes=[held(day) for day in DAYS[:3]])
    book = ledger(case, plan_of(*({"day": day} for day in DAYS[:3])), APRIL)
    assert [(each.who, each.balance) for each in standings(case, book)] == [
        ("court", Fraction(-3, 2)),
        ("bank", Fraction(3, 2)),
    ]


def test_one_who_could_not_take_the_role_has_turns_but_no_share() -> None:
    case = case_of(outcomes=[held(DAYS[0], host="shop"), held(DAYS[1])])
    book = ledger(case, plan_of({"day": DAYS[0]}, {"day": DAYS[1]}), APRIL)
    shop = standing(case, book, "shop")
    assert shop.share is None
    assert shop.turns == 1
    assert not shop.balance
    assert standing(case, book, "bank").share == Fraction(1, 2)  # of the second session alone


def test_a_turn_is_shared_among_those_who_could_take_it_in_its_activity() -> None:
    opening = {**TABLES["activities"][0], "id": "opening"}
    case = case_of(
        activities=[*TABLES["activities"], opening],
        roles=[*TABLES["roles"], {"activity": "opening", "role": "host", "groups": ["partners"]}],
        history=[{"resource": "shop", "role": "host", "day": "2026-05-01", "activity": "opening"}],
    )
    book = ledger(case, None, APRIL)
    shares = {each.who: each.share for each in standings(case, book)}
    assert shares == {"bank": 0, "court": Fraction(1, 2), "shop": Fraction(1, 2)}


def test_weights_are_what_the_caller_says() -> None:
    units = [{**TABLES["units"][0], "members": 3}, *TABLES["units"][1:]]
    case = case_of(units=units, outcomes=[held(DAYS[0])])
    book = ledger(case, plan_of({"day": DAYS[0]}), APRIL)
    found = standings(case, book, lambda _role, resource: resource.weight)
    assert {each.who: each.share for each in found} == {"bank": Fraction(3, 4), "court": Fraction(1, 4)}


@st.composite
def years(draw: st.DrawFn) -> tuple[Case, Plan]:
    """A plan of some Saturdays, outcomes of some of them, and a history."""
    hosts = st.sampled_from(HOSTS)
    planned = draw(st.dictionaries(st.sampled_from(DAYS), st.sampled_from(("", *HOSTS)), max_size=4))
    outcomes = draw(
        st.dictionaries(st.sampled_from(DAYS), st.tuples(st.booleans(), st.sampled_from(("", *HOSTS))), max_size=4)
    )
    past = draw(st.lists(st.tuples(hosts, st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))), max_size=5))
    case = case_of(
        outcomes=[held(day, held=was, host=host) for day, (was, host) in outcomes.items()],
        history=[{"resource": who, "role": "host", "day": day} for who, day in past],
    )
    return case, plan_of(*({"day": day, "host": host} for day, host in planned.items()))


@settings(deadline=None)
@given(years(), st.dates(dt.date(2027, 3, 1), APRIL), st.booleans())
def test_counts_equal_an_independent_recount(year: tuple[Case, Plan], today: dt.date, assume_held: bool) -> None:  # noqa: FBT001 - drawn
    case, plan = year
    recount = Counter((turn.resource, turn.day.year) for turn in case.history)
    said = {outcome.session: outcome for outcome in case.outcomes}
    for day in DAYS:
        session, outcome = plan.session.get(f"day@{day}"), said.get(f"day@{day}")
        planned = session.serving("host") if session else ()
        if outcome and outcome.held:
            recount.update((who, 2027) for who in ((outcome.host,) if outcome.host else planned))
        elif not outcome and assume_held and dt.date.fromisoformat(day) < today:
            recount.update((who, 2027) for who in planned)
    book = ledger(case, plan, today, assume_held=assume_held)
    found = standings(case, book)
    assert {(each.who, y): n for each in found for y, n in each.by_year.items()} == dict(recount)
    assert sum(each.share or 0 for each in found) == sum(recount.values()) == len(book.turns)
    assert sum(each.balance for each in found) == 0


def test_ledger_of_nothing_is_empty() -> None:
    book = ledger(with_activity(), None, APRIL)
    assert (book.turns, book.years) == ((), ())
    found = standings(with_activity(), book)
    assert [each.who for each in found] == ["bank", "court"]
    assert not any(each.turns or each.share for each in found)
