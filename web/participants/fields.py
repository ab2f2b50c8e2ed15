"""Fields of forms as browsers send them: read within bounds, given back where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from rota.changes.reading import reasons_of
from rota.plain import one_line
from rota.text import Message

MOST_FIELDS = 1000
LONGEST = 500
"""Characters that one field may have; more are cut off."""


class UnreadableError(Exception):
    """What was sent is no form."""


@dataclass(frozen=True)
class Form:
    """What somebody typed, field by field, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Message] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return a field; an empty text where there is none."""
        return self.values.get(name, "")

    def with_errors(self, errors: Mapping[str, Message]) -> Form:
        """Return the form with what is wrong with it."""
        return Form(self.values, errors)


def read_form(body: bytes) -> Form:
    """Read the body of a form; of a field that stands twice, the last one counts.

    Raises:
        UnreadableError: it is no form, or has too many fields.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise UnreadableError from error
    return Form({name: one_line(value)[:LONGEST] for name, value in pairs})


def errors_by_field(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[str, Message]]:
    """Yield what is wrong with particulars, each with the name of the field that it is about."""
    for details, message in zip(error.errors(), reasons_of(error, model), strict=True):
        path, context = [str(step) for step in details["loc"]], details.get("ctx", {})
        if not path and details["type"] == "refused":  # about several fields together: it says itself what is wrong
            yield str(context.get("field", "")), Message(str(context["en"]), str(context["zh"]))
        else:
            yield (path[-1] if path else ""), message
