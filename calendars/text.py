"""TEXT values of RFC 5545 §3.3.11: what may stand in them, and how it is escaped."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from icalendar import vText

BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
LONE_SURROGATES = re.compile("[\ud800-\udfff]")
URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"


def clean(text: str) -> str:
    r"""Return `text` as a calendar can carry it: line breaks of every kind as `\n`, no control characters but the tab.

    Halves of characters, which no encoding can write, become U+FFFD.
    """
    unified = BREAKS.sub("\n", text)
    return LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", CONTROLS.sub("", unified))


def one_line(text: str) -> str:
    """Return `text` clean and without line breaks or tabs, for titles and places."""
    return re.sub(r"[\n\t]+", " ", clean(text)).strip()


class Text(vText):
    r"""A TEXT value, escaped as it stands.

    icalendar takes a backslash before a capital N for a line break when it writes, which breaks `D:\Notes`.
    """

    def to_ical(self) -> bytes:
        """Return the escaped octets."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def uri(text: str) -> str:
    """Return `text` as a URI in ASCII, RFC 3986; empty where it is no absolute http or https address."""
    address = one_line(text).replace(" ", "%20")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return ""
    host = parts.netloc if parts.netloc.isascii() else _ascii_host(parts.netloc)
    return quote(parts._replace(netloc=host).geturl(), safe=URI_CHARACTERS) if host else ""


def _ascii_host(netloc: str) -> str:
    try:
        return netloc.encode("idna").decode()
    except UnicodeError:
        return ""
