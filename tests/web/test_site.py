"""Feeds and pages as files: the octets of the server, names that stay, and no link that leads nowhere."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import icalendar
import pytest

from calendars.conformance import check
from rota.changes.sessions import SessionCancelled
from rota.text import LANGUAGES
from scheduler.keeping.editions import editions
from scheduler.keeping.journal import Journal
from tests.keeping.station import DAYS, STREAM, WHO, hosted
from tests.web.conftest import Running
from tests.web.forms import forms_of
from web.participants.site import Site
from web.participants.site_folder import write_site

NOW = dt.datetime(2027, 3, 10, 12, 0, tzinfo=dt.UTC)


def written(journal: Journal, folder: Path, base: str = "") -> list[str]:
    return list(write_site(Site(journal.store.read(editions), base, NOW), folder, "zh"))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value and tag != "base"]


def links_of(page: Path) -> list[str]:
    reader = _Links()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader.found


def test_the_feeds_of_a_site_are_those_of_the_server(running: Running, journal: Journal, tmp_path: Path) -> None:
    written(journal, tmp_path / "site")
    for language, ends in (("zh", ""), ("en", ".en")):
        for subject in ("all", "unit/bank", "person/p1", "room/hall", "site/center", "activity/day"):
            token = journal.subscribers.issue(subject, language).token  # type: ignore[arg-type]  # one of the two
            assert (tmp_path / "site" / f"{subject}{ends}.ics").read_bytes() == running.feed(token).body, subject


def test_every_link_of_a_site_leads_to_a_file_of_it(journal: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert written(journal, folder) == [str(folder / "index.html"), str(folder / "index.en.html")]
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        assert forms_of(page.read_bytes()) == []
        for link in links_of(page):
            if link.startswith(("#", "data:")):
                continue
            target = page.parent / unquote(urlsplit(link).path)
            assert not urlsplit(link).netloc, link
            assert target.is_file(), (page, link)


def test_pages_say_what_is_next_where_it_is_served_and_of_when_it_is(journal: Journal, tmp_path: Path) -> None:
    written(journal, tmp_path, "https://station.example/turns")
    said = (tmp_path / "unit" / "bank.html").read_text(encoding="utf-8")
    for expected in ("3月20日（周六）09:00–11:00", "webcal://station.example/turns/unit/bank.ics", "本页为 2027-03-10"):
        assert expected in said
    assert "待答复" not in said
    assert "Sat 20 Mar" in (tmp_path / "unit" / "bank.en.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("base", ["https://station.example/turns", "https://station.example/轮值 2027"])
def test_feeds_lead_back_to_the_files_of_the_site(journal: Journal, tmp_path: Path, base: str) -> None:
    written(journal, tmp_path, base)
    feeds = sorted(tmp_path.rglob("*.ics"))
    assert len(feeds) > 10
    for file in feeds:
        assert check(file.read_bytes()) == []
        calendar = icalendar.Calendar.from_ical(file.read_bytes())
        stated = [str(calendar["SOURCE"]), str(calendar["URL"]), *(str(e["URL"]) for e in calendar.walk("VEVENT"))]
        assert all(address.isascii() for address in stated)
        paths = [unquote(address).removeprefix(f"{base}/") for address in stated]
        assert (tmp_path / paths[0], tmp_path / paths[1]) == (file, file.with_suffix(".html"))
        language = ".en" if file.stem.endswith(".en") else ""
        assert set(paths[2:]) <= {f"activity/{row.id}{language}.html" for row in journal.state(STREAM).case.activities}
        assert all((tmp_path / path).is_file() for path in paths)


def test_names_stay_and_what_is_gone_is_removed(journal: Journal, tmp_path: Path) -> None:
    written(journal, tmp_path)
    before = {path.relative_to(tmp_path): path.stat().st_mtime_ns for path in tmp_path.rglob("*.ics")}
    written(journal, tmp_path)
    assert before == {path.relative_to(tmp_path): path.stat().st_mtime_ns for path in tmp_path.rglob("*.ics")}
    case = journal.state(STREAM).case
    without = case.model_copy(update={"rooms": tuple(room for room in case.rooms if room.id != "corner")})
    from rota.document import State, document_of, edits_between  # noqa: PLC0415

    edits = edits_between(document_of(State(case=case)), document_of(State(case=without)))
    journal.record_edits(STREAM, edits, actor=WHO)
    journal.publish(STREAM, hosted(journal.state(STREAM).case, "bank", "court", "bank", "court"), base=2, actor=WHO)
    written(journal, tmp_path)
    gone = {str(path) for path in before} - {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.ics")}
    assert gone == {"room/corner.ics", "room/corner.en.ics"}
    assert not (tmp_path / "room" / "corner.html").exists()
    assert not (tmp_path / "room" / "corner.en.html").exists()


def test_a_cancelled_session_is_said_to_be_so(journal: Journal, tmp_path: Path) -> None:
    plan = journal.plan(2)
    journal.record(STREAM, SessionCancelled(session=f"day@{DAYS[3]}"), actor=WHO)
    case = journal.state(STREAM).case
    kept = tuple(each for each in plan.sessions if each.id != f"day@{DAYS[3]}")
    after = plan.model_copy(update={"sessions": kept, "case": plan.case.model_copy(update={"hash": case.hash})})
    journal.publish(STREAM, after, base=2, actor=WHO)
    written(journal, tmp_path)
    for language, word in zip(LANGUAGES, ("已取消", "Cancelled"), strict=True):
        ends = "" if language == "zh" else ".en"
        assert word in (tmp_path / "unit" / f"court{ends}.html").read_text(encoding="utf-8")
