"""Sending from a case: who delivers what its outbox holds, and what of it the clock does."""

from __future__ import annotations

from threading import Event
from typing import NamedTuple

from console.alone import Alone
from console.channels import Configured, missing_channels
from console.desk import Desk, now
from console.engine import holder
from console.links import known_base
from console.postman import Postman
from console.watching import Watched
from delivery.settings_file import FILE
from delivery.templating import Templates
from rota.text import text
from scheduler.keeping.clock import Job
from scheduler.keeping.sending import LEASE, Sender

TICK = 1.0
"""Seconds after which the outbox is looked into."""
REAP = 60.0
NEVER = 10 * 365 * 86_400.0
"""Seconds after which is done what is done at the end alone."""


class Sending(NamedTuple):
    """What sends for a case, the postman to whom it gives the letters, and the channels that it has taken."""

    sender: Sender
    postman: Postman
    alone: Alone


def sender_at(desk: Desk, found: Configured, stop: Event, base: str = "") -> Sending:
    """Return what sends for a case.

    Letters carry links below `base`, the address at which people reach the server; else below the one that is known.
    """
    for missing in missing_channels(found.settings, desk.state.case):
        desk.screen.note(missing)
    holding = holder()
    alone = Alone(desk.journal.leases, holding)
    postman = Postman(desk.journal, found, Templates.beside(desk.place), now, base or known_base(desk), alone.may)
    sender = Sender(desk.journal.outbox, holding, postman, now, prepare=postman.prepare, stop=stop)
    return Sending(sender, postman, alone)


def sending_at(desk: Desk, channels: Watched, stop: Event, base: str = "") -> tuple[Job, ...]:
    """Return the jobs by which what is due is sent; while no channels are stated, all waits."""
    sender, postman, alone = sender_at(desk, channels.found, stop, base)
    if not channels.found.channels:
        said = {"file": FILE}
        desk.screen.note(
            text("Nothing is sent: {file} states no channels.", "{file} 中没有通知渠道，通知暂不发送。", **said)
        )

    def turn() -> None:
        if channels.found.channels:
            postman.found, postman.templates = channels.found, channels.templates  # no letter is under way now
            sender.turn()

    return (
        Job("sending", TICK, turn),
        Job("prolonging sending", LEASE / 4, sender.beat),
        Job("reaping sending", REAP, desk.journal.outbox.reap),
        Job("giving back channels", NEVER, alone.release, at_stop=True),
    )
