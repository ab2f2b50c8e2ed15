"""Attaching: the calendar that goes with an invitation, made of what the outbox keeps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from calendars.invitations import Invitation, Party
from delivery.channel import Invitation as Carried
from delivery.channel import Recipient
from delivery.mail import addressed
from rota.stamp import Stamp

if TYPE_CHECKING:
    from email.headerregistry import Address

    from rota.case import Case
    from rota.facts import Contact
    from rota.plan import Session
    from scheduler.keeping.outbox import Item


def invited(item: Item, case: Case, session: Session, contact: Contact, sender: Address) -> Carried:
    """Return the calendar of an invitation; all that it says stands in the item, so it is the same at every try."""
    body, at = item.body, addressed(Recipient.of(contact))
    stamp = Stamp(body["sequence"], dt.datetime.fromisoformat(body["modified"]), body["cancelled"], session)
    parties = Party(sender.display_name, sender.addr_spec), Party(contact.name, at.addr_spec if at else contact.email)
    invitation = Invitation(case, session, stamp, item.recipient, *parties, standing=body["standing"])
    language = Recipient.of(contact).language
    request = body["method"] == "REQUEST"
    return Carried(invitation.request(language) if request else invitation.cancel(language), body["method"])
