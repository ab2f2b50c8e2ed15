"""From the octets of a mail to what it is and says, as plain values; this runs in the child process."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

from calendars.answers.calendar import Reply, address_meant, replies
from calendars.answers.proof import proofs
from calendars.incoming.refusal import RefusedError

MOST_PARTS = 60
CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
BEGIN = b"BEGIN:VCALENDAR"
ANSWERS = {"REPLY": "answer", "COUNTER": "counter"}
NOT_AUTOMATIC = frozenset({"", "no"})
BULK = frozenset({"auto_reply", "bulk", "junk", "list"})


def read_message(content: bytes) -> dict[str, object]:
    """Return what a mail is, who sent it, and what it answers."""
    message = BytesParser(policy=compat32).parsebytes(content)
    said = [str(value) for value in message.get_all("Authentication-Results") or []]
    found = {"sender": _sender(message), "answers": [], "reason": "", "proofs": list(proofs(said))}
    if message.get_content_type() == "multipart/report" and message.get_param("report-type") == "delivery-status":
        return {**found, "kind": "bounced"}
    reason = ""
    for part in _calendars(message):
        try:
            method, events = replies(_octets(part), str(part.get_param("method") or ""))
        except RefusedError as refused:
            reason = refused.code
            continue
        if method in ANSWERS and events:
            answers = [_plain(each, str(found["sender"])) for each in events]
            return {**found, "kind": ANSWERS[method], "answers": answers}
        reason = "method"
    return {**found, **_without_answer(message, reason)}


def _without_answer(message: Message, reason: str) -> dict[str, object]:
    if _is_automatic(message):
        return {"kind": "automatic"}
    if any(part.get_content_type() == "application/ms-tnef" for part in _leaves(message)):
        return {"kind": "unreadable", "reason": "tnef"}
    return {"kind": "unreadable" if reason not in {"", "method"} else "other", "reason": reason}


def _header(message: Message, name: str) -> str:
    return str(message.get(name) or "").strip()


def _sender(message: Message) -> str:
    """Return the address in From; none where there are several, for then nobody knows who speaks."""
    addresses = getaddresses([str(value) for value in message.get_all("From") or []])
    return address_meant(addresses[0][1]) if len(addresses) == 1 else ""


def _is_automatic(message: Message) -> bool:
    """Tell whether a program wrote a mail: RFC 3834 §5, and what was usual before it."""
    stated = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    bulk = _header(message, "Precedence").lower() in BULK
    return stated not in NOT_AUTOMATIC or bulk or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))


def _leaves(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _calendars(message: Message) -> Iterator[Message]:
    """Yield the parts that are calendars: by their type, by their name, or by how they begin."""
    for part in _leaves(message):
        kind, name = part.get_content_type(), str(part.get_filename() or "").lower()
        untold = kind.startswith("text/") and _octets(part).lstrip().startswith(BEGIN)
        if kind in CALENDARS or name.endswith(".ics") or untold:
            yield part


def _octets(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _plain(reply: Reply, sender: str) -> dict[str, object]:
    """Return an answer of one attendee: the only one that it names, else the one who sent it."""
    own = next((each for each in reply.attendees if each[0] == sender), None)
    address, said = own or (reply.attendees[0] if len(reply.attendees) == 1 else ("", ""))
    return {
        "uid": reply.uid,
        "attendee": address,
        "said": said,
        "sequence": reply.sequence,
        "stamp": reply.stamp,
        "comment": reply.comment,
    }
