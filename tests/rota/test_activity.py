"""Activities and roles: which rounds are meant, and what a role is called."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from rota.activity import Activity, Kind, OnHoliday, Presence, Role, Service, selected
from rota.text import Word


@pytest.mark.parametrize(
    ("cell", "rounds"),
    [
        ("", {1, 2, 3, 4, 5, 6}),
        ("3", {3}),
        ("1, 3-5", {1, 3, 4, 5}),
        ("1，3～5", {1, 3, 4, 5}),
        ("1；3至5", {1, 3, 4, 5}),
        ("1、 3 - 5 ", {1, 3, 4, 5}),
        ("5-", {5, 6}),
        ("8", {8}),
    ],
)
def test_rounds_are_chosen_by_number_by_range_or_to_the_end(cell: str, rounds: set[int]) -> None:
    assert selected(cell, 6) == rounds


def test_an_open_range_beyond_the_last_round_is_empty() -> None:
    assert selected("8-", 6) == frozenset()


@pytest.mark.parametrize("cell", ["all", "0", "5-3", "-3", "1-2-3", "1.5", "99999"])
def test_what_is_no_choice_of_rounds_is_refused(cell: str) -> None:
    with pytest.raises(ValidationError, match="is not a choice of rounds"):
        Activity.model_validate(
            {"id": "a", "name": "活动", "cycle": "c", "times": "09:00", "minutes": 60, "rounds": cell}
        )


@pytest.mark.parametrize(
    ("cells", "field"), [({"minutes": 0}, "minutes"), ({"minutes": 1441}, "minutes"), ({"times": ""}, "times")]
)
def test_an_activity_has_a_time_and_lasts_up_to_a_day(cells: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        Activity.model_validate({"id": "a", "name": "活动", "cycle": "c", "times": "09:00", "minutes": 60, **cells})
    assert error.value.errors()[0]["loc"] == (field,)


def test_only_an_activity_that_takes_place_when_ordered_may_lack_a_cycle() -> None:
    cells = {"id": "a", "name": "活动", "times": "09:00", "minutes": 60}
    assert Activity.model_validate({**cells, "presence": "点单"}).cycle == ""
    with pytest.raises(ValidationError, match="a cycle is needed here, unless") as error:
        Activity.model_validate({**cells, "presence": "可办"})
    context = error.value.errors()[0]["ctx"]
    assert (context["field"], context["zh"]) == ("cycle", "此处必须填写轮次表，除非“是否必办”为“点单”")


@pytest.mark.parametrize(
    ("vocabulary", "spoken", "meant"),
    [
        (OnHoliday, "顺延", OnHoliday.MOVE),
        (Service, "Fixed Service", Service.FIXED),
        (Presence, " 可办 ", Presence.MAY),
        (Kind, "人员", Kind.PERSON),
    ],
)
def test_a_word_is_understood_in_both_languages_and_by_its_code(
    vocabulary: type[Word], spoken: str, meant: Word
) -> None:
    assert TypeAdapter(vocabulary).validate_python(spoken) is meant
    assert TypeAdapter(vocabulary).validate_python(meant.value) is meant


def test_a_word_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValidationError, match="perhaps"):
        TypeAdapter(Presence).validate_python("perhaps")


def test_a_role_has_at_least_as_many_seats_as_must_be_filled() -> None:
    assert Role(activity="a", role="host", least=2, most=2).least == 2
    with pytest.raises(ValidationError) as error:
        Role(activity="a", role="host", least=2, most=1)
    assert error.value.errors()[0]["ctx"]["field"] == "most"


def test_a_role_is_called_by_its_own_name_or_the_usual_one_or_its_id() -> None:
    named = Role(activity="a", role="host", name="主办", name_en="Main host")
    assert (named.label.zh, named.label.en) == ("主办", "Main host")
    usual = Role(activity="a", role="host")
    assert (usual.label.zh, usual.label.en) == ("轮值单位", "Host")
    assert Role(activity="a", role="cook").label.say("en") == "cook"
