"""Links to feeds on the command line."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from console.desk import now
from scheduler.keeping.address import remember_address
from scheduler.keeping.journal import Journal
from scheduler.keeping.subscribers import Fetch
from tests.cli.conftest import Rota
from tests.cli.process import served

URL = "https://rota.example.org/rota/"


@pytest.fixture
def published(publish: Callable[..., Path]) -> Path:
    return publish()


def issued(rota: Rota, place: Path, who: str, *options: object) -> dict[str, object]:
    ended = rota("feeds", "issue", who, "--case", place, "--public-url", URL, "--json", *options)
    assert ended.code == 0, ended.err
    found: dict[str, object] = json.loads(ended.out)
    return found


def test_a_link_is_printed_for_browsers_and_for_calendars(rota: Rota, published: Path) -> None:
    ended = rota("feeds", "issue", "U01", "--case", published, "--public-url", URL, "--label", "王大姐", "--lang", "zh")
    what, *links = ended.out.splitlines()
    assert "（王大姐）" in what
    page, address, webcal = (link.partition("：")[2] for link in links)
    assert re.fullmatch(r"https://rota\.example\.org/rota/p/[\w-]{43}", page)
    assert re.fullmatch(r"https://rota\.example\.org/rota/f/[\w-]{43}\.ics", address)
    assert webcal == address.replace("https:", "webcal:")
    assert "rotate 1" in ended.err
    assert "答复；日历订阅链接只能查看" in ended.err


def test_a_page_on_which_nobody_answers_is_said_to_be_read_only(rota: Rota, published: Path) -> None:
    ended = rota("feeds", "issue", "all", "--case", published, "--public-url", URL, "--lang", "zh")
    assert "该页面只供查看，不能答复。" in ended.err
    assert "名义答复" not in ended.err


def test_without_an_address_of_the_server_no_link_is_given_out(rota: Rota, published: Path) -> None:
    ended = rota("feeds", "issue", "all", "--case", published)
    assert ended.code == 5
    assert "--public-url" in ended.err
    assert json.loads(rota("feeds", "list", "--case", published, "--json").out)["links"] == []


def test_the_address_that_the_server_was_started_with_is_known(rota: Rota, published: Path) -> None:
    for base in ("https://old.example.org", "https://rota.example.org/rota"):
        with Journal.open(published / "journal.db", clock=now) as journal:
            remember_address(journal.store, base)
    assert "https://rota.example.org/rota/f/" in rota("feeds", "issue", "all", "--case", published).out
    assert "https://rota.example.org/rota/f/" in rota("feeds", "rotate", "1", "--case", published).out


@pytest.mark.parametrize(
    "url",
    [
        "rota.example.org",
        "ftp://rota.example.org",
        "https://",
        "https://me:pw@host",
        "http://[",
        "https://a.b/sub?x=1",
        "https://a.b/#x",
        "https://a b/",
        "https://a.b/c d",
        "https://轮值.例子.cn",
    ],
)
def test_an_address_that_is_none_is_refused(rota: Rota, published: Path, url: str) -> None:
    ended = rota("feeds", "issue", "all", "--case", published, "--public-url", url)
    assert ended.code == 5
    assert "is no address of a server" in ended.err


@pytest.mark.slow
def test_the_settings_may_say_where_the_server_is(rota: Rota, planned: Path) -> None:
    settings = planned / "rotation.toml"
    settings.write_text(re.sub(r'url = ".*"', f'url = "{URL}"', settings.read_text("utf-8")), "utf-8")
    assert rota("plan", planned).code == 0
    assert rota("apply", "--case", planned).code == 0
    assert "https://rota.example.org/rota/f/" in rota("feeds", "issue", "all", "--case", planned).out


def test_before_the_first_publication_no_link_is_given_out(rota: Rota, planned: Path) -> None:
    ended = rota("feeds", "issue", "all", "--case", planned, "--public-url", URL)
    assert ended.code == 5
    assert "rota apply" in ended.err


@pytest.mark.parametrize(
    ("said", "key"),
    [("all", "all"), ("全部", "all"), ("U01", "unit/U01"), ("unit/U01", "unit/U01"), ("P01", "person/P01")],
)
def test_whose_feed_is_meant(rota: Rota, published: Path, said: str, key: str) -> None:
    issued(rota, published, said)
    (link,) = json.loads(rota("feeds", "list", "--case", published, "--json").out)["links"]
    assert link["feed"] == key


def test_a_name_that_is_none_is_answered_with_those_there_are(rota: Rota, published: Path) -> None:
    ended = rota("feeds", "issue", "Nobody", "--case", published, "--public-url", URL)
    assert ended.code == 5
    assert "unit/U01" in ended.err


@pytest.mark.parametrize(("name", "begins"), [("code.svg", b"<?xml"), ("code.png", b"\x89PNG")])
def test_a_link_is_drawn(rota: Rota, published: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    issued(rota, published, "all", "-o", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_link_is_drawn_in_known_forms_only(rota: Rota, published: Path, tmp_path: Path) -> None:
    ended = rota("feeds", "issue", "all", "--case", published, "--public-url", URL, "-o", tmp_path / "code.jpg")
    assert ".svg" in ended.err
    assert json.loads(rota("feeds", "list", "--case", published, "--json").out)["links"] == []


def test_the_list_says_who_has_not_seen_the_newest_revision(rota: Rota, published: Path) -> None:
    for who in ("U01", "U02"):
        issued(rota, published, who)
    with Journal.open(published / "journal.db", clock=now) as journal:
        journal.subscribers.note([Fetch(1, now(), 1, "apple")])
    ended = rota("feeds", "list", "--case", published)
    assert "Links: 2; revision 1 was not seen over 1 of them." in ended.out
    assert "Apple" in ended.out.splitlines()[2]
    with Journal.open(published / "journal.db", clock=now) as journal:
        journal.subscribers.note_visits([Fetch(2, now(), 1, "browser")])
    assert "revision 1 was not seen over 0 of them" in rota("feeds", "list", "--case", published).out
    with Journal.open(published / "journal.db", clock=now) as journal:
        journal.subscribers.rotate(2)
    listed = json.loads(rota("feeds", "list", "--case", published, "--json").out)
    assert [link["behind"] for link in listed["links"]] == [False, True]
    assert "/f/" not in json.dumps(listed)


def test_a_link_is_exchanged_and_ended_by_number_name_or_label(rota: Rota, published: Path) -> None:
    first = issued(rota, published, "U01", "--label", "front desk")
    exchanged = rota("feeds", "rotate", "front desk", "--case", published, "--public-url", URL, "--json")
    assert json.loads(exchanged.out)["url"] != first["url"]
    assert "Revoked: 1." in rota("feeds", "revoke", "U01", "--case", published).out
    for who in ("1", "U01", "7"):
        assert "No link in use" in rota("feeds", "revoke", who, "--case", published).err
    issued(rota, published, "U02")
    issued(rota, published, "U02", "--another")
    assert "more than one link" in rota("feeds", "revoke", "U02", "--case", published).err
    assert rota("feeds", "revoke", "3", "--case", published).code == 0


def test_a_second_link_is_made_only_when_it_is_asked_for(rota: Rota, published: Path) -> None:
    issued(rota, published, "U01")
    again = rota("feeds", "issue", "U01", "--case", published, "--public-url", URL, "--lang", "zh")
    assert (again.code, "已有链接：1." in again.err, "--another" in again.err) == (5, True, True)
    issued(rota, published, "U01", "--label", "王大姐")
    issued(rota, published, "U01", "--another")
    links = json.loads(rota("feeds", "list", "--case", published, "--json").out)["links"]
    assert [link["label"] for link in links] == ["", "王大姐", ""]


def test_a_port_that_is_taken_is_said_in_a_sentence(rota: Rota, published: Path) -> None:
    from web.running import listen  # noqa: PLC0415

    with listen("127.0.0.1", 0) as taken:
        ended = rota("serve", published, "--port", taken.getsockname()[1])
    assert ended.code == 5
    assert "--port" in ended.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there a program is not asked to end, but ended")
def test_served_twice_a_feed_has_the_same_bytes_and_its_fetches_are_known_at_the_end(
    rota: Rota, published: Path
) -> None:
    token = str(issued(rota, published, "U01")["url"]).rpartition("/")[2]
    bodies = []
    for options in (["--public-url", URL], []):  # where it was reached is remembered
        with (
            served(published, *options) as server,
            urlopen(f"{server.address}/f/{token}", timeout=60) as answer,  # noqa: S310 - our own server
        ):
            bodies.append((answer.headers["ETag"], answer.read()))
        assert token.removesuffix(".ics") not in server.log.read_text("utf-8")
        assert [json.loads(line)["status"] for line in server.lines if '"answered"' in line] == [200]
    assert bodies[0] == bodies[1]
    assert f"URL:{URL}f/".encode() in bodies[0][1].replace(b"\r\n ", b"")
    (link,) = json.loads(rota("feeds", "list", "--case", published, "--json").out)["links"]
    assert (link["revision"], link["behind"]) == (1, False)
    assert URL + "p/" in rota("feeds", "rotate", "1", "--case", published).out


@pytest.mark.slow
def test_a_site_is_written_from_the_newest_revision(rota: Rota, published: Path, tmp_path: Path) -> None:
    ended = rota("export", "@", tmp_path / "site", "--to", "site", "--case", published, "--public-url", URL)
    assert (ended.code, ended.out.split()) == (
        0,
        [str(tmp_path / "site" / name) for name in ("index.html", "index.zh.html")],
    ), ended.err
    said = (tmp_path / "site" / "unit" / "U01.html").read_text(encoding="utf-8")
    assert "webcal://rota.example.org/rota/unit/U01.ics" in said
