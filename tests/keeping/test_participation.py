"""What participants do themselves: they answer their turns, ask for swaps and answer them, and are told why not."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.changes.seats import Declined, Pinned
from rota.changes.sessions import SessionMoved
from rota.demand import Pin
from rota.request import Reply, SeatRef, Stage
from rota.text import LANGUAGES
from scheduler.keeping.answer_links import AnswerLinks, Asked
from scheduler.keeping.journal import Journal
from scheduler.keeping.participation import (
    ParticipationError,
    answer,
    answer_swap,
    ask_swap,
    candidates,
    now_of,
    withdraw_swap,
)
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, STREAM, WHO, away

ACTOR = "银行#1"


def seat(day: str, who: str) -> SeatRef:
    return SeatRef(session=f"day@{day}", part="main", role="host", who=who)


def asked(day: str = DAYS[0], who: str = "bank", start: str = "09:00") -> Asked:
    return Asked(STREAM, seat(day, who), f"{day} {start}")


def kinds(journal: Journal) -> list[str]:
    return [change.kind for change in journal.changes(STREAM)][2:]


def test_a_turn_is_answered_once_however_often_the_button_is_pressed(published: Journal) -> None:
    assert answer(published, asked(), Reply.ACCEPTED, actor=ACTOR)
    assert not answer(published, asked(), Reply.ACCEPTED, actor=ACTOR)
    assert answer(published, asked(), Reply.DECLINED, reason="人手不足", actor=ACTOR)
    assert not answer(published, asked(), Reply.DECLINED, actor=ACTOR)
    assert answer(published, asked(), Reply.TENTATIVE, actor=ACTOR)
    assert kinds(published) == ["accepted", "declined", "accepted"]
    assert {change.actor for change in published.changes(STREAM)} == {WHO, ACTOR}


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (asked(who="court"), "该岗位已另作安排"),
        (asked("2027-04-03"), "该岗位已另作安排"),
        (asked(start="10:00"), "已改到 2027-03-06 (周六) 09:00"),
    ],
)
def test_an_answer_to_what_is_not_so_any_more_is_refused(published: Journal, about: Asked, told: str) -> None:
    with pytest.raises(ParticipationError) as refusal:
        answer(published, about, Reply.ACCEPTED, actor=ACTOR)
    assert told in refusal.value.say("zh")
    assert kinds(published) == []


def test_a_turn_that_has_begun_is_not_answered(published: Journal, clock: Ticking) -> None:
    clock.now = dt.datetime(2027, 3, 6, 9, 0, tzinfo=published.state(STREAM).case.zone)
    with pytest.raises(ParticipationError, match="has begun"):
        answer(published, asked(), Reply.DECLINED, actor=ACTOR)


def test_a_swap_is_offered_asked_for_and_agreed_to(published: Journal) -> None:
    mine, other = seat(DAYS[0], "bank"), seat(DAYS[3], "court")
    offered = [each.seat for each in candidates(now_of(published, STREAM), mine)]
    assert offered == [seat(DAYS[1], "court"), other]
    assert ask_swap(published, STREAM, mine, other, actor=ACTOR)
    assert not ask_swap(published, STREAM, mine, other, actor=ACTOR)
    (request,) = published.state(STREAM).requests
    with pytest.raises(ParticipationError):
        answer_swap(published, STREAM, request.id, "bank", agreed=True, actor=ACTOR)
    assert answer_swap(published, STREAM, request.id, "court", agreed=True, actor="法院#2")
    assert not answer_swap(published, STREAM, request.id, "court", agreed=True, actor="法院#2")
    assert published.state(STREAM).requests[0].stage is Stage.AGREED
    assert candidates(now_of(published, STREAM), mine) == [], "one request at a time"


def test_what_was_asked_for_is_taken_back_and_may_be_asked_anew(published: Journal) -> None:
    mine, other = seat(DAYS[0], "bank"), seat(DAYS[1], "court")
    ask_swap(published, STREAM, mine, other, actor=ACTOR)
    (request,) = published.state(STREAM).requests
    assert withdraw_swap(published, STREAM, request.id, "bank", actor=ACTOR)
    assert not withdraw_swap(published, STREAM, request.id, "bank", actor=ACTOR)
    assert ask_swap(published, STREAM, mine, other, actor=ACTOR)
    assert [each.stage for each in published.state(STREAM).requests] == [Stage.WITHDRAWN, Stage.ASKED]


@pytest.mark.parametrize(
    ("day", "who", "left"),
    [(DAYS[3], "bank", [seat(DAYS[1], "court")]), (DAYS[0], "court", [])],
    ids=["by who asks", "by who is to be asked"],
)
def test_a_turn_that_somebody_declined_is_not_offered_to_them_again(
    published: Journal, day: str, who: str, left: list[SeatRef]
) -> None:
    published.record(STREAM, Declined.model_validate(seat(day, who).model_dump()), actor=WHO)
    offered = [each.seat for each in candidates(now_of(published, STREAM), seat(DAYS[0], "bank"))]
    assert offered == left


@pytest.mark.parametrize(
    ("day", "who", "said"),
    [(DAYS[1], "bank", "银行"), (DAYS[0], "court", "法院")],
    ids=["by who asks", "by who is to be asked"],
)
def test_a_turn_that_somebody_declined_is_not_got_by_asking_for_it(
    published: Journal, day: str, who: str, said: str
) -> None:
    mine, other = seat(DAYS[0], "bank"), seat(DAYS[1], "court")
    published.record(STREAM, Declined.model_validate(seat(day, who).model_dump()), actor=WHO)
    with pytest.raises(ParticipationError, match=f"an exchange that they declined.*{day}") as refusal:
        ask_swap(published, STREAM, mine, other, actor=ACTOR)
    assert "已谢绝或已确定不参加的岗位，不能通过互换取得" in refusal.value.say("zh")
    assert said in refusal.value.say("zh")
    assert kinds(published) == ["declined"]


def test_nobody_agrees_to_a_swap_into_a_turn_that_was_decided_against_meanwhile(published: Journal) -> None:
    ask_swap(published, STREAM, seat(DAYS[0], "bank"), seat(DAYS[1], "court"), actor=ACTOR)
    (request,) = published.state(STREAM).requests
    ban = Pin(session=f"day@{DAYS[1]}", role="host", resource="bank", absent=True)
    published.record(STREAM, Pinned(pin=ban), actor=WHO)
    with pytest.raises(ParticipationError, match="decided against"):
        answer_swap(published, STREAM, request.id, "court", agreed=True, actor=ACTOR)
    assert answer_swap(published, STREAM, request.id, "court", agreed=False, actor=ACTOR)


def test_a_swap_that_breaks_a_rule_is_not_offered_and_is_refused_with_the_rule(published: Journal) -> None:
    published.record(STREAM, away(DAYS[1], who="bank", reason="盘点"), actor=WHO)
    mine = seat(DAYS[0], "bank")
    assert [each.seat for each in candidates(now_of(published, STREAM), mine)] == [seat(DAYS[3], "court")]
    with pytest.raises(ParticipationError) as refusal:
        ask_swap(published, STREAM, mine, seat(DAYS[1], "court"), actor=ACTOR)
    for language in LANGUAGES:
        assert "2027-03-13" in refusal.value.say(language)
    assert kinds(published) == ["unavailable"]


def test_links_in_a_letter_answer_one_turn_until_it_has_begun(published: Journal, clock: Ticking) -> None:
    links, session = AnswerLinks(published.store), published.plan(1).session["day@2027-03-06"]
    made = links.issue("https://rota.example.org", STREAM, session, [seat(DAYS[0], "bank")])
    confirm, decline, swap = made[seat(DAYS[0], "bank")]
    base, _, action = confirm.rpartition("/")
    assert (action, decline, swap) == ("confirm", f"{base}/decline", f"{base}/swap")
    token = base.rpartition("/")[2]
    assert links.find(token) == asked()
    assert links.find(token[:-1] + "!") is None
    assert answer(published, links.find(token) or asked(who="?"), Reply.ACCEPTED, actor=ACTOR)
    clock.now = session.start
    assert links.find(token) is None


def test_a_link_to_a_session_that_moved_says_the_new_time(published: Journal) -> None:
    moved = SessionMoved.model_validate({"session": "day@2027-03-06", "start": "2027-03-07 09:00", "widen": True})
    published.record(STREAM, moved, actor=WHO)
    plan = published.plan(1)
    sessions = tuple(
        each.model_copy(update={"start": each.start + dt.timedelta(1), "end": each.end + dt.timedelta(1)})
        if each.id == "day@2027-03-06"
        else each
        for each in plan.sessions
    )
    case = published.state(STREAM).case
    after = plan.model_copy(update={"sessions": sessions, "case": plan.case.model_copy(update={"hash": case.hash})})
    published.publish(STREAM, after, base=1, actor=WHO)
    with pytest.raises(ParticipationError, match="was moved to"):
        answer(published, asked(), Reply.ACCEPTED, actor=ACTOR)
