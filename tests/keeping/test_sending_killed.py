"""Processes that send are killed at any moment: nothing is lost, and what is said twice has the same key."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from console.desk import now
from scheduler.keeping.journal import Journal
from tests.conftest import ROOT
from tests.delivery.receivers import Answer, Receiver, http_receiver
from tests.keeping.due import add_due, published
from tests.thoroughness import kills

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there a process cannot be killed as by an operator's kill -9"),
]

KILLS = kills(2)
LETTERS = 60
"""For each life of a process."""
LIMIT = 300.0


def child(where: str, receiver: Receiver) -> subprocess.Popen[str]:
    """A process that sends, which has begun to."""
    command = [sys.executable, "-m", "tests.keeping.sending_child", where, receiver.url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def keys(receiver: Receiver) -> Counter[str]:
    """How often each key has arrived."""
    return Counter(headers["webhook-id"] for _, headers, _ in list(receiver.asked))


def test_killed_while_sending_nothing_is_lost_and_repeats_carry_the_same_key(where: str) -> None:
    chance = random.Random(5)
    with Journal.open(where, clock=now, create=True) as journal, http_receiver(Answer(200)) as receiver:
        published(journal)
        begun = now()
        expected: set[str] = set()
        for kill in range(KILLS):
            add_due(journal, LETTERS, lambda _: begun, prefix=f"k{kill:02}-")
            expected |= {f"k{kill:02}-{number:07}" for number in range(LETTERS)}
            process, before = child(where, receiver), len(receiver.asked)
            wanted = before + chance.randrange(LETTERS)
            limit = time.monotonic() + LIMIT
            while len(receiver.asked) < wanted and time.monotonic() < limit:
                time.sleep(0.002)
            process.kill()
            process.communicate()
        last = child(where, receiver)
        try:
            limit = time.monotonic() + LIMIT
            while journal.outbox.items(states=("waiting",)) and time.monotonic() < limit:
                time.sleep(0.2)
        finally:
            last.terminate()
            last.communicate(timeout=60)
        assert last.returncode == 0
        assert Counter(item.state for item in journal.outbox.items() if item.kind == "reminder") == {
            "sent": len(expected)
        }
    assert set(keys(receiver)) == expected


def test_two_processes_send_nothing_twice(where: str) -> None:
    with Journal.open(where, clock=now, create=True) as journal, http_receiver(Answer(200)) as receiver:
        published(journal)
        begun = now()
        add_due(journal, 300, lambda _: begun)
        processes = [child(where, receiver) for _ in range(2)]
        limit = time.monotonic() + LIMIT
        while journal.outbox.items(states=("waiting",)) and time.monotonic() < limit:
            time.sleep(0.2)
        for process in processes:
            process.terminate()
            process.communicate(timeout=60)
        found = keys(receiver)
    assert (len(found), found.total()) == (300, 300)
