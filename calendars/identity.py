"""Identities: the UID of a session, and the file name of a feed."""

from __future__ import annotations

import hashlib
import re
import unicodedata

DATED = re.compile(r"([A-Za-z0-9_-]{1,64})@(\d{4}-\d{2}-\d{2})")
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
LONGEST_NAME = 96
"""Octets of a file name without its suffix; file systems stop at 255, archives and sync services earlier."""
LONGEST_ID = 48


def uid_of(case: str, session: str) -> str:
    """Return the UID of a session, e.g. `rotation-2023-03-18.suzhou-2023@rota`: RFC 5545 §3.8.4.7, RFC 7986 §5.3.

    It is made from the ids of case and session alone, so it stays when the session moves, and it is the same in every
    feed. Ids that are more than ASCII letters, digits, `-` and `_` are abbreviated and told apart by a digest, which
    keeps the UID in ASCII and below 255 octets.
    """
    dated = DATED.fullmatch(session)
    event = f"{dated[1]}-{dated[2]}" if dated else _digested(session)
    return f"{event}.{case if PLAIN.fullmatch(case) else _digested(case)}@rota"


def is_session_of(case: str, uid: str) -> bool:
    """Tell whether `uid` is one that `uid_of` makes for a session of this case."""
    event, _, issuer = uid.partition(".")
    return bool(event) and issuer == f"{case if PLAIN.fullmatch(case) else _digested(case)}@rota"


def _digested(value: str) -> str:
    readable = UNSAFE.sub("-", value).strip("-")[:40]
    return f"{readable}~{digest(value)}" if readable else f"~{digest(value)}"


def digest(value: str) -> str:
    """Return 16 hexadecimal digits that stand for `value`."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def file_stem(identifier: str, label: str) -> str:
    """Return a file name without suffix that reads well and is safe on every file system, e.g. `U05-税务局`.

    Letters and digits of every script stay, in NFC; everything else becomes `-`. A name that loses part of the
    identifier carries its digest.
    """
    spoken = _portable(identifier)
    stem = spoken if label == identifier else f"{spoken}-{_portable(label)}".strip("-")
    cut = _shortened(stem, LONGEST_NAME)
    lossy = spoken != identifier or len(spoken.encode()) > len(cut.encode())
    return f"{cut}-{digest(identifier)[:8]}" if lossy else f"_{cut}" if DEVICES.fullmatch(cut) else cut


def calendar_id(name: str, address: str = "") -> str:
    """Return the id of an external calendar, e.g. `work` or `example.org-1f0a9c2e`.

    A file is known by its name. An address is a secret, so its host stands there with a digest of the whole.
    """
    spoken = _shortened(_portable(name), LONGEST_ID)
    return f"{spoken}-{digest(address)[:8]}".strip("-") if address or not spoken else spoken


def _portable(text: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in unicodedata.normalize("NFC", text))
    return re.sub("-{2,}", "-", kept).strip("-.")


def _shortened(text: str, octets: int) -> str:
    return text.encode()[:octets].decode(errors="ignore").strip("-.")
