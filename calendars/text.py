"""TEXT and URI values of RFC 5545 §3.3.11 and §3.3.13: how they are escaped."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from icalendar import vText

from rota.plain import one_line

URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"


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
