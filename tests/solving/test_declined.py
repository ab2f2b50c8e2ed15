"""Declined orders say why: what is missing at every start wished, or which rule they lost to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constraints.losing import EACH
from constraints.reading import read_rules
from constraints.reverifying import Altered, Judged
from rota.demand import Demand
from rota.plan import Declined
from scheduler.solving.control import Control
from scheduler.solving.decode import with_reasons
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, order, person, plan_of, room, seats, series, service, states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rota.case import Case
    from rota.plan import Session
    from rota.row import Row

WANTED = demand("wanted", priority=1)
NOT_HELD = (Declined(session="o1@2027-03-09", reason=""),)
AID = service("aid", needs_room=True, attendance=8)
"""First aid is taught at nine, for eight people, in a room."""


def asked(*rows: Row, language: str = "en") -> Case:
    """Return a case in which first aid can be ordered, from one of its teachers, and every order is worth something."""
    case = case_of(AID, seats("teacher", "aid", kind="person"), person("li"), WANTED, *rows)
    return case.model_copy(update={"settings": case.settings.model_copy(update={"language": language})})


def declined(case: Case) -> dict[str, str]:
    plan = solve(case, read_rules(case), Control(seconds=20)).plan
    return {each.session: each.reason for each in plan.declined}


def test_an_order_is_accepted_where_somebody_and_a_room_are_free() -> None:
    case = asked(room("red"), order("o", "aid", "2027-03-09; 2027-03-10"), states("li", "cannot", "2027-03-09"))
    plan = solve(case, read_rules(case), Control(seconds=20)).plan
    (session,) = plan.sessions
    assert (session.id, session.activity, f"{session.start:%m-%d %H:%M}") == ("o@2027-03-09", "aid", "03-10 09:00")
    assert plan.declined == ()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "at each of 2 possible starts no room fits and is free; "
                "at 2027-03-09 (Tue) 09:00 0 of 1 candidate can be teacher; it takes 1"
            ),
        ),
        (
            "zh",
            ("2 个可选时间没有合适且空闲的场地；2027-03-09 (周二) 09:00：1 个候选中能任“teacher”的有 0 个，需要 1 个"),
        ),
    ],
)
def test_what_is_missing_at_every_start_wished_is_said(language: str, said: str) -> None:
    wish = order("o", "aid", "2027-03-10; 2027-03-09")
    case = asked(room("nook", capacity=5), wish, states("li", "cannot", "2027-03-09"), language=language)
    assert declined(case) == {"o@2027-03-10": said}


def test_what_is_missing_at_all_starts_is_said_once() -> None:
    days = "; ".join(f"2027-03-{day:02}" for day in range(1, 9))
    (reason,) = declined(asked(room("nook", capacity=5), order("o", "aid", days))).values()
    assert reason == "at each of 8 possible starts no room fits and is free"


RIVALS = (order("o1", "aid", "2027-03-09"), order("o2", "aid", "2027-03-09", value=3))
"""Two orders for the same hour, and li teaches one at a time."""
TWICE = (order("o1", "aid", "2027-03-09"), order("o2", "aid", "2027-03-16", value=3))
"""One shop orders twice."""
ONE_EACH = Demand(id="fair", kind="order_share", priority=1, weight=2, params=(("most", "1"),))


@pytest.mark.parametrize(
    ("rows", "language", "said"),
    [
        (
            (room("red", parallel=2), *RIVALS),
            "en",
            (
                "best tried, with all else as it is: 2027-03-09 (Tue) 09:00; it breaks a rule: li is used 2 times at "
                "once from 2027-03-09 (Tue) 09:00 to 10:00 (aid for shop 2027-03-09 (Tue)); at most 1 [no_overlap] "
                "(`rota why --session o1@2027-03-09` plans all anew)"
            ),
        ),
        (
            (room("red", parallel=2), *RIVALS),
            "zh",
            (
                "其余不变，所试最好的是 2027-03-09 (周二) 09:00；"
                "违反规则：li 在 2027-03-09 (周二) 09:00 至 10:00 同时被使用 2 次"
                "（shop点单的aid 2027-03-09 (周二)）；至多 1 次〔no_overlap〕"
                "（重新求解：`rota why --session o1@2027-03-09`）"
            ),
        ),
        (
            (room("red"), *TWICE, ONE_EACH),
            "en",
            (
                "best tried, with all else as it is: 2027-03-09 (Tue) 09:00; it costs more than it is worth: "
                "shop has 2 of 2 orders accepted in the whole horizon; at most 1 [fair]: +2 at priority 1 "
                "(`rota why --session o1@2027-03-09` plans all anew)"
            ),
        ),
        (
            (room("red"), *TWICE, ONE_EACH),
            "zh",
            (
                "其余不变，所试最好的是 2027-03-09 (周二) 09:00；"
                "得不偿失：shop 在全期点单 2 个，接单 2 个；应接至多 1 个〔fair〕，优先级 1 代价增加 2"
                "（重新求解：`rota why --session o1@2027-03-09`）"
            ),
        ),
    ],
)
def test_an_order_that_lost_names_what_it_lost_to(rows: tuple[Row, ...], language: str, said: str) -> None:
    assert declined(asked(*rows, language=language)) == {"o1@2027-03-09": said}


def test_the_place_that_is_named_is_the_best_of_all_starts_and_people() -> None:
    """On the 9th both teachers are taken, on the 16th only wang, who is free to teach, prefers not to."""
    wish = order("o1", "aid", "2027-03-09; 2027-03-16")
    rivals = [order(f"o{n}", "aid", "2027-03-09", value=5) for n in (2, 3)]
    away, loath = states("li", "cannot", "2027-03-16"), states("wang", "avoid", "2027-03-16")
    strict = Demand(id="loath", kind="availability", priority=1, weight=9, params=(("level", "avoid"),))
    reasons = declined(asked(room("red", parallel=3), person("wang"), wish, *rivals, away, loath, strict))
    (reason,) = reasons.values()
    assert "2027-03-16 (Tue) 09:00; it costs more than it is worth: wang is" in reason
    assert 'but said "avoid" [loath]: +9 at priority 1' in reason


def test_what_nobody_asks_for_is_as_good_left_out() -> None:
    case = case_of(AID, seats("teacher", "aid", kind="person"), person("li"), room("red"), TWICE[0])
    plan = with_reasons(case, read_rules(case), plan_of(case, []).model_copy(update={"declined": NOT_HELD}))
    assert [each.reason for each in plan.declined] == ["不排此场，安排同样好"]


def test_an_order_that_a_short_search_did_not_get_to_is_said_to_fit() -> None:
    case = asked(room("red"), TWICE[0])
    plan = with_reasons(case, read_rules(case), plan_of(case, []).model_copy(update={"declined": NOT_HELD}))
    assert [each.reason for each in plan.declined] == [
        "it would fit at 2027-03-09 (Tue) 09:00, at no higher price; a longer search may accept it"
    ]


def test_no_more_places_are_tried_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Altered] = []
    altered = Judged.altered

    def counted(judged: Judged, sessions: Iterable[Session]) -> Altered:
        tried.append(altered(judged, sessions))
        return tried[-1]

    monkeypatch.setattr("constraints.reverifying.Judged.altered", counted)
    days = "; ".join(f"2027-03-{day:02}" for day in range(1, 29))
    case = asked(room("red"), *(person(f"p{n}") for n in range(60)), order("o", "aid", days))
    plan = plan_of(case, []).model_copy(update={"declined": (Declined(session="o@2027-03-01", reason=""),)})
    with_reasons(case, read_rules(case), plan)
    assert 28 < len(tried) <= EACH  # each start, and some of the people


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "not looked into: too much was declined to try all of it (`rota why --session {}` plans all anew)"),
        ("zh", "未选入的场次过多，此场未逐一试排（重新求解：`rota why --session {}`）"),
    ],
)
def test_beyond_the_work_allowed_a_session_is_said_not_to_be_looked_into(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr("constraints.losing.WORK", 5)  # what it counts to try one place for the first
    case, names = asked(room("red"), *RIVALS, language=language), ("o1@2027-03-09", "o2@2027-03-09")
    plan = plan_of(case, []).model_copy(update={"declined": tuple(Declined(session=id_, reason="") for id_ in names)})
    first, second = (each.reason for each in with_reasons(case, read_rules(case), plan).declined)
    assert "2027-03-09 (" in first
    assert second == said.format(names[1])


def test_a_session_whose_window_holds_no_day_has_no_start() -> None:
    case = asked(room("red"), series("tea", rounds="1", presence="may", weekdays="Tue"))
    assert declined(case) == {"tea@2027-01-04": "it has no possible start"}
