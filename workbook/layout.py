"""What the tables look like to those who type them: sheets and columns, derived from the models of the case."""

from __future__ import annotations

import datetime as dt
import re
import types
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from rota.case import Case, Settings
from rota.catalogue import RuleKind, RuleParam
from rota.demand import Demand
from rota.inspection import REFERENCES
from rota.row import Row
from rota.text import Message, Word, name

CellKind = Literal["text", "number", "decimal", "flag", "date", "time", "list", "word", "choice", "rule", "params"]
Catalogue = tuple[RuleKind, ...]

SETTINGS = "settings"
DEMANDS = "demands"
PARAMS = "params"
GUIDE_TITLE = "说明"
"""The sheet that explains all others."""
LISTS = "列表"
"""The hidden sheet that holds the lists which are too long for a cell's own drop-down."""


@dataclass(frozen=True)
class Column:
    """One column: the field's `name`, its Chinese `title`, how its cells are typed.

    `words` are the words that a cell of a closed vocabulary accepts, by code; `targets` the tables whose ids it names;
    `param` tells that it is a parameter of rules.
    """

    name: str
    title: str
    kind: CellKind
    needed: bool = False
    default: object = None
    words: tuple[tuple[str, Message], ...] = ()
    targets: tuple[str, ...] = ()
    param: bool = False
    summary: Message | None = None

    @property
    def header(self) -> str:
        """The bilingual header that is written: `开始日期 first`."""
        return f"{self.title} {self.name}"

    @property
    def label(self) -> Message:
        """The header in one language."""
        return name(self.title, self.name)

    @property
    def known_as(self) -> Iterator[str]:
        """Every form in which the header is recognised, the surest first."""
        yield from (self.name, self.header, f"{self.name} {self.title}", self.title)


@dataclass(frozen=True)
class Table:
    """One table of the case: `name` is its field and file name, `title` its sheet."""

    name: str
    title: str
    model: type[Row]
    columns: tuple[Column, ...]

    @cached_property
    def column(self) -> Mapping[str, Column]:
        """Columns by field name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def _forms(self) -> Mapping[str, Column]:
        """Headers by what they fold to; a title that two columns share means neither of them by itself."""
        shared = Counter(folded(column.title) for column in self.columns)
        forms: dict[str, Column] = {}
        for rank in range(4):
            for column in self.columns:
                form = folded(tuple(column.known_as)[rank])
                if form != folded(column.title) or shared[form] == 1:
                    forms.setdefault(form, column)
        return forms

    @property
    def label(self) -> Message:
        """The name of the table in one language."""
        return name(self.title, self.name)

    def find(self, header: str) -> Column | None:
        """Return the column that a header means: its field name, its title or both, in any case and spacing.

        Where the two disagree, as after a title has changed, the field name decides.
        """
        last_word = header.rsplit(maxsplit=1)[-1] if header.split() else ""
        return self._forms.get(folded(header)) or self.column.get(last_word.casefold())

    def nearest(self, header: str) -> Column | None:
        """Return the column whose name is nearest to a header that means none."""
        near = get_close_matches(folded(header), list(self._forms), n=1, cutoff=0.5)
        return self._forms[near[0]] if near else None


@lru_cache(maxsize=4096)
def folded(header: str) -> str:
    """Return a header without what people vary: case, width, spaces, underscores, stars and line breaks."""
    return re.sub(r"[\s_*]+", "", unicodedata.normalize("NFKC", header)).casefold()


class Layout:
    """All tables of a case, in the order of its fields; the rules' parameters are columns of the table 规则."""

    def __init__(self, catalogue: Catalogue = ()) -> None:
        self.catalogue = catalogue
        self.tables = tuple(_table(field, info, catalogue) for field, info in Case.model_fields.items())

    @cached_property
    def table(self) -> Mapping[str, Table]:
        """Tables by field name."""
        return {table.name: table for table in self.tables}

    def find(self, title: str) -> Table | None:
        """Return the table that the name of a sheet or file means: `时间意向`, `availability` or both."""
        wanted = folded(title)
        for table in self.tables:
            if wanted in {folded(form) for form in (table.name, table.title, f"{table.title} {table.name}")}:
                return table
        return None

    def nearest(self, title: str) -> Table | None:
        """Return the table whose name is nearest to that of a sheet which means none."""
        forms = {folded(form): table for table in self.tables for form in (table.name, table.title)}
        near = get_close_matches(folded(title), list(forms), n=1, cutoff=0.6)
        return forms[near[0]] if near else None


@lru_cache(maxsize=8)
def layout_of(catalogue: Catalogue) -> Layout:
    """Return the layout with the rules of a catalogue, worked out once."""
    return Layout(catalogue)


def _table(field: str, info: FieldInfo, catalogue: Catalogue) -> Table:
    model: type[Row] = Settings if field == SETTINGS else get_args(info.annotation)[0]
    table = table_of(field, info.title or field, model)
    if model is Demand:
        return replace(table, columns=tuple(_demand_columns(list(table.columns), catalogue)))
    return table


def table_of(name: str, title: str, model: type[Row]) -> Table:
    """Return the table whose rows are of a model, with a column for every field of it."""
    targets = {column: tables for table, column, tables in REFERENCES if table == name}
    columns = [_column(each, own, targets.get(each, ())) for each, own in model.model_fields.items()]
    return Table(name, title, model, tuple(columns))


def _column(field: str, info: FieldInfo, targets: tuple[str, ...]) -> Column:
    kind, words = _cell_kind(info.annotation)
    needed = info.is_required()
    return Column(field, info.title or field, kind, needed, None if needed else info.default, words, targets)


def _cell_kind(annotation: Any) -> tuple[CellKind, tuple[tuple[str, Message], ...]]:  # noqa: ANN401 - any annotation
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next(option for option in get_args(annotation) if option is not type(None))
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is Literal:
        return "choice", tuple((str(code), name(str(code))) for code in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list", ()
    if issubclass(annotation, Word):
        return "word", tuple((member.value, member.label) for member in annotation)
    plain: dict[type, CellKind] = {bool: "flag", int: "number", float: "decimal", dt.date: "date", dt.time: "time"}
    return plain.get(annotation, "text"), ()


def _demand_columns(columns: list[Column], catalogue: Catalogue) -> Iterator[Column]:
    """Yield the columns of 规则: the rule's kind with its labels, and a column for every parameter of any rule."""
    for column in columns:
        if column.name == "kind":
            yield Column("kind", column.title, "rule", needed=True, words=tuple((r.kind, r.label) for r in catalogue))
        elif column.name != PARAMS:
            yield column
        else:
            yield from _param_columns(catalogue, {c.name for c in columns})
            yield Column(PARAMS, column.title, "params")


def _param_columns(catalogue: Catalogue, taken: set[str]) -> Iterator[Column]:
    """Yield one column per parameter name; rules that share a name share the column."""
    shared: dict[str, list[tuple[RuleKind, RuleParam]]] = {}
    for rule in catalogue:
        for param in rule.params:
            if param.name not in taken:
                shared.setdefault(param.name, []).append((rule, param))
    for param_name, uses in shared.items():
        choices = dict.fromkeys(word for _, param in uses for word in param.choices)
        words = tuple((word, name(word)) for word in choices) if all(param.choices for _, param in uses) else ()
        yield Column(param_name, uses[0][1].title, "text", words=words, param=True, summary=_summary(uses))


def _summary(uses: list[tuple[RuleKind, RuleParam]]) -> Message:
    return Message(
        "\n".join(f"{rule.label.say('en')}: {param.summary.say('en')}" for rule, param in uses),
        "\n".join(f"{rule.label.say('zh')}：{param.summary.say('zh')}" for rule, param in uses),
    )
