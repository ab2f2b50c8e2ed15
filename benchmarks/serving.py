"""How fast feeds are served to 5,000 subscribers: unchanged (304) and in full, over loopback, asked by wrk.

`python benchmarks/serving.py plan.json` wants a plan of the Suzhou case and Debian's wrk. `--radicale PROGRAM` asks a
Radicale that is installed elsewhere for the same feed, as a calendar of its own. Processor time is that of the server
alone, so it tells the same on a machine that does other things beside. Linux only: it is read in /proc.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import http.client
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert  # noqa: E402 - found through the line above, also where Rota is not installed

from benchmarks.processes import memory, processor  # noqa: E402
from calendars.subject import feed_key, views  # noqa: E402
from console.rendering import render  # noqa: E402
from constraints.registry import catalogue  # noqa: E402
from rota.case import Case  # noqa: E402
from rota.plan import CaseRef, load_plan  # noqa: E402
from scheduler.keeping.journal import Journal  # noqa: E402
from scheduler.keeping.subscribers import digest_of_token  # noqa: E402
from scheduler.keeping.tables import SUBSCRIBER  # noqa: E402
from web.application import Server  # noqa: E402
from web.limiting import Rates  # noqa: E402
from web.running import listen, server  # noqa: E402
from workbook.reading import read_case  # noqa: E402

UNLIMITED = "1000000000/minute"
CONNECTIONS = 16
GREETING = re.compile(r"http://127\.0\.0\.1:(\d+);")
BASE = "https://rota.example.org"
SCRIPT = """
local asked, at = {}, 0
for line in io.lines(os.getenv("ROTA_ASKED")) do
  local path, etag = line:match("^(%S+) ?(.*)$")
  local headers = {["Accept-Encoding"] = os.getenv("ROTA_CODING"), ["Authorization"] = os.getenv("ROTA_USER")}
  if etag ~= "" then headers["If-None-Match"] = etag end
  asked[#asked + 1] = {path, headers}
end
request = function()
  at = at % #asked + 1
  return wrk.format("GET", asked[at][1], asked[at][2])
end
"""
Asked = list[tuple[str, str]]
"""Paths, and the tags that whoever asks for them knows."""


@dataclass(frozen=True)
class Answering:
    """A server that runs: its name, its process, and the port at which it listens."""

    name: str
    process: int
    port: int


def main() -> None:
    """Print one line for each way of asking."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("plan", type=Path)
    words.add_argument("--subscribers", type=int, default=5000)
    words.add_argument("--seconds", type=int, default=5)
    words.add_argument("--radicale", type=Path)
    words.add_argument("--serve", help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.serve:
        serve(given.serve)
        return
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given)


def measure(folder: Path, given: argparse.Namespace) -> None:
    """Fill a journal, serve it in a process of its own, and ask."""
    loaded = read_case(ROOT / "examples" / "suzhou", catalogue())
    if loaded.case is None:
        sys.exit(str(loaded.problems))
    place = folder / "journal.db"
    began = time.perf_counter()
    tokens = filled(place, loaded.case, given.plan, given.subscribers)
    print(f"{len(tokens)} links, published and rendered in {time.perf_counter() - began:.1f} s")
    print(f"{'server':9} {'what':14} {'per second':>10} {'median':>9} {'99 %':>9} {'processor':>10} {'octets':>8}")
    with rota(place) as server:
        paths = [f"/f/{token}.ics" for token in tokens]
        for coding in ("gzip", "identity"):
            known = [(path, ask(server.port, path, coding)[0]) for path in paths]
            said(folder, server, f"304, {coding}", known, coding, given.seconds)
            said(folder, server, f"200, {coding}", [(path, "") for path in paths], coding, given.seconds)
        feed = ask(server.port, paths[0], "identity")[1]
        said(folder, server, "200, the year", [(paths[0], "")], "identity", given.seconds)
        occupied(server)
    if given.radicale:
        with radicale(folder, given.radicale, feed) as server:
            path, plain = "/bench/year/", "identity"
            known = [(path, ask(server.port, path, plain)[0])]
            said(folder, server, "304, the year", known, plain, given.seconds)
            said(folder, server, "200, the year", [(path, "")], plain, given.seconds)
            occupied(server)
    begun(folder, place)


def occupied(server: Answering) -> None:
    """Print how much memory a server takes."""
    now, most = memory(server.process)
    print(f"{server.name} holds {now} MiB after that, {most} MiB at most")


def begun(folder: Path, place: Path) -> None:
    """Start `rota serve` itself before that journal, and print what it took until the first answer."""
    case = folder / "suzhou"
    shutil.copytree(ROOT / "examples" / "suzhou", case)
    shutil.copy(place, case / "journal.db")
    command = [sys.executable, "-m", "cli", "serve", str(case), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ROTA_LANG": "en"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - ourselves
        greetings = (GREETING.search(line) for line in process.stderr or ())
        server = Answering("rota", process.pid, next(int(found[1]) for found in greetings if found))
        ask(server.port, "/healthz", "identity")
        used, (now, _) = processor(server.process), memory(server.process)
        print(f"rota serve: the first answer after {used:.1f} s of processor time, with {now} MiB")
        process.terminate()


def filled(place: Path, case: Case, file: Path, subscribers: int) -> list[str]:
    """Publish a plan, give out links to its feeds in turn, the whole year first, and return their secrets."""
    plan = load_plan(file.read_text("utf-8"))
    plan = plan.model_copy(update={"case": CaseRef(title=case.settings.title, hash=case.hash), "base": None})
    keys = [feed_key(*view.key) for view in views(case, "zh")]
    tokens = [secrets.token_urlsafe(32) for _ in range(subscribers)]
    now = dt.datetime.now(dt.UTC).isoformat()
    rows = [
        {"subject": keys[at % len(keys)], "language": "zh", "label": "", "agent": "", "created": now}
        | {"digest": digest_of_token(token)}
        for at, token in enumerate(tokens)
    ]
    with Journal.open(place, clock=lambda: dt.datetime.now(dt.UTC), create=True) as journal:
        journal.begin(case, actor="benchmark")
        journal.publish(case.settings.id, plan, base=None, actor="benchmark")
        journal.store.write(lambda transaction: transaction.connection.execute(insert(SUBSCRIBER), rows))
        Server(journal, render).feeds.prepare()
    return tokens


def serve(place: str) -> None:
    """Serve a journal without limits, and print the port."""
    with Journal.open(place, clock=lambda: dt.datetime.now(dt.UTC)) as journal, listen("127.0.0.1", 0) as listening:
        print(listening.getsockname()[1], flush=True)
        app = Server(journal, render, Rates(UNLIMITED, UNLIMITED, UNLIMITED), BASE).application()
        server(app).run(sockets=[listening])


@contextmanager
def rota(place: Path) -> Iterator[Answering]:
    """Run Rota's server."""
    command = [sys.executable, __file__, "-", "--serve", str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ourselves
        yield Answering("rota", process.pid, int(process.stdout.readline() if process.stdout else 0))
        process.terminate()


@contextmanager
def radicale(folder: Path, program: Path, feed: bytes) -> Iterator[Answering]:
    """Run a Radicale that holds the feed as a calendar."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    options = ["--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--logging-level", "error"]
    command = [str(program), *options, "--storage-filesystem-folder", str(folder / "radicale")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - as given
        wait(port)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("PUT", "/bench/year/", feed, {"Content-Type": "text/calendar", "Authorization": USER})
        print(f"radicale takes in the feed: {connection.getresponse().status}")
        yield Answering("radicale", process.pid, port)
        process.terminate()


USER = "Basic " + base64.b64encode(b"bench:").decode()


def wait(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server does not start")


def ask(port: int, path: str, coding: str) -> tuple[str, bytes]:
    """Fetch once; return the tag and the octets."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept-Encoding": coding, "Authorization": USER})
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"{path} is answered by {answer.status}")
    return answer.getheader("ETag") or "", answer.read()


def said(folder: Path, server: Answering, what: str, asked: Asked, coding: str, seconds: int) -> None:
    """Ask for some seconds, and print how fast it was answered."""
    (folder / "ask.lua").write_text(SCRIPT)
    (folder / "asked").write_text("".join(f"{path} {etag}\n" for path, etag in asked))
    command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(folder / "ask.lua")]
    environment = {"ROTA_ASKED": str(folder / "asked"), "ROTA_CODING": coding, "ROTA_USER": USER, "PATH": "/usr/bin"}
    command.append(f"http://127.0.0.1:{server.port}")
    before = processor(server.process)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - wrk
    used, found = processor(server.process) - before, done.stdout
    if "Non-2xx" in found:
        sys.exit(found)
    rate, median, slow, count = (
        figure(found, words)
        for words in (r"Requests/sec:\s+(\S+)", r"^ +50%\s+(\S+)", r"^ +99%\s+(\S+)", r"(\d+) requests in")
    )
    octets = 0 if what.startswith("304") else len(ask(server.port, asked[0][0], coding)[1])
    each = f"{used / int(count) * 1_000_000:.0f}us"
    print(f"{server.name:9} {what:14} {rate:>10} {median:>9} {slow:>9} {each:>10} {octets:>8}", flush=True)


def figure(found: str, words: str) -> str:
    """Return a figure of wrk's."""
    match = re.search(words, found, re.MULTILINE)
    return match[1] if match else "?"


if __name__ == "__main__":
    main()
