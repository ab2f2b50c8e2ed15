"""A folder of feeds on disk: written file by file in one step each, and cleared of feeds that are no more."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from calendars.feed import Feed
from rota.problem import RotaError
from rota.text import text

INDEX = "feeds.json"
"""The list of the feeds in a folder, with their titles and the SHA-256 of what was written."""
FORMAT_VERSION = 1
PROGRAM = "rota"


class FolderError(RotaError):
    """The folder holds an index of feeds that is not Rota's, or is of a newer Rota."""


@dataclass(frozen=True)
class Written:
    """What an export did: the index of all feeds as (path, title), and the paths of earlier feeds that it removed."""

    index: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]


def write_feeds(folder: Path, feeds: Iterable[Feed]) -> Written:
    """Write `feeds` into `folder`, which is made where it is missing, and remove those of an earlier export.

    A file appears in one step, so that nobody reads half of one; a file whose content is the same is not touched. Only
    files that an earlier export wrote and nobody has changed since are removed.

    Raises:
        FolderError: `feeds.json` in the folder is something else.
        OSError: the folder cannot be written.
    """
    earlier = _read_index(folder / INDEX)
    entries: list[dict[str, str]] = []
    for feed in feeds:
        _write(folder / feed.path, feed.content)
        entries.append({"path": feed.path, "title": feed.title, "sha256": _digest(feed.content)})
    current = {entry["path"] for entry in entries}
    stale = {path: known for path, known in earlier.items() if path not in current}
    removed = tuple(path for path, known in stale.items() if _remove(folder, path, known))
    _write(folder / INDEX, _index(entries))
    return Written(tuple((entry["path"], entry["title"]) for entry in entries), removed)


def _index(entries: list[dict[str, str]]) -> bytes:
    body = {"program": PROGRAM, "format_version": FORMAT_VERSION, "feeds": entries}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _read_index(index: Path) -> Mapping[str, str]:
    """Return the SHA-256 of every file that an earlier export wrote, by path; nothing where there was none."""
    if not index.exists():
        return {}
    try:
        body = json.loads(index.read_bytes())
        ours = body["program"] == PROGRAM and body["format_version"] <= FORMAT_VERSION
        found = {str(entry["path"]): str(entry["sha256"]) for entry in body["feeds"]}
    except (ValueError, KeyError, TypeError):
        ours, found = False, {}
    if not ours:
        raise FolderError(
            text(
                "{file} is no index of feeds of this version of Rota; choose another folder or move it away",
                "{file} 不是本版 Rota 写的日历目录；请另选文件夹，或先移走该文件",
                file=str(index),
            )
        )
    return found


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_file() and file.read_bytes() == content:
        return
    partial = file.with_name(f".{os.getpid()}.part")
    try:
        partial.write_bytes(content)
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _remove(folder: Path, path: str, known: str) -> bool:
    """Remove a feed of an earlier export if the index does not lead outside and the file is as it was written."""
    parts = PurePosixPath(path).parts
    file = folder.joinpath(*parts)
    inside = file.suffix == ".ics" and ".." not in parts and file.resolve().is_relative_to(folder.resolve())
    if not inside or not file.is_file() or _digest(file.read_bytes()) != known:
        return False
    file.unlink()
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
