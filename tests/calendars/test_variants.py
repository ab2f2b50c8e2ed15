"""Variants of a feed made from its octets are what the writer would have written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from calendars.feed import feeds
from calendars.variants import with_alarms, without_cancelled
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamp

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize("alarms", [[HOUR], [DAY, HOUR], [HOUR, DAY, HOUR], [dt.timedelta(minutes=90)], []])
def test_reminders_put_in_afterwards_are_those_that_the_writer_writes(
    case: Case, plan: Plan, stamps: Mapping[str, Stamp], alarms: list[dt.timedelta]
) -> None:
    written = {feed.of: feed.content for feed in feeds(case, plan, stamps=stamps, alarms=alarms)}
    for feed in feeds(case, plan, stamps=stamps):
        assert with_alarms(feed.content, alarms) == written[feed.of]


def test_hiding_what_is_cancelled_leaves_the_feed_that_never_had_it(
    case: Case, plan: Plan, stamps: Mapping[str, Stamp]
) -> None:
    standing = {id_: stamp for id_, stamp in stamps.items() if not stamp.cancelled}
    expected = {feed.of: feed.content for feed in feeds(case, plan, stamps=standing)}
    hidden = {feed.of: without_cancelled(feed.content) for feed in feeds(case, plan, stamps=stamps)}
    assert hidden == expected
    assert any(feed.content != hidden[feed.of] for feed in feeds(case, plan, stamps=stamps))
