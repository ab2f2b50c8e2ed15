"""Which addresses of the network may be asked: public ones, and those that are allowed by name."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit, urlunsplit

from calendars.fetching.refusal import FetchError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SCHEMES = {"https": "https", "http": "http", "webcal": "https", "webcals": "https"}
"""`webcal` is what calendar programs call an address to subscribe to; all of today's servers speak https."""
PORTS = {"https": 443, "http": 80}
HOST = re.compile(r"[A-Za-z0-9._:-]+")
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64, RFC 6052: an IPv4 address stands in the last 32 bits."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: scheme, host as named, port, and path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The host as it stands in the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Read an address.

    Raises:
        FetchError: it is not one of http, https or webcal, or holds a password.
    """
    try:
        parts = urlsplit(url.strip())
        scheme, port = SCHEMES.get(parts.scheme.lower(), ""), parts.port
        host = (
            (parts.hostname or "").encode("idna").decode() if not _is_literal(parts.hostname) else parts.hostname or ""
        )
    except (ValueError, UnicodeError):
        raise FetchError("address", f"{url.partition(':')[0]}:…") from None
    if not scheme or not HOST.fullmatch(host):
        raise FetchError("address", f"{parts.scheme}:…")
    if parts.username is not None or parts.password is not None:
        raise FetchError("password")
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    if not path.isascii() or any(character <= " " or character == "\x7f" for character in path):
        raise FetchError("address", host)
    return Target(scheme, host, port or PORTS[scheme], path)


def _is_literal(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Guard:
    """Decides which addresses may be asked; `allowed` are networks inside one's own that may be, too."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, *networks: str) -> Guard:
        """Make a guard from networks as people write them, `10.1.0.0/16` or `10.1.2.3`.

        Raises:
            ValueError: one of them is no network.
        """
        return cls(tuple(ipaddress.ip_network(network, strict=False) for network in networks))

    def addresses(self, target: Target) -> list[str]:
        """Return the addresses of a host, looked up once: whoever connects to them need not ask the name again.

        Raises:
            FetchError: the host is unknown, or one of its addresses may not be asked.
        """
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise FetchError("unknown-host", target.host) from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses or not all(self.admits(address) for address in addresses):
            raise FetchError("forbidden-host", target.host)
        return addresses

    def admits(self, address: str) -> bool:
        """Tell whether an address is public, also in what it stands for, or allowed."""
        parsed = ipaddress.ip_address(address.partition("%")[0])
        if any(parsed.version == network.version and parsed in network for network in self.allowed):
            return True
        return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _meant(parsed))


def _meant(address: Address) -> Iterator[Address]:
    """Yield an address and the IPv4 address that it carries, if any: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in TRANSLATED:
            carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
        inner = [each for each in carried if each is not None]
        yield from inner
        if address.ipv4_mapped is not None or address in TRANSLATED:
            return
    yield address
