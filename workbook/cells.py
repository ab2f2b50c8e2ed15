"""From the cells of one row to a value: each is read as its column says, and all that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from rota.cell import unusable
from rota.row import Row
from rota.text import Message, text
from workbook.layout import DEMANDS, PARAMS, Column, Table
from workbook.sentences import not_among, sentence, shortened

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－：", "0123456789.-:")  # noqa: RUF001 - what input methods type
_PAIR = re.compile(r'\s*([^=;；\n]+?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;；\n]*)\s*(?:[;；\n]|$)')

Wrong = tuple[Column | None, Message]


def read_row(table: Table, typed: Mapping[str, str]) -> tuple[Row | None, list[Wrong]]:
    """Read one row from its cells by field name; return it, or all that is wrong with it."""
    wrong: list[Wrong] = []
    values: dict[str, object] = {}
    for name, cell in typed.items():
        column = table.column[name]
        problem = unusable(cell)
        if problem:
            wrong.append((column, problem))
        elif cell.strip():
            values[name] = _value(column, cell)
    if table.name == DEMANDS:
        wrong += _gather_params(table, values)
    try:
        row = table.model.model_validate(values)
    except ValidationError as error:
        already = {column.name for column, _ in wrong if column}
        wrong += [w for w in _wrongs(table, error, typed) if w[0] is None or w[0].name not in already]
        return None, wrong
    return (None, wrong) if wrong else (row, [])


def _value(column: Column, cell: str) -> object:
    if column.kind in {"number", "decimal", "date", "time"}:
        return cell.strip().translate(_FULL_WIDTH)
    if column.kind in {"rule", "choice"} or (column.param and column.words):
        return word_meant(column, cell) or cell.strip()
    return cell


def word_meant(column: Column, cell: str) -> str | None:
    """Return the code of the word that a cell of a closed vocabulary means, in any of its forms."""
    wanted = cell.strip().casefold()
    return next(
        (c for c, label in column.words if wanted in {c.casefold(), label.zh.casefold(), label.en.casefold()}), None
    )


def _gather_params(table: Table, values: dict[str, object]) -> Iterator[Wrong]:
    """Move the cells of parameter columns, and the pairs of the column 参数, into the field `params`."""
    kind, column = values.get("kind"), table.column["kind"]
    if kind is not None and column.words and word_meant(column, str(kind)) is None:
        yield column, not_among(str(kind), column)
    params = {c.name: str(values.pop(c.name)).strip() for c in table.columns if c.param and c.name in values}
    pairs = values.pop(PARAMS, None)
    if pairs is not None:
        read = read_pairs(str(pairs))
        if read is None:
            yield (
                table.column[PARAMS],
                text(
                    '"{cell}" is not in the form key=value; key=value',
                    '"{cell}" 不是“名=值; 名=值”的形式',
                    cell=shortened(str(pairs)),
                ),
            )
        else:
            params = {**read, **params}
    values["params"] = params


def read_pairs(cell: str) -> dict[str, str] | None:
    """Read `key=value; key=value`, a value with a semicolon standing in quotation marks; None where it is not that."""
    pairs: dict[str, str] = {}
    rest = cell.strip()
    while rest:
        match = _PAIR.match(rest)
        if not match:
            return None
        value = match[2].strip()
        pairs[match[1].strip()] = (
            re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') and len(value) > 1 else value
        )
        rest = rest[match.end() :].strip()
    return pairs


def _wrongs(table: Table, error: ValidationError, typed: Mapping[str, str]) -> Iterator[Wrong]:
    seen: set[str | None] = set()
    for each in error.errors():
        name = str(each["loc"][0]) if each["loc"] else str(each.get("ctx", {}).get("field", "")) or None
        if name in seen:
            continue
        seen.add(name)
        column = table.column.get(name) if name else None
        cell = typed.get(name, "") if name else ""
        yield column, sentence(each, column, cell)
