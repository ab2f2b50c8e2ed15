"""The certificate of a plan's bounds: prices from which anybody can compute them anew, without any solver.

docs/reference/certificate.md describes its JSON form and what the prices prove.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from rota.plan import CaseRef, Moment
from rota.problem import RotaError
from rota.row import Id, Positive, Value
from rota.text import text

FORMAT_VERSION = 1
SCALE = 1_000_000
"""Prices are whole millionths of a unit of cost, so that what they prove is computed in whole numbers."""


class SeatPrice(Value):
    """What a turn in one of the seats of a role earns; seats that are not named earn nothing."""

    session: str
    part: Id
    role: Id
    price: int


class RoomPrice(Value):
    """What one use of a room costs from `start` to `end`; uses that are not named cost nothing."""

    start: Moment
    end: Moment
    room: Id
    price: Annotated[int, Field(ge=0)]


class PriorityCertificate(Value):
    """The bound at one priority, whatever the other priorities cost, and the prices that prove it."""

    priority: Positive
    bound: Annotated[int, Field(ge=0)]
    seats: tuple[SeatPrice, ...] = ()
    rooms: tuple[RoomPrice, ...] = ()


class Certificate(Value):
    """The bounds of a case that were found with prices."""

    format_version: Literal[1] = 1
    case: CaseRef
    scale: Positive = SCALE
    priorities: tuple[PriorityCertificate, ...] = Field(())


class CertificateError(RotaError):
    """A certificate cannot be read, or does not prove what it says."""


def dump_certificate(certificate: Certificate) -> str:
    """Write a certificate as JSON, one price per line."""
    body = certificate.model_dump(mode="json")
    proofs = ",\n".join(_dumped(each) for each in body.pop("priorities"))
    fields = [f" {json.dumps(field)}: {_compact(value)}" for field, value in body.items()]
    return "{\n" + ",\n".join([*fields, f' "priorities": [\n{proofs}\n ]']) + "\n}\n"


def _dumped(proof: dict[str, object]) -> str:
    fields = []
    for field, value in proof.items():
        rows = ",\n".join("    " + _compact(row) for row in value) if isinstance(value, list) else ""
        fields.append(f"   {json.dumps(field)}: " + (f"[\n{rows}\n   ]" if rows else _compact(value)))
    return "  {\n" + ",\n".join(fields) + "\n  }"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def load_certificate(content: str) -> Certificate:
    """Read a certificate from JSON.

    Raises:
        CertificateError: it is none, or of a format that this program does not know.
    """
    try:
        return Certificate.model_validate(json.loads(content.removeprefix("\ufeff")))
    except (ValidationError, ValueError, RecursionError) as error:
        raise CertificateError(
            text(
                "The file is not a certificate of bounds. Certificates are made by `rota plan … --certificate FILE`.",
                "这不是下界证书文件。请用 `rota plan … --certificate 文件` 生成。",
            )
        ) from error
