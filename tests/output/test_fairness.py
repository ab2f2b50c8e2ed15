"""Turns and fair targets."""

import datetime as dt

import pytest

from rota.case import Case
from rota.facts import Resource, Unit
from rota.plan import Plan
from workbook.output.fairness import Account, accounts, membership, quarters


def account(found: tuple[Account, ...], who: str, role: str = "host") -> Account:
    return next(each for each in found if (each.who, each.role) == (who, role))


def test_targets_of_a_role_sum_to_its_turns(case: Case, plan: Plan) -> None:
    hosts = [each for each in accounts(case, plan) if each.role == "host"]
    assert sum(each.target for each in hosts) == pytest.approx(sum(each.turns for each in hosts))
    assert sum(each.deviation for each in hosts) == pytest.approx(0)


def test_member_since_june_owes_turns_for_its_days_only(case: Case, plan: Plan) -> None:
    # horizon 2023-03-18 … 12-31 = 289 days, June 1 … Dec 31 = 214 days; three units for the whole of it:
    # 22 turns x 214 / (3 x 289 + 214); the opening has three hosts, the 19 rounds one each
    clinic = account(accounts(case, plan), "clinic")
    assert clinic.days == 214
    assert clinic.target == pytest.approx(22 * 214 / (3 * 289 + 214))


def test_weight_is_what_the_caller_says(case: Case, plan: Plan) -> None:
    def by_members(resource: Resource) -> int:
        return resource.weight

    found = accounts(case, plan, by_members)
    assert account(found, "tax").target == pytest.approx(3 * account(found, "bank").target)


def test_several_seats_in_one_session_are_one_turn(case: Case, plan: Plan) -> None:
    wang = account(accounts(case, plan), "wang", "instructor")
    assert wang.turns == 20
    assert wang.minutes == 20 * 120
    assert dict(wang.by_quarter) == {(2023, 1): 1, (2023, 2): 7, (2023, 3): 7, (2023, 4): 5}


def test_history_is_a_balance_of_its_own(case: Case, plan: Plan) -> None:
    # three turns recorded in 2022, shared by tax, bank and court (the clinic had not joined): one each would be fair
    found = accounts(case, plan)
    assert [account(found, who).past_balance for who in ("tax", "bank", "court", "clinic")] == [1, 0, -1, 0]


def test_resource_that_could_take_the_role_and_has_no_turn_is_listed(case: Case, plan: Plan) -> None:
    li = account(accounts(case, plan), "li", "instructor")
    assert (li.turns, li.target, li.deviation) == (0, 10, -10)


def test_membership_outside_the_span_counts_no_days() -> None:
    gone = Unit(id="u", name="u", left=dt.date(2022, 12, 31))
    assert membership(gone, dt.date(2023, 1, 1), dt.date(2023, 12, 31)) == 0


def test_quarters_are_those_of_the_horizon(case: Case) -> None:
    assert quarters(case) == ((2023, 1), (2023, 2), (2023, 3), (2023, 4))
