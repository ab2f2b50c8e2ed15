"""Sealing: texts about people are replaced by references, so that what is kept for ever names nobody.

A field is personal where its model marks it with `rota.row.Personal`. A reference is `~` and the SHA-256 of a random
salt and the text; both stand in the table `personal`. Once they are erased, nothing leads from it to the text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import Connection, insert, select

from rota.case import Case
from rota.document import BESIDE, Edit
from rota.facts import Resource
from rota.row import personal_fields
from rota.text import ERASED
from scheduler.keeping.tables import PERSONAL

Json: TypeAlias = Any
Fields = Mapping[str, Json]

REFERENCE = re.compile(r"~[0-9a-f]{64}")
SUBJECT_FIELDS = ("of", "resource", "host", "person", "who")
"""Fields that say whom a row is about, the first that is filled in."""
BATCH = 500
"""So many values are looked up at once."""


class Marked(NamedTuple):
    """One personal text at its place: whom it is about, the text, and the field that holds it."""

    subject: str
    value: str
    info: FieldInfo | None = None


class _Field(NamedTuple):
    name: str
    info: FieldInfo
    personal: bool
    models: tuple[type[BaseModel], ...]


class Sealer:
    """Puts references in the place of personal texts, and the texts back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seal(self, model: type[BaseModel] | None, rows: Sequence[Fields]) -> list[dict[str, Json]]:
        """Return rows of a model with references in the place of their personal texts."""
        found: list[Marked] = []
        for row in rows:
            exchanged(model, row, _noting(found))
        refs = self._refs(found)
        return [exchanged(model, row, lambda marked: refs[lookup_of(marked)]) for row in rows]

    def seal_text(self, value: str, subject: str = "") -> str:
        """Return the reference of one personal text; an empty one stays."""
        if not value:
            return ""
        marked = Marked(subject, value)
        return self._refs([marked])[lookup_of(marked)]

    def unseal(self, model: type[BaseModel] | None, rows: Sequence[Fields]) -> list[dict[str, Json]]:
        """Return rows with their texts; where one is erased, what the field admits in its place."""
        found: list[Marked] = []
        for row in rows:
            exchanged(model, row, _noting(found))
        values = self.values(marked.value for marked in found)

        def opened(marked: Marked) -> str:
            value = values.get(marked.value)
            return placeholder(marked.info) if value is None else value

        return [exchanged(model, row, opened) for row in rows]

    def erased(self, model: type[BaseModel] | None, rows: Sequence[Fields]) -> dict[int, frozenset[str]]:
        """Return the fields of sealed rows whose texts, or some of them, are erased, by the place of the row."""
        found: list[Marked] = []
        for row in rows:
            exchanged(model, row, _noting(found))
        kept = self.values(marked.value for marked in found)
        left = [exchanged(model, row, lambda marked: marked.value if marked.value in kept else "") for row in rows]
        lost = (frozenset(field for field in row if row[field] != left[at][field]) for at, row in enumerate(rows))
        return {at: fields for at, fields in enumerate(lost) if fields}

    def unseal_text(self, ref: str) -> str:
        """Return one text, or the placeholder."""
        return self.values([ref]).get(ref, ERASED) if ref else ""

    def sweep(self, value: Json) -> Json:
        """Return JSON without references, also where no model says which fields held them."""
        if isinstance(value, str):
            return self.unseal_text(value) if REFERENCE.fullmatch(value) else value
        if isinstance(value, dict):
            return {key: self.sweep(item) for key, item in value.items()}
        return [self.sweep(item) for item in value] if isinstance(value, list) else value

    def values(self, refs: Iterable[str]) -> dict[str, str]:
        """Return the texts of references, as far as they are not erased."""
        wanted = sorted(set(refs))
        found: dict[str, str] = {}
        for first in range(0, len(wanted), BATCH):
            query = select(PERSONAL.c.ref, PERSONAL.c.value).where(
                PERSONAL.c.ref.in_(wanted[first : first + BATCH]), PERSONAL.c.value.is_not(None)
            )
            found.update((ref, value) for ref, value in self._connection.execute(query))
        return found

    def _refs(self, marked: Iterable[Marked]) -> dict[str, str]:
        """Return the references of texts by their lookups; new texts are written down."""
        wanted = {lookup_of(each): each for each in marked}
        lookups = sorted(wanted)
        refs: dict[str, str] = {}
        for first in range(0, len(lookups), BATCH):
            query = select(PERSONAL.c.lookup, PERSONAL.c.ref).where(
                PERSONAL.c.lookup.in_(lookups[first : first + BATCH])
            )
            refs.update((lookup, ref) for lookup, ref in self._connection.execute(query))
        rows = [_new_row(lookup, wanted[lookup]) for lookup in lookups if lookup not in refs]
        if rows:
            self._connection.execute(insert(PERSONAL), rows)
        return refs | {row["lookup"]: row["ref"] for row in rows}


def model_of(table: str) -> type[BaseModel] | None:
    """Return the model of a document's rows; None for a table that this version does not know."""
    if table in BESIDE:
        return BESIDE[table]
    field = Case.model_fields.get(table)
    if field is None:
        return None
    return _models(field.annotation)[0]


def reference(salt: str, value: str) -> str:
    """Return the reference of a text."""
    return "~" + hashlib.sha256((salt + value).encode()).hexdigest()


def placeholder(info: FieldInfo | None) -> str:
    """Return what stands for an erased text: nothing where a field may be empty."""
    return ERASED if info is None or info.is_required() else ""


def exchanged(
    model: type[BaseModel] | None, row: Fields, exchange: Callable[[Marked], str], subject: str = ""
) -> dict[str, Json]:
    """Return a row with every personal text exchanged, those of nested rows included."""
    result = dict(row)
    if model is None:
        return result
    if model is Edit:
        within = model_of(str(row.get("table")))
        sides = {side: exchanged(within, row[side], exchange) for side in ("before", "after") if row.get(side)}
        return result | sides
    about = _subject(model, row) or subject
    for field in _fields(model):
        value = row.get(field.name)
        if field.personal and isinstance(value, str) and value:
            result[field.name] = exchange(Marked(about, value, field.info))
        elif field.models and value is not None:
            result[field.name] = _nested(field.models, value, exchange, about)
    return result


def _nested(models: tuple[type[BaseModel], ...], value: Json, exchange: Callable[[Marked], str], about: str) -> Json:
    if isinstance(value, list):
        return [_nested(models, item, exchange, about) for item in value]
    if not isinstance(value, dict):
        return value
    fitting = [model for model in models if value.keys() <= model.model_fields.keys()]
    if fitting:
        return exchanged(fitting[0], value, exchange, about)
    return {key: _nested(models, item, exchange, about) for key, item in value.items()}


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    """Return the fields of a model that are personal or hold rows."""
    personal = personal_fields(model)
    found = [
        _Field(name, info, name in personal, _models(info.annotation)) for name, info in model.model_fields.items()
    ]
    return tuple(field for field in found if field.personal or field.models)


def _models(annotation: object) -> tuple[type[BaseModel], ...]:
    """Return the models that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(dict.fromkeys(model for arg in get_args(annotation) for model in _models(arg)))


def _subject(model: type[BaseModel], row: Fields) -> str:
    fields = ("id",) if issubclass(model, Resource) else SUBJECT_FIELDS
    return next((str(row[field]) for field in fields if row.get(field)), "")


def _noting(found: list[Marked]) -> Callable[[Marked], str]:
    def note(marked: Marked) -> str:
        found.append(marked)
        return marked.value

    return note


def lookup_of(marked: Marked) -> str:
    """Return under what a text is found again, as long as it is not erased."""
    return hashlib.sha256(f"{marked.subject}\0{marked.value}".encode()).hexdigest()


def _new_row(lookup: str, marked: Marked) -> dict[str, str]:
    salt = secrets.token_hex(16)
    ref = reference(salt, marked.value)
    return {"ref": ref, "subject": marked.subject, "lookup": lookup, "salt": salt, "value": marked.value}
