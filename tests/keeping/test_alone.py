"""Several programs before one journal: one at a time speaks through a robot, and its letters wait for no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from console.alone import FRESH, HELD, Alone
from delivery.robots import DINGTALK, FEISHU, WECOM
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking


class Steady:
    """A clock of seconds that goes with that of the journal."""

    def __init__(self, clock: Ticking) -> None:
        self._clock, self._begun = clock, clock.now

    def __call__(self) -> float:
        return (self._clock.now - self._begun).total_seconds()


@pytest.fixture
def programs(journal: Journal, clock: Ticking) -> Sequence[Alone]:
    return [Alone(journal.leases, holder, Steady(clock)) for holder in ("one", "two")]


def test_who_comes_second_waits_until_the_first_has_been_silent_for_a_window(
    programs: Sequence[Alone], clock: Ticking
) -> None:
    one, two = programs
    assert one.may("group")
    assert not two.may("group")
    assert two.may("another group")
    clock.now += dt.timedelta(seconds=HELD - 50)
    assert not two.may("group")
    assert one.may("group"), "which prolongs it"
    clock.now += dt.timedelta(seconds=HELD - 50)
    assert not two.may("group")
    clock.now += dt.timedelta(seconds=50)
    assert two.may("group")
    assert not one.may("group")


def test_the_lease_outlasts_the_last_message_by_every_window() -> None:
    windows = [seconds for each in (WECOM, DINGTALK, FEISHU) for _, seconds in each.windows]
    assert max(windows) < HELD - FRESH


def test_who_ends_gives_the_channels_back(programs: Sequence[Alone]) -> None:
    one, two = programs
    assert one.may("group")
    one.release()
    assert two.may("group")
