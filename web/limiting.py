"""Limits: how often an address or a link may ask, and how large a request may be."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 64 * 1024
"""Octets that the body of a request may have."""
LARGEST_HEAD = 16 * 1024
"""Octets that the headers of a request may have; the server's own limit is for those that never end."""
NETWORK = 64
"""Bits of an IPv6 address that stand for one customer."""


@dataclass(frozen=True)
class Rates:
    """How often one may ask. Behind one address there may be a whole street; a calendar asks a few times an hour.

    `refused` counts links that lead nowhere. It keeps nobody from a link that leads somewhere: others may share the
    address of whoever guesses.
    """

    address: str = "1200/minute"
    link: str = "60/minute"
    refused: str = "30/minute"
    write: str = "30/minute"


class Limiter:
    """Counts in memory, for this process alone."""

    def __init__(self, rates: Rates) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._address, self._link, self._refused = (parse(r) for r in (rates.address, rates.link, rates.refused))
        self._write = parse(rates.write)

    def address(self, address: str) -> bool:
        """Count a request; tell whether the address may ask."""
        return self._limiter.hit(self._address, "address", _network(address))

    def refused(self, address: str) -> bool:
        """Count a link that leads nowhere; tell whether that is said: not where the address guessed too often."""
        return self._limiter.hit(self._refused, "refused", _network(address))

    def link(self, subscriber: int) -> bool:
        """Count a fetch; tell whether it may be answered."""
        return self._limiter.hit(self._link, "link", str(subscriber))

    def write(self, whose: str) -> bool:
        """Count a form that was sent; tell whether it may be taken."""
        return self._limiter.hit(self._write, "write", whose)

    @property
    def seconds(self) -> int:
        """After how many seconds everything may be asked again."""
        items: tuple[RateLimitItem, ...] = (self._address, self._link, self._refused, self._write)
        return max(item.get_expiry() for item in items)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 - IPv4
        return address
    return str(ipaddress.ip_network((found, NETWORK), strict=False).network_address)


class LimitedSizes:
    """Refuses requests whose head or body is too large, by what they announce and by what they send."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        """Stand before an application; some of its addresses may be sent larger bodies."""
        self.app, self.larger = app, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
            await HEAD_TOO_LARGE(scope, receive, send)
            return
        largest = self.larger.get(scope["path"], LARGEST)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > largest:
            await TOO_LARGE(scope, receive, send)
            return
        await self.app(scope, _counted(receive, largest), send)


TOO_LARGE = PlainTextResponse("Too large.\n", 413, {"Connection": "close"})
HEAD_TOO_LARGE = PlainTextResponse("Too many headers.\n", 431, {"Connection": "close"})


def _counted(receive: Receive, largest: int) -> Receive:
    """Hang up on whoever sends more than may be sent."""
    left = largest

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if left < 0 else message

    return limited
