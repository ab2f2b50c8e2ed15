"""Run the commands that README and docs show, and compare what they print with what the pages say they print.

A page that shows commands says so in a comment, with the language to speak and what to lay out beside them:

    <!-- console: en docs/tutorial/answers -->

Its ```console blocks then run in one fresh folder, from the top of the page to its end. A line `$ rota …` is a command;
the lines below it are what it prints. A line `…` stands for lines left out; a command with nothing below it is only
run. A line `(exit code 3)` at the end says how a command ends where that is not 0. A block ```csv under a comment
`<!-- append: 2027/availability.csv -->` is appended to that file; its first row may name the columns that it fills.

Run `python docs/console.py` to write anew what the commands print; `--check` only says where the pages are stale.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETUP = re.compile(r"<!-- console: (zh|en)((?: [^ >]+)*) -->")
APPEND = re.compile(r"<!-- append: ([^ >]+) -->")
PROMPT = "$ "
LEFT_OUT = "…"
EXIT = re.compile(r"\(exit code (\d+)\)")
HASH = re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{8}(?:[0-9a-f]{4})?\b")
"""The first digits of a plan's hash or of a journal's head, which change every time and say nothing to a reader."""
MOMENT = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
"""When plans are published on the pages: before the years that they plan, whenever the pages are made."""
AS_OF = f"""
import datetime, console.desk
console.desk.now = lambda: datetime.datetime.fromisoformat({MOMENT.isoformat()!r})
from cli import main
main()
"""
LONGEST = 600
"""Seconds for one command."""


@dataclass
class Shown:
    """One command of a page: the lines of the page (from, to) that show what it prints."""

    command: str
    first: int
    last: int
    appended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Ran:
    """What a command printed, line by line, and its exit code."""

    lines: tuple[str, ...]
    code: int


Run = Callable[[str, Path, str], Ran]
"""Runs a command in a folder, in a language."""


def documents() -> list[Path]:
    """Return README and docs, every page of them."""
    return [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def setup(page: Path) -> tuple[str, list[Path]] | None:
    """Return the language of a page and what lies beside its commands; None where its commands are not run."""
    found = SETUP.search(page.read_text(encoding="utf-8"))
    return (found[1], [ROOT / name for name in found[2].split()]) if found else None


def commands(lines: Sequence[str]) -> Iterator[Shown]:
    """Yield the commands that a page shows, in order, with what is to be appended to files before them."""
    appended: list[tuple[str, str]] = []
    block, target = "", ""
    shown: Shown | None = None
    for number, line in enumerate(lines):
        if line.startswith("```"):
            if shown:
                yield shown
            block, shown = ("" if block else line.removeprefix("```") or "text"), None
            target = target if block else ""
        elif found := APPEND.search(line):
            target = found[1]
        elif block == "csv" and target:
            appended.append((target, line))
        elif block == "console" and line.startswith(PROMPT):
            if shown:
                yield shown
            shown, appended = Shown(line.removeprefix(PROMPT), number + 1, number + 1, tuple(appended)), []
        elif shown:
            shown.last = number + 1


def append(folder: Path, appended: Sequence[tuple[str, str]]) -> None:
    """Append rows to files; a row of headers of its file says which cells the rows after it fill."""
    filled: dict[str, list[str]] = {}
    for target, row in appended:
        path = folder / target
        head = next(csv.reader([path.read_text(encoding="utf-8-sig").splitlines()[0]]))
        cells = next(csv.reader([row]))
        if set(cells) <= set(head):
            filled[target] = cells
            continue
        if target in filled:
            by_header = dict(zip(filled[target], cells, strict=True))
            cells = [by_header.get(header, "") for header in head]
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(cells)


def run(command: str, folder: Path, language: str) -> Ran:
    """Run one command in `folder`; `rota` is the program beside this folder of docs, whatever is installed."""
    program, *arguments = shlex.split(command)
    if program != "rota":
        raise ValueError(f"only rota is run, not {command}")
    environment = {**os.environ, "ROTA_LANG": language, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    environment["PYTHONPATH"] = str(ROOT)
    ended = subprocess.run(  # noqa: S603 - the project's own program
        [sys.executable, "-c", AS_OF, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    return Ran(tuple(line.rstrip() for line in ended.stdout.splitlines()), ended.returncode)


def said_code(lines: Sequence[str]) -> int:
    """Return the exit code that a page announces for a command."""
    found = EXIT.fullmatch(lines[-1]) if lines else None
    return int(found[1]) if found else 0


def refreshed(said: Sequence[str], ran: Ran) -> list[str]:
    """Return what a command printed in the shape in which a page showed it: as many lines around each `…`."""
    body = [line for line in said if not EXIT.fullmatch(line)]
    ending = [f"(exit code {ran.code})"] if ran.code else []
    if not body:
        return ending
    if LEFT_OUT not in body:
        return [*ran.lines, *ending]
    head, tail = body.index(LEFT_OUT), len(body) - 1 - body.index(LEFT_OUT)
    return [*ran.lines[:head], LEFT_OUT, *(ran.lines[-tail:] if tail else ()), *ending]


def rewritten(page: Path, run: Run = run) -> tuple[str, list[str]]:
    """Run a page; return it with what its commands print now, and a sentence for each exit code that is another."""
    lines = page.read_text(encoding="utf-8").split("\n")
    announced = setup(page)
    if announced is None:
        return "\n".join(lines), []
    language, beside = announced
    faults: list[str] = []
    made: list[str] = []
    done = 0
    with tempfile.TemporaryDirectory(prefix="rota-docs-") as folder:
        for path in beside:
            lay_out(path, Path(folder))
        for shown in list(commands(lines)):
            append(Path(folder), shown.appended)
            said = lines[shown.first : shown.last]
            ran = run(shown.command, Path(folder), language)
            if ran.code != said_code(said):
                faults.append(f"{page.name}:{shown.first}: {shown.command} ends with {ran.code}: {ran.lines[-3:]}")
            made += [*lines[done : shown.first], *refreshed(said, ran)]
            done = shown.last
    return "\n".join([*made, *lines[done:]]), faults


def alike(one: str, other: str) -> bool:
    """Tell whether two versions of a page say the same, hashes of plans aside."""
    return HASH.sub("", one) == HASH.sub("", other)


def lay_out(path: Path, folder: Path) -> None:
    """Copy a file or a folder beside the commands."""
    if path.is_dir():
        shutil.copytree(path, folder / path.name)
    else:
        shutil.copy(path, folder / path.name)


def main() -> None:
    """Write anew what the commands print, or with --check say which pages are stale."""
    wanted = {Path(name).resolve() for name in sys.argv[1:] if not name.startswith("--")}
    code = 0
    for page in documents():
        if wanted and page not in wanted:
            continue
        content, faults = rewritten(page)
        print("\n".join(faults), end="\n" if faults else "")
        code = 1 if faults else code
        if not alike(content, page.read_text(encoding="utf-8")):
            print(page.relative_to(ROOT).as_posix())
            if "--check" in sys.argv[1:] or faults:
                code = 1
            else:
                page.write_text(content, encoding="utf-8", newline="\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
