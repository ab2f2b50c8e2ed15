"""Repairs that go wrong, each in its own way, to be run in a process apart."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from scheduler.keeping.apart import repair_for


def runs_for_ever(_there: Connection, _body: tuple[Any, ...]) -> None:
    while True:
        time.sleep(60)


def is_killed(_there: Connection, _body: tuple[Any, ...]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def eats_memory(_there: Connection, _body: tuple[Any, ...]) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(2**24))


def goes_wrong(_there: Connection, _body: tuple[Any, ...]) -> None:
    raise RuntimeError("a fault of the program")


def answers(there: Connection, body: tuple[Any, ...]) -> None:
    repair_for(there, body)
