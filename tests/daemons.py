"""Servers that refuse to run as root: a folder of their own, and another user to run as."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, GROUP = "nobody", "nogroup"


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """Make a folder that goes when the block ends; a socket's path must be short, and others' folders are closed."""
    folder = Path("/tmp") / f"rota-{uuid.uuid4().hex[:12]}"  # noqa: S108 - says the docstring
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def is_root() -> bool:
    """Tell whether we run as root, which servers refuse to do."""
    return os.name != "nt" and os.getuid() == 0


def another_user(folder: Path) -> list[str]:
    """Say how to run something as another user, to whom the folder and all in it then belong."""
    if not is_root():
        return []
    for place in (folder, *folder.rglob("*")):
        shutil.chown(place, USER, GROUP)
    return ["setpriv", f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups"]
