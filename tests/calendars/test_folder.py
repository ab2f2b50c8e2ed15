"""A folder of feeds: written in whole files, and cleared of nothing but its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from calendars.feed import Feed
from calendars.folder import FolderError, write_feeds


def files(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_all_feeds_and_their_index_are_written(tmp_path: Path, published: Mapping[str, Feed]) -> None:
    written = write_feeds(tmp_path / "日历", published.values())

    assert written.index == tuple((feed.path, feed.title) for feed in published.values())
    assert written.removed == ()
    assert files(tmp_path / "日历") == {"feeds.json", *(feed.path for feed in published.values())}
    assert (tmp_path / "日历" / published["U1"].path).read_bytes() == published["U1"].content


def test_written_again_nothing_is_touched(tmp_path: Path, published: Mapping[str, Feed]) -> None:
    write_feeds(tmp_path, published.values())
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)}
    write_feeds(tmp_path, published.values())
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)} == before


def test_a_feed_that_is_no_more_is_removed_and_nothing_else(tmp_path: Path, published: Mapping[str, Feed]) -> None:
    write_feeds(tmp_path, published.values())
    (tmp_path / "units" / "mine.ics").write_text("mine", encoding="utf-8")
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")

    written = write_feeds(tmp_path, [feed for feed in published.values() if feed.of != "U1"])

    assert written.removed == ("units/U1-税务局.ics",)
    assert not (tmp_path / "units" / "U1-税务局.ics").exists()
    assert {"units/mine.ics", "note.txt"} <= files(tmp_path)


def test_a_feed_that_somebody_changed_is_not_removed(tmp_path: Path, published: Mapping[str, Feed]) -> None:
    write_feeds(tmp_path, published.values())
    (tmp_path / published["U1"].path).write_text("changed by hand", encoding="utf-8")
    assert write_feeds(tmp_path, [published[""]]).removed == tuple(
        feed.path for feed in published.values() if feed.of not in {"", "U1"}
    )
    assert (tmp_path / published["U1"].path).exists()


@pytest.mark.parametrize(
    "path", ["../outside.ics", "{root}/outside.ics", "sub/../../outside.ics", "outside.txt", "link/outside.ics"]
)
def test_an_index_that_leads_outside_removes_nothing(tmp_path: Path, published: Mapping[str, Feed], path: str) -> None:
    folder = tmp_path / "feeds"
    write_feeds(folder, [published[""]])
    (tmp_path / "outside.ics").write_bytes(published[""].content)
    (folder / "outside.txt").write_bytes(published[""].content)
    (folder / "link").symlink_to(tmp_path, target_is_directory=True)
    index = json.loads((folder / "feeds.json").read_bytes())
    entry = {**index["feeds"][0], "path": path.format(root=tmp_path.as_posix())}
    (folder / "feeds.json").write_text(json.dumps({**index, "feeds": [*index["feeds"], entry]}), encoding="utf-8")

    assert write_feeds(folder, [published[""]]).removed == ()
    assert (tmp_path / "outside.ics").exists()
    assert (folder / "outside.txt").exists()


@pytest.mark.parametrize("content", ["{}", "not JSON", "[]", '{"program": "rota", "format_version": 99, "feeds": []}'])
def test_an_index_of_others_stops_the_export(tmp_path: Path, published: Mapping[str, Feed], content: str) -> None:
    (tmp_path / "feeds.json").write_text(content, encoding="utf-8")
    with pytest.raises(FolderError) as raised:
        write_feeds(tmp_path, published.values())
    assert "feeds.json" in raised.value.say("zh")
    assert files(tmp_path) == {"feeds.json"}


def test_a_file_that_cannot_be_replaced_leaves_no_rest(tmp_path: Path, published: Mapping[str, Feed]) -> None:
    (tmp_path / "all.ics").mkdir()
    with pytest.raises(OSError, match=r"all\.ics"):
        write_feeds(tmp_path, [published[""]])
    assert files(tmp_path) == set()
