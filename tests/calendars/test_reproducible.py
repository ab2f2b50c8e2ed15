"""The same case, plan and stamps give the same bytes: twice, in another process, in another year of the clock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from calendars.feed import Feed, feeds
from rota.case import Case
from rota.plan import Plan, dump_plan, load_plan
from rota.stamp import Stamp
from tests.calendars import golden

PRINT_DIGEST = """
import hashlib
from calendars.feed import feeds
from tests.calendars.station import case_of, plan_of, stamps_of
case = case_of()
print(hashlib.sha256(b"".join(f.content for f in feeds(case, plan_of(case), stamps=stamps_of(case)))).hexdigest())
"""


def test_rendered_twice_the_bytes_are_the_same(
    case: Case, plan: Plan, stamps: dict[str, Stamp], published: Mapping[str, Feed]
) -> None:
    assert list(feeds(case, plan, stamps=stamps)) == list(published.values())


def test_a_plan_read_back_from_its_file_gives_the_same_bytes(
    case: Case, plan: Plan, stamps: dict[str, Stamp], published: Mapping[str, Feed]
) -> None:
    assert list(feeds(case, load_plan(dump_plan(plan)), stamps=stamps)) == list(published.values())


@pytest.mark.slow
def test_another_process_with_another_hash_seed_zone_and_locale_gives_the_same_bytes(root: Path) -> None:
    digests = set()
    for seed, zone, locale in (("1", "UTC", "C"), ("2", "America/New_York", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": str(root)}
        done = subprocess.run([sys.executable, "-c", PRINT_DIGEST], capture_output=True, env=environment, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_feeds_are_the_golden_ones() -> None:
    """Where a change is meant, write them anew: `python -m tests.calendars.golden`, and read the difference."""
    for name, content in golden.contents().items():
        assert content == (golden.FOLDER / name).read_bytes(), name
