"""Instances in words: whom and what a piece of a model is about."""

from __future__ import annotations

from constraints.instances import Instance, say_instances
from constraints.reading import read_rules
from constraints.structure import LEAST
from rota.term import Term
from tests.constraints.building import case_of, demand, order, seats, series, service, units


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
