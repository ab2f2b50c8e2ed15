"""Which column of a sheet is which field: headers in either language or both, in any order."""

from __future__ import annotations

from rota.problem import Problem
from rota.text import Message, text
from workbook.grid import Grid, Located
from workbook.layout import Column, Table
from workbook.sentences import shortened


def match_headers(
    table: Table, grid: Grid, header_row: int, headers: tuple[str, ...]
) -> tuple[dict[str, int], list[Located]]:
    """Find which field stands in which column; headers that mean none, or one that has been, are problems."""
    found: dict[str, int] = {}
    problems: list[Located] = []
    used = {at for _, cells in grid.rows[1:] for at, cell in enumerate(cells) if cell.strip()}
    for at in range(max([len(headers), *(u + 1 for u in used)])):
        header = headers[at] if at < len(headers) else ""
        column = table.find(header) if header.strip() else None
        if column and column.name not in found:
            found[column.name] = at
        elif header.strip() or at in used:
            message = wrong_header(table, header, column)
            problems.append(Located(Problem(table.name, None, None, message), grid.at(header_row, at)))
    return found, problems


def wrong_header(table: Table, header: str, column: Column | None) -> Message:
    """Say what is wrong with a header: it has been, it is empty, or it means no column."""
    if column:
        return text('the column "{header}" stands here a second time', "“{header}”列重复出现", header=shortened(header))
    if not header.strip():
        return text("cells stand below this empty header; name the column", "此列有内容但没有表头；请填写表头")
    near = table.nearest(header)
    if near:
        return text(
            '"{header}" is no column of {table}; did you mean {near}?',
            "“{header}”不是表“{table}”的列；是否应为“{near}”？",
            header=shortened(header),
            table=table.label,
            near=near.label,
        )
    return text(
        '"{header}" is no column of {table}; its columns are {known}',
        "“{header}”不是表“{table}”的列；可用的列：{known}",
        header=shortened(header),
        table=table.label,
        known=tuple(c.label for c in table.columns),
    )


def no_column(table: Table, grid: Grid, header_row: int, column: Column) -> Located:
    """Say that a column which must be filled in is missing."""
    message = text("the column {column} is missing", "缺少“{column}”列", column=column.label)
    return Located(Problem(table.name, None, column.name, message), grid.at(header_row))
