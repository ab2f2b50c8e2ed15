"""The year of Suzhou Center, served by `rota serve` as a process, and read at its address by programs of others."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from calendars.conformance import check
from rota.plan import Plan, dump_plan, load_plan
from tests.calendars.readers import (
    Event,
    by_ical_js,
    by_khal,
    by_libical,
    by_recurring_ical_events,
    has_ical_js,
    has_libical,
    utc,
)
from tests.cli.process import rota, served
from tests.conftest import ROOT, RequireComponent

pytestmark = pytest.mark.slow

PUBLISHED, REPAIRED, NEXT_YEAR = "2023-03-12T09:00+08:00", "2023-04-03T09:00+08:00", "2024-01-08T09:00+08:00"
BASE = "https://rota.example.org"
MOVED = "rotation@2023-06-10"
HOSTED = "rotation@2023-05-13"
READERS: dict[str, Callable[[str, Path, int], list[Event]]] = {
    "recurring-ical-events": lambda address, _, years: by_recurring_ical_events(address, 2023, years),
    "khal": lambda address, folder, years: by_khal(address, folder, 2023, years),
    "libical": lambda address, folder, _: by_libical(address, folder),
    "ical.js": lambda address, folder, _: by_ical_js(address, folder),
}
THERE = {"libical": has_libical, "ical.js": has_ical_js}
GET_THEM = "make components, as root on Debian and with Node.js"


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    etag: str
    body: bytes

    @property
    def events(self) -> dict[str, bytes]:
        """The events by their UID, which each stand once."""
        found = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", self.body, re.DOTALL)
        by_uid = {line(event, "UID"): event for event in found}
        assert len(by_uid) == len(found)
        return by_uid


def line(event: bytes, name: str) -> str:
    found = re.search(name.encode() + rb"[^:]*:(.*)\r", event)
    assert found
    return found[1].decode()


def get(address: str, etag: str = "", **headers: str) -> Answer:
    """Fetch; with a tag, only if there is something new."""
    sent = {"If-None-Match": etag} if etag else {}
    try:
        with urlopen(Request(address, headers={**sent, **headers}), timeout=60) as answer:  # noqa: S310 - our own server
            return Answer(answer.status, answer.headers["ETag"], answer.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, error.headers["ETag"] or "", error.read())


@dataclass(frozen=True)
class Seen:
    """What was published at one time, what was served then, and what each program read at the address."""

    plan: Plan
    answer: Answer
    read: dict[str, list[Event]]


@dataclass
class Story:
    """A year of an alliance: what was seen at the same address before and after a repair, and with the next year."""

    place: Path
    link: str = ""
    seen: list[Seen] = field(default_factory=list)
    unchanged: Answer | None = None
    since: Answer | None = None

    def at(self, address: str) -> str:
        """The address of the feed of the whole year at a server."""
        return f"{address}/f/{self.link}"

    def look(self, address: str, plan: Path, years: int = 1) -> None:
        """Let every program that is there read; each has a folder of its own, which khal keeps."""
        read = {}
        for name, reader in READERS.items():
            folder = self.place.parent / name
            folder.mkdir(exist_ok=True)
            if THERE.get(name, lambda: True)():
                read[name] = reader(self.at(address), folder, years)
        self.seen.append(Seen(load_plan(plan.read_text("utf-8")), get(self.at(address)), read))


def issued(place: Path, who: str) -> str:
    said = json.loads(rota("feeds", "issue", who, "--case", place, "--public-url", BASE, "--json", at=PUBLISHED))
    return str(said["url"]).rpartition("/")[2]


@pytest.fixture(scope="module")
def published(best_of_suzhou: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Suzhou's year, planned and published before it began."""
    place = tmp_path_factory.mktemp("alliance") / "suzhou"
    shutil.copytree(ROOT / "examples" / "suzhou", place)
    (place / "plan.json").write_text(dump_plan(best_of_suzhou), encoding="utf-8")
    rota("apply", "--case", place, at=PUBLISHED)
    return place


@pytest.fixture(scope="module")
def story(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Serve the year, repair it under the running server, and go on with the next year in the same journal."""
    place = shutil.copytree(published.parent, tmp_path_factory.mktemp("story") / "alliance") / "suzhou"
    told = Story(place, issued(place, "all"))
    options = ("--no-engine", "--no-sending")
    with served(place, *options, "--public-url", BASE, at=PUBLISHED) as server:
        told.look(server.address, place / "plan.json")
        repaired(place)
        known = told.seen[0].answer.etag
        told.unchanged = get(told.at(server.address), known)
        rota("apply", "--case", place, at=REPAIRED)
        told.since = get(told.at(server.address), known)
        told.look(server.address, place / "plan.json")
    after = went_on(place)
    with served(place, *options, at=NEXT_YEAR) as server:
        told.look(server.address, after / "plan.json", years=2)
    return told


def repaired(place: Path) -> None:
    """Record that a session moves, that another does not take place, and that a host cannot come; repair the plan."""
    plan = load_plan((place / "plan.json").read_text("utf-8"))
    (host,) = plan.session[HOSTED].parts[0].roles["host"]
    rota("change", "session_moved", MOVED, f"{moved_to(plan):%Y-%m-%dT%H:%M}", "--case", place, at=REPAIRED)
    rota("change", "session_cancelled", dropped(plan), "--case", place, at=REPAIRED)
    rota("away", host, "2023-05-13..2023-05-21", "--case", place, at=REPAIRED)
    rota("replan", place, "--today", REPAIRED[:10], at=REPAIRED)


def moved_to(plan: Plan) -> dt.datetime:
    """When a session is moved to: to the other day of the same weekend."""
    start = plan.session[MOVED].start
    return start + dt.timedelta(days=1 if start.weekday() == calendar.SATURDAY else -1)


def dropped(plan: Plan) -> str:
    """A session that is cancelled: the last one of the health checks."""
    return max(session.id for session in plan.sessions if session.activity == "health_check")


def went_on(place: Path) -> Path:
    """Plan and publish the next year in the same journal, and return its folder."""
    after = place.parent / "suzhou-2024"
    rota("next", 2024, place, "-o", after, "--as-of", "2024-01-01", at=NEXT_YEAR)
    rota("plan", after, at=NEXT_YEAR)
    rota("apply", "--case", after, at=NEXT_YEAR)
    return after


def times(plan: Plan) -> set[tuple[object, object]]:
    return {(utc(session.start), utc(session.end)) for session in plan.sessions}


def uid(session: str, case: str = "suzhou-2023") -> str:
    return f"{session.replace('@', '-')}.{case}@rota"


def by_uid(events: Sequence[Event]) -> dict[object, Event]:
    """Events by their UID, which a program shows once each."""
    found = {event["uid"]: event for event in events}
    assert len(found) == len(events)
    return found


@pytest.mark.parametrize("name", READERS)
class TestEveryProgram:
    """What a program that subscribed before the year began has read at the same address ever since."""

    @pytest.fixture
    def read(self, story: Story, name: str, require_component: RequireComponent) -> list[dict[object, Event]]:
        require_component(name, THERE.get(name, lambda: True)(), GET_THEM)
        return [by_uid(seen.read[name]) for seen in story.seen]

    def test_sees_the_twenty_rotating_sessions_and_all_others(
        self, story: Story, read: list[dict[object, Event]]
    ) -> None:
        plan = story.seen[0].plan
        rotating = [session for session in plan.sessions if session.activity in {"opening", "rotation"}]
        assert len(rotating) == 20
        assert read[0].keys() == {uid(session.id) for session in plan.sessions}
        assert {(event["start"], event["end"]) for event in read[0].values()} == times(plan)
        for session in rotating:
            assert read[0][uid(session.id)]["start"] == utc(session.start)
        assert {event["sequence"] for event in read[0].values()} == {0}
        assert not any(event["cancelled"] for event in read[0].values())

    def test_sees_the_move_with_a_higher_sequence(self, story: Story, read: list[dict[object, Event]]) -> None:
        before, after = read[0][uid(MOVED)], read[1][uid(MOVED)]
        plan = story.seen[0].plan
        assert (before["start"], after["start"]) == (utc(plan.session[MOVED].start), utc(moved_to(plan)))
        assert (before["sequence"], after["sequence"]) == (0, 1)

    def test_sees_who_hosts_instead_of_whoever_cannot_come(self, story: Story, read: list[dict[object, Event]]) -> None:
        before, after = read[0][uid(HOSTED)], read[1][uid(HOSTED)]
        assert before["summary"] != after["summary"]
        assert after["sequence"] == 1

    def test_sees_the_tombstone(self, story: Story, read: list[dict[object, Event]]) -> None:
        gone = uid(dropped(story.seen[0].plan))
        before, after = read[0][gone], read[1][gone]
        assert (before["cancelled"], after["cancelled"]) == (False, True)
        assert str(after["summary"]) == f"【取消】{before['summary']}"
        assert (after["start"], after["sequence"]) == (before["start"], 1)

    def test_sees_everything_else_as_it_was(self, story: Story, read: list[dict[object, Event]]) -> None:
        assert read[0].keys() == read[1].keys()
        changed = {key for key in read[0] if read[0][key] != read[1][key]}
        counted = {key for key in read[0] if read[1][key]["sequence"] != 0}
        assert changed == counted
        assert 3 <= len(changed) <= 6

    def test_sees_both_years_at_the_old_address(self, story: Story, read: list[dict[object, Event]]) -> None:
        this_year, next_year = story.seen[1].plan, story.seen[2].plan
        held = {uid(session.id) for session in this_year.sessions}
        coming = {uid(session.id, "suzhou-2024") for session in next_year.sessions}
        assert len(next_year.sessions) > 40
        assert {key for key, event in read[2].items() if not event["cancelled"]} == held | coming
        assert {key: read[2][key] for key in held} == {key: read[1][key] for key in held}


def test_all_programs_read_the_same(story: Story) -> None:
    for seen in story.seen:
        first, *others = (by_uid(events) for events in seen.read.values())
        for other in others:
            kept = other.keys() - first.keys()  # khal keeps what vanishes; it was told before that it is cancelled
            assert all(other[key]["cancelled"] for key in kept)
            assert {key: event for key, event in other.items() if key not in kept} == first


def test_a_feed_is_new_when_a_repair_is_approved_and_not_before(story: Story) -> None:
    assert story.unchanged is not None
    assert (story.unchanged.status, story.unchanged.body) == (HTTPStatus.NOT_MODIFIED, b"")
    assert story.unchanged.etag == story.seen[0].answer.etag
    assert story.since is not None
    assert (story.since.status, story.since == story.seen[1].answer) == (HTTPStatus.OK, True)


def test_every_feed_leads_back_to_its_address_and_its_page_though_it_is_said_once(story: Story) -> None:
    page = f"{BASE}/f/{story.link.removesuffix('.ics')}"
    for seen in story.seen:
        properties = seen.answer.body.partition(b"BEGIN:VTIMEZONE")[0].replace(b"\r\n ", b"").decode().split("\r\n")
        assert {f"SOURCE;VALUE=URI:{page}.ics", f"URL:{page}"} <= set(properties)
        assert story.link.encode() not in b"".join(seen.answer.events.values())


def test_every_feed_conforms_and_holds_every_uid_once(story: Story) -> None:
    for seen in story.seen:
        assert check(seen.answer.body) == []
        assert len(seen.answer.events) >= len(seen.plan.sessions)


def test_what_did_not_change_has_the_same_bytes(story: Story) -> None:
    before, after = (seen.answer.events for seen in story.seen[:2])
    assert {line(after[key], "SEQUENCE") for key in after if after[key] == before[key]} == {"0"}
    assert {line(after[key], "SEQUENCE") for key in after if after[key] != before[key]} == {"1"}


def test_a_tombstone_goes_after_sixty_days(story: Story) -> None:
    gone = uid(dropped(story.seen[0].plan))
    assert [gone in seen.answer.events for seen in story.seen] == [True, True, False]


QUERIES = ("", "?cancelled=0", "?alarm=1h")
DAYS = [
    ("the same day, in UTC", "2023-03-12T20:00+08:00", {"TZ": "UTC", "PYTHONHASHSEED": "1"}),
    ("the next morning, in New York", "2023-03-13T08:00+08:00", {"TZ": "America/New_York", "PYTHONHASHSEED": "2"}),
    ("a year later, in another language", "2024-05-01T08:00+08:00", {"TZ": "Asia/Shanghai", "ROTA_LANG": "zh"}),
]


@pytest.fixture(scope="module")
def linked(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """The published year with links to three feeds, none of which was rendered yet."""
    place = shutil.copytree(published, tmp_path_factory.mktemp("days") / "suzhou")
    plan = load_plan((place / "plan.json").read_text("utf-8"))
    (host,) = plan.session[HOSTED].parts[0].roles["host"]
    return place, tuple(issued(place, who) for who in ("all", f"unit/{host}", "activity/rotation"))


@pytest.fixture(scope="module")
def on_other_days(linked: tuple[Path, tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory) -> list[list[Answer]]:
    """The feeds as processes render and serve them on different days, each from a copy of the journal of its own."""
    place, links = linked
    found = []
    for _, at, environment in DAYS:
        copy = shutil.copytree(place, tmp_path_factory.mktemp("day") / "suzhou")
        options = ("--no-engine", "--no-sending", "--public-url", BASE)
        with served(copy, *options, at=at, env=environment) as server:
            asked = [
                f"{server.address}/f/{link}{query}" for link in links for query in ("", "?cancelled=0", "?alarm=1h")
            ]
            found.append([get(address, **{"Accept-Encoding": coding}) for address in asked for coding in ("", "gzip")])
    return found


def test_bytes_are_equal_across_processes_and_days(on_other_days: list[list[Answer]]) -> None:
    assert {answer.status for answers in on_other_days for answer in answers} == {HTTPStatus.OK}
    for (what, *_), answers in zip(DAYS, on_other_days, strict=True):
        assert answers == on_other_days[0], what
