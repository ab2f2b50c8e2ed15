"""What is due is sent once, whatever fails, whoever else sends, and in whichever state a process leaves it."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import insert

from rota.text import text
from scheduler.keeping.arming import moment
from scheduler.keeping.errors import BusyError
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate, Item
from scheduler.keeping.sending import Answer, Later, Sender
from scheduler.keeping.tables import OUTBOX
from tests.keeping.station import ROTATION, STREAM, WHO, hosted, station

NOW = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
WHY = text("The server is busy", "服务器忙")


class Set:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def watch() -> Set:
    return Set()


@contextmanager
def holding(where: str, clock: Set, count: int) -> Iterator[Journal]:
    """A journal in which so many letters are due."""
    with Journal.open(where, clock=clock, create=True) as journal:
        journal.begin(station(), actor=WHO)
        journal.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
        journal.outbox.settle("", {item.key: Fate("sent") for item in journal.outbox.items()})
        until = NOW + dt.timedelta(days=1)
        row = {"revision": 1, "stream": STREAM, "recipient": "bank", "kind": "reminder", "body": "{}", "attempts": 0}
        fixed = {**row, "state": "waiting", "due": moment(NOW), "until": moment(until)}
        with journal.store.database.engine.begin() as connection:
            connection.execute(insert(OUTBOX), [{**fixed, "key": f"r{n:05}"} for n in range(count)])
        yield journal


class Post:
    """Counts what it is handed, and answers as it is told."""

    def __init__(self, answer: Callable[[Item], Answer] = lambda _: Fate("sent")) -> None:
        self.answer, self.handed, self._lock = answer, Counter[str](), threading.Lock()

    def __call__(self, item: Item) -> Answer:
        with self._lock:
            self.handed[item.key] += 1
        return self.answer(item)


def sender(journal: Journal, post: Post, clock: Set, name: str = "one") -> Sender:
    return Sender(journal.outbox, name, post, clock, chance=random.Random(1))


def states(journal: Journal) -> Counter[str]:
    return Counter(item.state for item in journal.outbox.items() if item.kind == "reminder")


def test_everything_due_is_sent_once(where: str, watch: Set) -> None:
    with holding(where, watch, 150) as journal:
        post = Post()
        assert sender(journal, post, watch).turn() == 150
        assert sender(journal, post, watch).turn() == 0
        assert states(journal) == {"sent": 150}
    assert len(post.handed) == post.handed.total() == 150


def test_two_senders_send_nothing_twice(where: str, watch: Set) -> None:
    with holding(where, watch, 300) as journal, Journal.open(where, clock=watch) as other:
        post = Post()
        senders = [sender(journal, post, watch, "one"), sender(other, post, watch, "two")]
        threads = [threading.Thread(target=each.turn) for each in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert states(journal) == {"sent": 300}
    assert len(post.handed) == post.handed.total() == 300


def test_what_fails_is_tried_again_with_longer_and_longer_pauses(where: str, watch: Set) -> None:
    with holding(where, watch, 1) as journal:
        post = Post(lambda _: Later(reason=WHY, channel="mail", parts=1))
        pauses = []
        (item,) = journal.outbox.items(states=("waiting",))
        for _ in range(8):
            sender(journal, post, watch).turn()
            (item,) = journal.outbox.items(states=("waiting",))
            pauses.append((item.due - watch.now).total_seconds())
            watch.now = item.due
        assert all(5 * 2**n <= pause <= 10 * 2**n for n, pause in enumerate(pauses))
        assert (item.parts, item.channel, item.attempts) == (1, "mail", 8)
        assert item.reason is not None
        assert item.reason.say("zh") == "服务器忙"
    assert post.handed["r00000"] == 8


def test_a_provider_may_say_when_to_come_again(where: str, watch: Set) -> None:
    with holding(where, watch, 1) as journal:
        sender(journal, Post(lambda _: Later(after=300.0)), watch).turn()
        (item,) = journal.outbox.items(states=("waiting",))
        assert (item.due - watch.now).total_seconds() == 300


def test_what_nobody_needs_any_more_is_not_sent(where: str, watch: Set) -> None:
    with holding(where, watch, 1) as journal:
        post = Post()
        watch.now += dt.timedelta(days=2)
        sender(journal, post, watch).turn()
        (item,) = journal.outbox.items(states=("dead",))
        assert item.reason is not None
        assert item.reason.say("en") == "It was too late for it"
    assert not post.handed


def test_a_letter_that_cannot_be_made_keeps_no_other_waiting(where: str, watch: Set) -> None:
    def answer(item: Item) -> Answer:
        if item.key == "r00003":
            raise KeyError(item.key)
        return Fate("sent")

    with holding(where, watch, 10) as journal:
        sender(journal, Post(answer), watch).turn()
        assert states(journal) == {"sent": 9, "waiting": 1}


def test_dead_letters_are_sent_again_on_demand(where: str, watch: Set) -> None:
    with holding(where, watch, 2) as journal:
        sender(journal, Post(lambda _: Fate("dead", reason=WHY)), watch).turn()
        assert states(journal) == {"dead": 2}
        watch.now += dt.timedelta(days=30)
        assert journal.outbox.replay(["r00001"]) == 1
        post = Post()
        sender(journal, post, watch).turn()
        assert (states(journal), set(post.handed)) == ({"dead": 1, "sent": 1}, {"r00001"})


def test_what_a_killed_process_held_is_taken_over(where: str, watch: Set) -> None:
    with holding(where, watch, 40) as journal:
        assert len(journal.outbox.claim("killed", seconds=60, most=32)) == 32
        post = Post()
        sender(journal, post, watch).turn()
        assert post.handed.total() == 8
        watch.now += dt.timedelta(seconds=61)
        sender(journal, post, watch).turn()
        assert states(journal) == {"sent": 40}
    assert len(post.handed) == post.handed.total() == 40


def test_a_lease_from_before_the_clock_was_set_back_does_not_last_for_an_hour(where: str, watch: Set) -> None:
    with holding(where, watch, 1) as journal:
        journal.outbox.claim("killed", seconds=60, most=1)
        watch.now -= dt.timedelta(hours=1)
        journal.outbox.reap()
        (item,) = journal.outbox.items(states=("waiting",))
        watch.now += dt.timedelta(seconds=61)
        with journal.store.database.engine.connect() as connection:
            until = connection.exec_driver_sql("SELECT lease_until FROM outbox WHERE key = 'r00000'").scalar()
        assert until is not None
        assert until <= moment(watch.now)
        assert item.key == "r00000"


def test_an_item_for_several_is_divided_once(where: str, watch: Set) -> None:
    with holding(where, watch, 1) as journal:
        (item,) = journal.outbox.claim("one", seconds=60, most=1)
        for _ in range(2):
            journal.outbox.divide(item, 3)
        assert sorted(each.key for each in journal.outbox.items(states=("waiting",))) == [
            "r00000",
            "r00000*2",
            "r00000*3",
        ]


def test_what_a_busy_journal_could_not_note_is_noted_later_and_not_sent_again(
    where: str, watch: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(where, watch, 5) as journal:
        post = Post()
        one = sender(journal, post, watch)

        def busy(_holder: str, _fates: Mapping[str, Fate]) -> None:
            raise BusyError

        with monkeypatch.context() as patched:
            patched.setattr(journal.outbox, "settle", busy)
            assert one.turn() == 5
        assert states(journal) == {"waiting": 5}
        one.beat()
        watch.now += dt.timedelta(seconds=50)
        assert one.turn() == 0
        assert states(journal) == {"sent": 5}
    assert post.handed.total() == 5
