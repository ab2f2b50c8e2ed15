"""The next year's case: what is carried over, what is not, and what the coordinator is told."""

import datetime as dt
import re
from typing import Any

import pytest

from rota.activity import OnHoliday
from rota.agenda import agenda_of
from rota.case import Case
from rota.inspection import inspect
from rota.ledger import Ledger, ledger
from rota.next_year import LEFT_BEHIND, NextYear, next_year, out_of_the_way_of_holidays
from tests.rota.small import TABLES, case_of, plan_of, with_activity

LEFT = "2027-10-31"


def following(case: Case, book: Ledger | None = None, year: int = 2028) -> NextYear:
    return next_year(case, book or ledger(case, None, dt.date(2028, 1, 1)), year)


def notes(made: NextYear) -> str:
    return "\n".join(note.say("en") for note in made.notes)


def without_bank(**tables: Any) -> Case:
    """The small case, whose bank leaves in October 2027."""
    units = [{**TABLES["units"][0], "left": LEFT}, *TABLES["units"][1:]]
    return case_of(units=units, **tables)


def test_all_that_exists_is_carried_over_and_the_old_year_is_left_behind() -> None:
    case = case_of(
        contacts=[{"of": "bank", "name": "王", "phone": "021-00000000"}],
        availability=[{"resource": "bank", "level": "cannot", "first": "2027-03-06"}],
        pins=[{"session": "day@2027-03-06", "role": "host", "resource": "bank"}],
        orders=[{"id": "o", "service": "day", "requester": "某", "days": ["2027-05-01"]}],
        holidays=[{"day": "2027-03-13", "kind": "off"}],
        demands=[{"id": "fair", "kind": "fair_share", "priority": 1, "params": {"role": "host"}}],
    )
    made = following(case)
    for table in set(type(case).model_fields) - {"settings", "cycles", *LEFT_BEHIND}:
        assert getattr(made.case, table) == getattr(case, table), table
    assert not any(getattr(made.case, table) for table in LEFT_BEHIND)
    assert "availability 1, pins 1, orders 1, holidays 1" in notes(made)
    assert [problem for problem in inspect(made.case) if problem.severity == "error"] == []


def test_settings_have_the_new_horizon_and_the_new_year_in_id_and_title() -> None:
    said = {"id": "rota-2027", "title": "2027 年轮值", "title_en": "Rota 2027, since 2019", "issued": "2026-12-01"}
    made = following(case_of(said))
    settings = made.case.settings
    assert (settings.id, settings.title, settings.title_en) == ("rota-2028", "2028 年轮值", "Rota 2028, since 2019")
    assert (settings.first, settings.last) == (dt.date(2028, 1, 1), dt.date(2028, 12, 31))
    assert settings.issued is None
    assert "date of issue 2026-12-01" in notes(made)


def test_id_without_a_year_gets_one_so_that_no_two_cases_share_it() -> None:
    assert following(case_of({"id": "small"})).case.settings.id == "small-2028"


def test_case_without_a_calendar_is_told_to_fill_in_its_holidays() -> None:
    assert "no holidays but those of the sheet 节假日" in notes(following(case_of({"calendar": "none"})))


def test_history_gains_the_turns_that_were_held() -> None:
    case = case_of(
        history=[{"resource": "court", "role": "host", "day": "2026-05-01", "activity": "day", "note": "补"}],
        outcomes=[{"session": "day@2027-03-06", "held": True}, {"session": "day@2027-03-13", "held": False}],
    )
    book = ledger(case, plan_of({"day": "2027-03-06"}, {"day": "2027-03-13"}), dt.date(2028, 1, 1))
    made = following(case, book)
    assert made.case.history[0] == case.history[0]
    assert [(turn.resource, turn.role, str(turn.day), turn.activity) for turn in made.case.history[1:]] == [
        ("bank", "host", "2027-03-06", "day")
    ]
    assert made.added == 1


def test_ledger_of_the_next_year_begins_where_this_one_ended() -> None:
    case = case_of(outcomes=[{"session": "day@2027-03-06", "held": True, "host": "court"}])
    book = ledger(case, plan_of({"day": "2027-03-06"}), dt.date(2028, 1, 1))
    again = ledger(following(case, book).case, None, dt.date(2028, 1, 1))
    assert [(t.resource, t.role, t.day, t.minutes) for t in again.turns] == [
        (t.resource, t.role, t.day, t.minutes) for t in book.turns
    ]


def test_one_who_left_is_dropped_with_contacts_and_turns() -> None:
    case = without_bank(
        contacts=[{"of": "bank", "name": "王"}, {"of": "court", "name": "李"}],
        history=[{"resource": who, "role": "host", "day": "2026-05-01"} for who in ("bank", "court", "bank")],
    )
    made = following(case)
    assert [unit.id for unit in made.case.units] == ["court", "shop"]
    assert [contact.of for contact in made.case.contacts] == ["court"]
    assert [turn.resource for turn in made.case.history] == ["court"]
    assert f"Bank left on {LEFT} (Sun) and is not carried over, nor their turns in the ledger (2)." in notes(made)


def test_one_who_leaves_within_the_new_year_stays() -> None:
    units = [{**TABLES["units"][0], "left": "2028-01-01"}, *TABLES["units"][1:]]
    assert "bank" in following(case_of(units=units)).case.resources


def test_person_from_a_unit_that_left_stays_without_it() -> None:
    units = [TABLES["units"][0], {**TABLES["units"][1], "left": LEFT}, TABLES["units"][2]]
    made = following(case_of(units=units, staffing=[{"person": "li", "sites": ["north"]}]))
    assert [(person.id, person.unit) for person in made.case.people] == [("li", "")]
    assert made.case.staffing
    assert "People, 李老师: the unit 法院 is gone." in notes(made)


def test_staffing_of_a_person_who_left_goes() -> None:
    people = [{**TABLES["people"][0], "left": LEFT}]
    made = following(case_of(people=people, staffing=[{"person": "li", "sites": ["north"]}]))
    assert (made.case.people, made.case.staffing) == ((), ())


def test_rule_loses_the_names_of_those_who_left_and_says_so() -> None:
    params = {"who": "shop", "with_whom": "bank; court", "mode": "require"}
    made = following(without_bank(demands=[{"id": "mentor", "kind": "pairing", "params": params}]))
    assert dict(made.case.demands[0].params) == {**params, "with_whom": "court"}
    assert "Rules, mentor: Bank gone, and taken out." in notes(made)


@pytest.mark.parametrize("params", [{"who": "bank", "with_whom": "court"}, {"role": "host", "groups": "banks"}])
def test_rule_about_nobody_who_is_left_is_left_out_since_an_empty_cell_would_mean_everybody(
    params: dict[str, str],
) -> None:
    units = [{**TABLES["units"][0], "left": LEFT, "groups": ["hosts", "banks"]}, *TABLES["units"][1:]]
    made = following(case_of(units=units, demands=[{"id": "gone", "kind": "pairing", "params": params}]))
    assert made.case.demands == ()
    assert "Rules, gone: left out" in notes(made)


def test_role_whose_group_is_empty_now_is_kept_and_pointed_at() -> None:
    units = [{**TABLES["units"][0], "left": LEFT, "groups": ["hosts", "banks"]}, *TABLES["units"][1:]]
    roles = [*TABLES["roles"], {"activity": "day", "role": "cashier", "groups": ["banks"]}]
    made = following(case_of(units=units, roles=roles))
    assert made.case.roles == case_of(units=units, roles=roles).roles
    assert "Roles, cashier of Service day: nobody is left in the group banks." in notes(made)


def test_activities_that_may_not_return_are_named() -> None:
    day = TABLES["activities"][0]
    more = [
        {**day, "id": "opening", "name": "2027 启动", "name_en": "Opening", "rounds": "1"},
        {**day, "id": "wish", "name": "点单", "name_en": "Wish", "requester": "某商户", "presence": "may"},
    ]
    said = notes(following(case_of(activities=[day, *more])))
    assert "Activities, Wish: somebody asked for it." in said


def test_an_activity_of_one_date_is_left_out_with_all_that_belongs_to_it_and_said_to_be() -> None:
    day = TABLES["activities"][0]
    opening = {**day, "id": "opening", "name": "启动", "name_en": "Opening", "rounds": "1"}
    roles = [*TABLES["roles"], {**TABLES["roles"][0], "activity": "opening"}]
    demands = [{"id": "after", "kind": "load", "params": {"activities": "opening", "most": "1"}}]
    made = following(case_of(activities=[day, opening], roles=roles, demands=demands))
    assert [activity.id for activity in made.case.activities] == [day["id"]]
    assert {role.activity for role in made.case.roles} == {day["id"]}
    assert made.case.demands == ()
    assert re.search(
        r"Activities, Opening: left out, with its parts and roles, for it took place on .* alone\.", notes(made)
    )
    assert "Rules, after: left out, for it is about Opening alone, now gone." in notes(made)


def test_only_the_first_of_many_activities_are_named() -> None:
    day = TABLES["activities"][0]
    many = [
        {**day, "id": f"a{n}", "name": f"2026 活动{n}", "name_en": f"A{n} 2026", "requester": "某商户"}
        for n in range(8)
    ]
    made = following(case_of(activities=many, roles=[]))
    assert "and 3 more: somebody asked for it." in notes(made)


def test_where_every_activity_has_one_date_all_are_carried_over() -> None:
    day = TABLES["activities"][0]
    many = [{**day, "id": f"a{n}", "name": f"活动{n}", "name_en": f"A{n}", "rounds": "1"} for n in range(2)]
    assert len(following(case_of(activities=many, roles=[])).case.activities) == 2


def test_cycle_with_fewer_rounds_is_pointed_at() -> None:
    cycle = {"id": "weeks", "name": "每周", "first": "2026-01-01", "rrule": "FREQ=WEEKLY;COUNT=53"}
    made = following(case_of({"first": "2026-01-01", "last": "2026-12-31"}, cycles=[cycle]), year=2027)
    assert "Cycles, 每周: 52 rounds, where there were 53." in notes(made)


def test_every_note_is_said_in_both_languages() -> None:
    case = without_bank(demands=[{"id": "m", "kind": "pairing", "params": {"who": "bank; shop", "with_whom": "court"}}])
    for note in following(case).notes:
        assert note.say("en") != note.say("zh")
        assert "{" not in note.say("en") + note.say("zh")


def test_activity_that_a_holiday_leaves_no_day_skips_it() -> None:
    off = [{"day": "2027-03-13", "kind": "off", "name": "节"}]
    made = out_of_the_way_of_holidays(with_activity(holidays="move", tables={"holidays": off}))
    assert made.case.activities[0].holidays is OnHoliday.SKIP
    assert made.case.activities[0].makeup_days is OnHoliday.KEEP
    assert "2027-03-13 (Sat)" in notes(made)
    assert len(agenda_of(made.case).occurrences) == 3


def test_activity_that_can_move_is_left_alone() -> None:
    off = [{"day": "2027-03-13", "kind": "off", "name": "节"}]
    case = with_activity(holidays="move", days_after=1, tables={"holidays": off})
    assert out_of_the_way_of_holidays(case) == NextYear(case, ())
