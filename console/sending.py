"""Sending from a case: who delivers what its outbox holds, and what of it the clock does."""

from __future__ import annotations

from threading import Event

from console.channels import configured, missing_channels
from console.desk import Desk, now
from console.engine import holder
from console.links import public_base
from console.postman import Postman
from delivery.settings_file import FILE
from delivery.templating import Templates
from rota.text import text
from scheduler.keeping.clock import Job
from scheduler.keeping.sending import LEASE, Sender

TICK = 1.0
"""Seconds after which the outbox is looked into."""
REAP = 60.0


def sender_at(desk: Desk, stop: Event, base: str = "") -> Sender | None:
    """Return what sends for a case; None where no channels are stated, and all waits.

    Letters carry links below `base`, the address at which people reach the server; else below that in the settings.

    Raises:
        RotaError: the channels cannot be used; with all that is wrong.
    """
    found = configured(desk.place)
    if not found.channels:
        return None
    for missing in missing_channels(found.settings, desk.state.case):
        desk.screen.note(missing)
    postman = Postman(desk.journal, found, Templates.beside(desk.place), now, base or _stated(desk))
    return Sender(desk.journal.outbox, holder(), postman, now, prepare=postman.prepare, stop=stop)


def _stated(desk: Desk) -> str:
    case = desk.state.case
    return public_base(case, None) if case.settings.url else ""


def sending_at(desk: Desk, stop: Event, base: str = "") -> tuple[Job, ...]:
    """Return the jobs by which what is due is sent."""
    sender = sender_at(desk, stop, base)
    if sender is None:
        said = {"file": FILE}
        desk.screen.note(
            text("Nothing is sent: {file} states no channels.", "{file} 中没有通知渠道，通知暂不发送。", **said)
        )
        return ()
    return (
        Job("sending", TICK, sender.turn),
        Job("prolonging sending", LEASE / 4, sender.beat),
        Job("reaping sending", REAP, desk.journal.outbox.reap),
    )
