"""How the files of a case lie: whether anybody has written them since they were read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from workbook.sources import TOML_FILE


class Lying(NamedTuple):
    """One file as it lay there: another one under its name, or another time of writing, tells that it was written."""

    name: str
    number: int
    size: int
    written: int


def table_files(folder: Path) -> list[Path]:
    """Return the files of a folder that may be tables, in order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" or path.name == TOML_FILE)


def lying(place: Path) -> tuple[Lying, ...]:
    """Return how the files of a folder, or a single one, lie now; nothing where there is none."""
    try:
        found = [(path.name, path.stat()) for path in (table_files(place) if place.is_dir() else [place])]
    except OSError:
        return ()
    return tuple(Lying(name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found)
