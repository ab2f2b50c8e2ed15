"""A cluster of processes, of which some are killed: it finds what one machine finds, or that is done here."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from constraints.reading import read_rules
from rota.text import Message
from scheduler.solving.cluster import cluster
from scheduler.solving.control import Control
from scheduler.solving.dispatch import Dispatch
from scheduler.solving.executors import Crew, Here
from scheduler.solving.large import LargeSearch
from tests.components import extra
from tests.solving.test_executors import all_back
from tests.solving.test_large import YEAR, first_plan, judged

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("workers", "killed"), [(1, False), (2, False), (2, True)])
def test_a_cluster_finds_what_one_machine_finds_though_a_worker_is_killed(
    monkeypatch: pytest.MonkeyPatch, workers: int, *, killed: bool
) -> None:
    distributed = extra("distributed")
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 3)
    options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
    local = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, **options)
    with local, cluster(local.scheduler_address.replace("tcp", "dask")) as crew:
        assert crew.width() == workers
        search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), crew)
        if killed:
            Thread(target=_kill_when_at_work, args=(local, search), daemon=True).start()
        found = search.run(dict(first_plan()))
    here = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), Crew(Here)).run(first_plan())
    assert found is not None
    assert here is not None
    assert judged(YEAR, found).costs == judged(YEAR, here).costs


@contextmanager
def dask(folder: Path, what: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Dask's scheduler or a worker as a process of its own; they meet by a file in a folder."""
    command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(folder / "at.json"), *options]
    with (folder / f"{what}.log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


def scheduler_at(folder: Path) -> str:
    """Wait for the address of the scheduler."""
    for _ in range(600):
        if (folder / "at.json").exists():
            found: str = json.loads((folder / "at.json").read_text("utf-8"))["address"]
            return found.replace("tcp", "dask")
        time.sleep(0.1)
    raise TimeoutError((folder / "scheduler.log").read_text("utf-8"))


@pytest.mark.parametrize("killed", ["scheduler", "worker"])
def test_where_a_cluster_is_gone_that_is_told_and_the_search_goes_on_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    distributed = extra("distributed")
    monkeypatch.setattr("scheduler.solving.cluster.ABSENT", 1.0)
    told: list[Message] = []
    local = ("--host", "127.0.0.1")
    with (
        dask(tmp_path, "scheduler", *local, "--port", "0", "--no-dashboard") as scheduler,
        dask(tmp_path, "worker", *local, "--no-nanny", "--no-dashboard", "--nthreads", "2") as worker,
    ):
        address = scheduler_at(tmp_path)
        with distributed.Client(address.replace("dask", "tcp"), set_as_default=False) as client:
            client.wait_for_workers(1)
        with cluster(address, told.append) as crew:
            dispatch: Dispatch[str, Any] = Dispatch(crew.relieved_by(Crew(Here)))
            dispatch.send("there", None, abs, -42)
            assert all_back(dispatch) == {"there": 42}
            for n in range(2):
                dispatch.send(f"lost {n}", None, time.sleep, 600.0)
            {"scheduler": scheduler, "worker": worker}[killed].kill()
            assert all_back(dispatch) == {"lost 0": None, "lost 1": None}
            back: dict[str, int | None] = {"here": None}
            while back["here"] is None and not dispatch.hopeless:
                dispatch.send("here", None, os.getpid)
                back = all_back(dispatch)
            assert back == {"here": os.getpid()}
            dispatch.end()
    assert [address in message.say(language) for message in told for language in ("en", "zh")] == [True, True]


def _kill_when_at_work(local: Any, search: LargeSearch) -> None:
    while search.tried < 4:
        time.sleep(0.01)
    os.kill(next(iter(local.workers.values())).pid, 9)
