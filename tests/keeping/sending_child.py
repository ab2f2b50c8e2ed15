"""A process that sends what is due until it is ended: `python -m tests.keeping.sending_child WHERE URL`.

Its leases are short, so that those who follow take over soon.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event

from console.channels import Configured
from console.desk import now
from console.engine import holder
from console.postman import Postman
from delivery.opening import opened
from delivery.settings import Settings
from delivery.templating import Templates
from scheduler.keeping.clock import Clock, Job
from scheduler.keeping.journal import Journal
from scheduler.keeping.sending import Sender

LEASE = 2.0
TICK = 0.2


def hook(url: str) -> Configured:
    """The channel to a receiver."""
    settings = Settings.model_validate({"channels": {"hook": {"kind": "webhook", "url": url, "secret": "s" * 24}}})
    return Configured(Path(), settings, opened(settings, Path()))


def main(where: str, url: str) -> None:
    """Send until a signal comes."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Journal.open(where, clock=now) as journal:
        postman = Postman(journal, hook(url), Templates(), now)
        sender = Sender(journal.outbox, holder(), postman, now, lease=LEASE, stop=stop)
        with Clock((Job("sending", TICK, sender.turn), Job("beat", LEASE / 4, sender.beat))).running(died=stop.set):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
