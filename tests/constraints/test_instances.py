"""Instances in words: whom and what a piece of a model is about."""

from __future__ import annotations

from constraints.instances import Instance, say_instances, session_of
from constraints.reading import read_rules
from constraints.structure import LEAST, TAKES_PLACE
from rota.case import Case
from rota.term import Term
from tests.constraints.building import case_of, demand, order, part, seats, series, service, session_ids, units, weeks


def test_sessions_of_one_activity_are_said_together_and_each_order_by_itself() -> None:
    case = case_of(
        *units("a b"),
        series("duty", name="值守", name_en="Duty"),
        service("aid", name="急救", name_en="First aid"),
        order("o1", "aid", "2027-01-04", "书店"),
        order("o2", "aid", "2027-01-04", "茶庄"),
        seats(),
        seats(activity="aid"),
    )
    sessions = ("duty@2027-01-04", "duty@2027-01-11", "o1@2027-01-04", "o2@2027-01-04")
    (said,) = say_instances(case, (), [Instance(LEAST, (session, "main", "host")) for session in sessions])
    assert said.say("en") == (
        "seats that must be taken: Host (Duty 2027-01-04 (Mon), 2027-01-11 (Mon); "
        "First aid for 书店 2027-01-04 (Mon); First aid for 茶庄 2027-01-04 (Mon))"
    )
    assert "书店点单的急救 2027-01-04 (周一)；茶庄点单的急救 2027-01-04 (周一)" in said.say("zh")


def test_a_requester_and_the_whole_horizon_are_said_in_words() -> None:
    case = case_of(service("aid"), order("o1", "aid", "2027-01-04", "书店"), demand("order_share", least=1))
    (said,) = say_instances(case, read_rules(case), [Instance("rule", ("书店", "*"))])
    assert said.say("en") == "Orders accepted of each requester in the whole horizon: at least 1 [rule]: 书店"


def test_nobody_is_named_with_empty_brackets_and_periods_are_said_as_people_write_them() -> None:
    case = case_of(*units("a b"), series(), seats(), demand("load", role="host", most=1, per="month"))
    rules = read_rules(case)

    def said(*instances: Instance) -> str:
        (message,) = say_instances(case, rules, instances)
        return message.say("en").partition("]: ")[2]

    assert said(Instance("rule", ("a", "")), Instance("rule", ("b", ""))) == "a, b"
    assert said(Instance("rule", ("a", "2027-01")), Instance("rule", ("b", "2027-Q1"))) == (
        "a (January 2027); b (Q1 2027)"
    )


def test_a_choice_set_is_said_in_words() -> None:
    case = case_of(
        series("a", presence="may", choice="n"),
        Term(word="n", name="特色项目", name_en="the electives"),
        demand("choose", choice="n", least=1),
    )
    (message,) = say_instances(case, read_rules(case), [Instance("rule", ("n", "2027"))])
    assert message.say("zh").endswith("：特色项目（2027年）")


def said(case: Case, *instances: Instance) -> list[tuple[str, str]]:
    return [(m.say("en"), m.say("zh")) for m in say_instances(case, read_rules(case), instances)]


DUTY = case_of(
    *units("a b"),
    weeks(8),
    series("duty", "1-8", name="值守", name_en="Duty"),
    part("duty", "am"),
    part("duty", "pm"),
    seats(),
    demand("cover", role="host", times=5),
)
EIGHT = session_ids(DUTY)


def test_up_to_six_dates_are_said_one_by_one_and_more_as_a_span() -> None:
    six, seven = ([Instance(TAKES_PLACE, (session,)) for session in EIGHT[:n]] for n in (6, 7))
    ((en, zh),) = said(DUTY, *six)
    assert en.startswith("must take place: Duty 2027-01-04 (Mon), 2027-01-11 (Mon)")
    assert en.endswith("2027-02-08 (Mon)")
    assert zh.count("(周一)") == 6
    assert said(DUTY, *seven) == [
        (
            "must take place: Duty (7 sessions from 2027-01-04 (Mon) to 2027-02-15 (Mon))",
            "必须举办：值守（2027-01-04 (周一) 至 2027-02-15 (周一) 共 7 场）",
        )
    ]


def test_dates_are_in_order_and_each_is_said_once() -> None:
    twice = [Instance(LEAST, (session, part_, "host")) for session in (EIGHT[1], EIGHT[0]) for part_ in ("am", "pm")]
    ((en, _),) = said(DUTY, *twice)
    assert en == "seats that must be taken: Host (Duty 2027-01-04 (Mon), 2027-01-11 (Mon))"


def test_a_rule_is_said_once_with_all_whom_it_is_applied_to() -> None:
    ((en, zh),) = said(DUTY, Instance("rule", ("a",)), Instance("rule", ("b",)))
    assert en.endswith("[rule]: a, b")
    assert zh.endswith("〔rule〕：a、b")


def test_what_a_fact_is_about_is_followed_by_its_sessions() -> None:
    ((en, zh),) = said(DUTY, *(Instance("availability", ("a", session)) for session in EIGHT[:2]))
    assert en.endswith("[availability]: a (Duty 2027-01-04 (Mon), 2027-01-11 (Mon))")
    assert zh.endswith("〔availability〕：a（值守 2027-01-04 (周一)、2027-01-11 (周一)）")


def test_an_instance_about_nobody_is_about_all() -> None:
    ((en, zh),) = said(DUTY, Instance("rule", ()))
    assert en.endswith("[rule]: all")
    assert zh.endswith("〔rule〕：全部")


def test_a_session_without_a_day_is_said_to_have_none() -> None:
    case = case_of(series("duty", "1", weekdays="周二", name="值守", name_en="Duty"))
    ((en, zh),) = said(case, Instance(TAKES_PLACE, (session_ids(case)[0],)))
    assert "leave no day for it" in en
    assert "没有可用日期" in zh


def test_the_session_of_an_instance_is_the_first_that_it_names() -> None:
    assert session_of(DUTY, Instance("availability", ("a", EIGHT[3]))) == EIGHT[3]
    assert session_of(DUTY, Instance("rule", ("a",))) == ""
