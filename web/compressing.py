"""Compression: whether gzip is welcome, and gzip that is the same every time, of pieces that are compressed once."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

LEVEL = 6
HEADER = bytes.fromhex("1f8b 0800 0000 0000 00ff")
"""How a gzip member begins, RFC 1952 §2.3, without a time of day."""
RAW = -zlib.MAX_WBITS
LEAST, LEAST_MEMORY = -9, 1


def takes_gzip(accepted: str) -> bool:
    """Tell whether Accept-Encoding admits gzip, RFC 9110 §12.5.3."""
    weights = dict(_weighed(entry) for entry in accepted.lower().split(",") if entry.strip())
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weighed(entry: str) -> tuple[str, float]:
    coding, *parameters = (part.strip() for part in entry.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return coding, float(value)
            except ValueError:
                return coding, 0.0
    return coding, 1.0


class Pieces(NamedTuple):
    """Octets in two pieces, between which something can be put."""

    head: bytes
    rest: bytes

    @property
    def size(self) -> int:
        """How many octets are kept."""
        return sum(map(len, self))

    def around(self, between: bytes) -> bytes:
        """Return all three."""
        return b"".join((self.head, between, self.rest))


class Packed(NamedTuple):
    """Octets in two pieces, each compressed once: what is put between them costs no compressing anew.

    The pieces of the deflate stream end at whole octets and do not look back, so the three are one stream (RFC 1951).
    """

    head: bytes
    rest: bytes
    packed_head: bytes
    packed_rest: bytes

    @property
    def size(self) -> int:
        """How many octets are kept."""
        return sum(map(len, self))

    def around(self, between: bytes) -> bytes:
        """Return all three in one gzip member; the same octets every time."""
        checked = zlib.crc32(self.rest, zlib.crc32(between, zlib.crc32(self.head)))
        size = len(self.head) + len(between) + len(self.rest)
        trailer = struct.pack("<II", checked, size & 0xFFFF_FFFF)
        return b"".join((HEADER, self.packed_head, _stored(between), self.packed_rest, trailer))


def packed(pieces: Pieces) -> Packed:
    """Return two pieces compressed so that something can be put between them."""
    head, rest = pieces
    return Packed(head, rest, _deflated(head, zlib.Z_FULL_FLUSH), _deflated(rest, zlib.Z_FINISH))


def _deflated(octets: bytes, ending: int) -> bytes:
    deflating = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW)
    return deflating.compress(octets) + deflating.flush(ending)


def _stored(octets: bytes) -> bytes:
    """Return octets as deflate holds them uncompressed; the least memory that zlib takes makes it cheap."""
    deflating = zlib.compressobj(zlib.Z_NO_COMPRESSION, zlib.DEFLATED, LEAST, LEAST_MEMORY)
    return deflating.compress(octets) + deflating.flush(zlib.Z_FULL_FLUSH)
