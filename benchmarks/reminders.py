"""How well reminders arrive: late, lost or twice, in a burst, after kills, from two servers, with a million waiting.

`python benchmarks/reminders.py` does all of it on SQLite; `--postgresql postgresql://…` names an empty database. The
letters go from `rota serve` to receivers in processes of their own, by webhook or, with `--mail`, by SMTP.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402 - found through the line above, also where Rota is not installed
from sqlalchemy import text as sql  # noqa: E402 - found through the line above, also where Rota is not installed

from benchmarks.processes import processor  # noqa: E402
from console.desk import now  # noqa: E402
from scheduler.keeping.clock import Clock, Job  # noqa: E402
from scheduler.keeping.journal import Journal  # noqa: E402
from tests.keeping.due import add_due, published, reached  # noqa: E402
from tests.keeping.station import OTHER_ROTATION, STREAM, WHO, hosted  # noqa: E402
from tests.keeping.test_clock import Shifted  # noqa: E402
from workbook.folder import write_folder  # noqa: E402

WHAT = ("burst", "two", "pending", "clock", "kills")
STARTING = 30.0
"""Seconds for programs to start before the first letter is due."""
MILLION = """
INSERT INTO outbox (key, revision, stream, recipient, kind, body, due, until, state, attempts)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
SELECT 'm' || i, 1, 'another year', 'bank', 'reminder', '{{}}',
 '2031-01-01T00:00:00.000000+00:00', '2031-02-01T00:00:00.000000+00:00', 'waiting', 0 FROM n
"""


# Receivers, each in a process of its own: a line with the key and the moment for each letter.


async def take_posts(out: Path) -> int:
    """Answer every request with 200; return the port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)^content-length: (\d+)", head, re.MULTILINE)
            await reader.readexactly(int(length[1]) if length else 0)
        except asyncio.IncompleteReadError:  # who sent it was killed
            writer.close()
            return
        key = re.search(r"(?i)^webhook-id: (\S+)", head, re.MULTILINE)
        _note(out, key[1] if key else "")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    return await _listen(handle)


async def take_mails(out: Path) -> int:
    """Take every mail; return the port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).upper():
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                key = re.search(rb"(?im)^message-id:\s*<([0-9a-f]+)@", mail)
                _note(out, key[1].decode() if key else "")
            writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n")
            await writer.drain()
        writer.close()

    return await _listen(handle)


def _note(out: Path, key: str) -> None:
    with out.open("a", encoding="utf-8") as lines:
        lines.write(f"{key} {time.time():.6f}\n")


async def _listen(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object],
) -> int:
    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20, backlog=512)  # type: ignore[arg-type]
    port: int = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.serve_forever()
    return port


@dataclass(frozen=True)
class Arrived:
    """What a receiver has noted."""

    out: Path
    port: int

    @property
    def letters(self) -> list[tuple[str, float]]:
        """Keys and moments, in order."""
        if not self.out.exists():
            return []
        found = (line.split() for line in self.out.read_text("utf-8").splitlines())
        return [(key, float(at)) for key, at in found]


@contextmanager
def receiver(folder: Path, *, mail: bool) -> Iterator[Arrived]:
    """A receiver that runs."""
    out = folder / f"arrived-{random.randrange(10**9)}"
    command = [sys.executable, __file__, "--receive", "mail" if mail else "posts", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own programs
    try:
        yield Arrived(out, int(_line(process.stdout)))
    finally:
        process.kill()
        process.communicate()


# The station in a folder, and programs that serve it.


@dataclass(frozen=True)
class Place:
    """A case in a folder, and where its journal is."""

    folder: Path
    journal: str
    mail: bool
    links: bool = False

    def channels(self, port: int) -> None:
        """State the one channel, to a receiver."""
        stated = f'kind = "webhook"\nurl = "http://127.0.0.1:{port}/"\nsecret = "a secret of twenty-four."\n'
        if self.mail:
            stated = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "rota@x.example"\n'
        (self.folder / "channels.toml").write_text(f"[channels.hook]\n{stated}", "utf-8")

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[str]]:
        """`rota serve`, which has begun to listen."""
        command = [sys.executable, "-m", "cli", "--lang", "en", "serve", str(self.folder), "--port", "0", "--no-engine"]
        command += ["--public-url", "https://rota.example.org"] if self.links else []
        environment = {**os.environ, "ROTA_JOURNAL": self.journal, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own programs
        try:
            said = [_line(process.stderr)]
            while "http://" not in said[-1]:
                said.append(_line(process.stderr, "".join(said)))
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def place_at(folder: Path, journal: str, *, mail: bool, links: bool) -> Place:
    """Write the station and its journal."""
    write_folder(reached(), folder)
    with Journal.open(journal, clock=now, create=True) as opened:
        if STREAM not in opened.streams():
            published(opened)
    return Place(folder, journal, mail, links)


def waited(journal: Journal, seconds: float) -> int:
    """Wait until nothing that is due waits any more, and return how much does."""
    left, limit = 0, time.monotonic() + seconds
    query = sql("SELECT count(*) FROM outbox WHERE state = 'waiting' AND due < '2030'")
    while time.monotonic() < limit:
        with journal.store.database.engine.connect() as connection:
            left = int(connection.execute(query).scalar_one())
        if not left:
            return 0
        time.sleep(1)
    return left


def said(what: str, expected: dict[str, float], letters: Sequence[tuple[str, float]], mail: bool) -> None:  # noqa: FBT001 - one caller's flag
    """Print how late letters were, how many are lost, and how many came twice."""
    due = {hashlib.sha256(key.encode()).hexdigest()[:40] if mail else key: at for key, at in expected.items()}
    first: dict[str, float] = {}
    for key, at in letters:
        first.setdefault(key, at)
    late = sorted(at - due[key] for key, at in first.items() if key in due)
    sys.stdout.write(
        f"{what}: {len(letters)} letters for {len(due)} keys, lost {len(due.keys() - first.keys())}, "
        f"twice {len(letters) - len(first)}, keys unknown {len(first.keys() - due.keys())}; late by "
        + ", ".join(f"{name} {late[min(len(late) - 1, int(len(late) * share))]:.2f} s" for name, share in SHARES)
        + "\n"
    )
    sys.stdout.flush()


SHARES = (("half", 0.5), ("p99", 0.99), ("most", 1.0))


def burst(place: Place, count: int, servers: int) -> None:
    """Let letters be due within one minute, and one or more servers send them."""
    with receiver(place.folder, mail=place.mail) as arrived, Journal.open(place.journal, clock=now) as journal:
        place.channels(arrived.port)
        first = now() + dt.timedelta(seconds=STARTING * servers + count / 2000)
        prefix = f"b{servers}-{int(first.timestamp())}-"
        moments = [first + dt.timedelta(seconds=60 * n / count) for n in range(count)]
        add_due(journal, count, lambda n: moments[n], prefix=prefix)
        with place.serving() as one:
            others = [place.serving() for _ in range(servers - 1)]
            processes = [one, *(other.__enter__() for other in others)]
            if now() > first:
                sys.stdout.write("(the programs were not ready in time)\n")
            begun = [processor(process.pid) for process in processes]
            waited(journal, 300)
            used = sum(processor(process.pid) for process in processes) - sum(begun)
            for other in others:
                other.__exit__(None, None, None)
        expected = {f"{prefix}{n:07}": moments[n].timestamp() for n in range(count)}
        said(f"{servers} server(s), {count} due in a minute", expected, arrived.letters, place.mail)
        sys.stdout.write(f"  {1000 * used / count:.2f} ms of processor a letter\n")


def pending(place: Place, count: int) -> None:
    """Start with a million letters waiting, none of them due, and publish once more."""
    with Journal.open(place.journal, clock=now) as journal:
        bare = _start(place)
        begun = time.monotonic()
        with journal.store.database.engine.begin() as connection:
            connection.execute(sql(MILLION.format(count=count)))
        sys.stdout.write(f"{count} rows written in {time.monotonic() - begun:.0f} s\n")
        full = _start(place)
        began, used = time.monotonic(), time.process_time()
        newest = journal.newest(STREAM)
        journal.publish(STREAM, hosted(reached(), *OTHER_ROTATION), base=newest.number if newest else None, actor=WHO)
        sys.stdout.write(
            f"start and first look: {bare} with nothing waiting, {full} with {count}; a publication "
            f"{time.monotonic() - began:.2f} s ({time.process_time() - used:.2f} s of processor)\n"
        )
        with journal.store.database.engine.begin() as connection:
            connection.execute(sql("DELETE FROM outbox WHERE stream = 'another year'"))


def _start(place: Place) -> str:
    """Return how long it takes to open a journal and look into its outbox."""
    began, used = time.monotonic(), time.process_time()
    with Journal.open(place.journal, clock=now) as journal:
        journal.outbox.waits()
        journal.outbox.claim("start", seconds=1, most=32)
        return f"{time.monotonic() - began:.3f} s ({time.process_time() - used:.3f} s of processor)"


def kills(place: Place, count: int, letters: int) -> None:
    """Kill a process that sends, again and again, at any moment, and let the last one end it."""
    chance = random.Random(7)
    with receiver(place.folder, mail=False) as arrived, Journal.open(place.journal, clock=now) as journal:
        expected: dict[str, float] = {}
        for kill in range(count):
            at, prefix = now(), f"k{int(time.time())}-{kill:02}-"
            add_due(journal, letters, lambda _, at=at: at, prefix=prefix)  # type: ignore[misc]
            expected |= {f"{prefix}{n:07}": at.timestamp() for n in range(letters)}
            process = _child(place, arrived)
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
            process.communicate()
        last = _child(place, arrived)
        left = waited(journal, 600)
        last.terminate()
        last.communicate()
        said(f"{count} times kill -9 ({left} left)", expected, arrived.letters, mail=False)


def moved() -> None:
    """Move the clock, as the scheduler reads it, by an hour either way, and print how long nothing was done."""
    for hours in (-1, 1):
        with pytest.MonkeyPatch.context() as patch:
            shifted, done = Shifted(patch), [time.monotonic()]
            tick = Job("tick", 1.0, lambda done=done: done.append(time.monotonic()))  # type: ignore[misc]
            with Clock((tick,), wall=shifted.wall).running():
                time.sleep(4)
                shifted.seconds = 3600.0 * hours
                time.sleep(6)
        longest = max(later - earlier for earlier, later in pairwise(done))
        sys.stdout.write(f"clock moved by {hours:+} h: the longest time between two turns is {longest:.2f} s\n")


def _child(place: Place, arrived: Arrived) -> subprocess.Popen[str]:
    url = f"http://127.0.0.1:{arrived.port}/"
    command = [sys.executable, "-m", "tests.keeping.sending_child", place.journal, url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own programs
    _line(process.stdout)
    return process


def _line(stream: IO[str] | None, before: str = "") -> str:
    """Read a line of a program that begins; where it ends in place of that, what it said `before` is the reason."""
    said = stream.readline() if stream else ""
    if not said:
        raise SystemExit(f"a program did not begin: {before}")
    return said


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receive", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database")
    parser.add_argument("--mail", action="store_true", help="by SMTP in place of a webhook")
    parser.add_argument("--links", action="store_true", help="letters with links that answer the turn")
    parser.add_argument("--only", choices=WHAT, action="append")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--pending", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=50)
    given = parser.parse_args()
    if given.receive:
        kind, out = given.receive
        asyncio.run((take_mails if kind == "mail" else take_posts)(Path(out)))
        return
    wanted = given.only or WHAT
    with tempfile.TemporaryDirectory() as folder:
        place = place_at(
            Path(folder), given.postgresql or str(Path(folder) / "journal.db"), mail=given.mail, links=given.links
        )
        if "burst" in wanted:
            burst(place, given.count, 1)
        if "two" in wanted:
            burst(place, given.count, 2)
        if "pending" in wanted:
            pending(place, given.pending)
        if "clock" in wanted:
            moved()
        if "kills" in wanted:
            kills(place, given.kills, 200)


if __name__ == "__main__":
    main()
