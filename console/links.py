"""Links to feeds and pages: their addresses, and as QR codes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import segno

from console.desk import Desk, DeskError
from rota.case import Case
from rota.text import text
from scheduler.keeping.address import known_address
from scheduler.keeping.subscribers import Issued
from workbook.saving import write_file

FORMS = (".svg", ".png")
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:]*:[0-9a-f:.]*")
"""The name of a machine, or its number (RFC 1123 §2.1, RFC 3986 §3.2.2); names in other letters are said by xn--."""
PATH = re.compile(r"([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
"""A path of an address, RFC 3986 §3.3."""
SCALE = 8
"""Pixels, or units, that a module of a QR code is wide."""


@dataclass(frozen=True)
class Link:
    """One link as it is given away: for browsers and QR codes, and for programs that subscribe at a tap.

    Where there is a `page`, that is what people are sent to; the feed's address is on it.
    """

    address: str
    page: str = ""

    @property
    def webcal(self) -> str:
        """The address by which iPhones and Macs subscribe."""
        return "webcal:" + self.address.partition(":")[2]


def link_to(base: str, issued: Issued) -> Link:
    """Return the link with its secrets."""
    return Link(f"{base}/f/{issued.token}.ics", f"{base}/p/{issued.page}")


def known_base(desk: Desk, given: str | None = None) -> str:
    """Return where people reach the server: as `public_base` says, else as it was last started.

    Raises:
        DeskError: what is said is no address.
    """
    case = desk.state.case
    if given or case.settings.url:
        return public_base(case, given)
    return known_address(desk.journal.store)


def public_base(case: Case, given: str | None) -> str:
    """Return where people reach the server: as given, else as the settings say (网址); without a slash at the end.

    Raises:
        DeskError: neither says it, or what is said is no address.
    """
    stated = given or case.settings.url
    if not stated:
        raise DeskError(
            text(
                "Nobody knows yet at which address people will reach the server. Say it by --public-url, e.g. "
                "https://rota.example.org, or in the settings (网址).",
                "尚不知道大家通过哪个网址访问服务器。请用 --public-url 写明，如 https://rota.example.org，"
                "或填写“参数”中的“网址”。",
            )
        )
    parts = _parts(stated)
    if parts is None:
        raise DeskError(
            text(
                '"{said}" is no address of a server; e.g. https://rota.example.org. Names in Chinese are written '
                "with xn-- (punycode).",
                "“{said}”不是服务器网址；应如 https://rota.example.org；中文域名请写成 xn-- 开头的形式（Punycode）。",
                said=stated,
            )
        )
    return parts


def _parts(stated: str) -> str | None:
    try:
        parts = urlsplit(stated)
        alone = not (parts.username or parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        return None
    spelled = bool(HOST.fullmatch(parts.hostname or "") and PATH.fullmatch(parts.path))
    usable = parts.scheme in {"http", "https"} and alone and spelled
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}" if usable else None


def drawn(link: Link) -> str:
    """Return a link as a QR code made of letters, for a terminal."""
    page = io.StringIO()
    _code(link).terminal(page, compact=True)
    return page.getvalue()


def refuse_form(target: Path | None) -> None:
    """Let a QR code be asked for in the forms that it is written in.

    Raises:
        DeskError: the file is to be something else.
    """
    if target is not None and target.suffix.lower() not in FORMS:
        raise DeskError(
            text(
                "A QR code is written as {forms}, not as {said}.",
                "二维码只能写成 {forms}，不能写成 {said}。",
                forms=FORMS,
                said=target.name,
            )
        )


def draw(link: Link, target: Path) -> None:
    """Write a link as a QR code into FILE.svg or FILE.png."""
    page = io.BytesIO()
    _code(link).save(page, kind=target.suffix.lower()[1:], scale=SCALE)
    write_file(target, page.getvalue())


def _code(link: Link) -> segno.QRCode:
    return segno.make_qr(link.page or link.address, error="m")
