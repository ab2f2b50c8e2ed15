"""The station's case, plan and stamps, and the feeds made of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from calendars.feed import Feed, feeds
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamp
from tests.calendars.station import case_of, plan_of, stamps_of


@pytest.fixture(scope="session")
def case() -> Case:
    return case_of()


@pytest.fixture(scope="session")
def plan(case: Case) -> Plan:
    return plan_of(case)


@pytest.fixture(scope="session")
def stamps(case: Case) -> dict[str, Stamp]:
    return stamps_of(case)


@pytest.fixture(scope="session")
def published(case: Case, plan: Plan, stamps: dict[str, Stamp]) -> Mapping[str, Feed]:
    """All feeds of the published plan in Chinese, by the id of the one meant; the whole year under ``."""
    return {feed.of: feed for feed in feeds(case, plan, stamps=stamps)}
