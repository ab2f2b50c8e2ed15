"""Drop-downs of a case's workbook: closed words, yes and no, ids of other sheets, kinds of rules."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from rota.text import Language, text
from workbook.explanations import field_meaning
from workbook.layout import LISTS, SETTINGS, Column, Layout, Table
from workbook.sentences import shortened
from workbook.writing import MUST, NO, YES

LAST_ROW = 2000
"""Rows of a sheet that drop-downs reach."""
LONGEST_INLINE = 255
LONGEST_PROMPT = 250

_PICK = text("please choose from the list", "请从列表中选择")
_TITLE = text("not in the list", "不在列表中")


def add_dropdowns(book: Workbook, layout: Layout, language: Language) -> None:
    """Give every column of closed words, and every column that names rows of another sheet, its drop-down."""
    for table in layout.tables:
        for number, column in enumerate(table.columns, start=1):
            source = _source(book, layout, column, language)
            if source is None:
                continue
            where = f"B{number + 1}" if table.name == SETTINGS else _below(number)
            book[table.title].add_data_validation(_validation(table, column, source, where, language))


def _below(number: int) -> str:
    letter = get_column_letter(number)
    return f"{letter}2:{letter}{LAST_ROW}"


def _validation(table: Table, column: Column, source: str, where: str, language: Language) -> DataValidation:
    """Make a drop-down; where other forms are read too, e.g. several ids in a cell, it only proposes."""
    validation = DataValidation(type="list", formula1=source, allow_blank=True, sqref=where)
    validation.errorStyle = "warning"
    validation.showErrorMessage = bool(column.words) and not column.param
    validation.error, validation.errorTitle = _PICK.say(language), _TITLE.say(language)
    validation.showInputMessage = True
    validation.prompt = shortened(field_meaning(table.name, column).say(language), LONGEST_PROMPT)
    validation.promptTitle = column.label.say(language)[:32]
    return validation


def _source(book: Workbook, layout: Layout, column: Column, language: Language) -> str | None:
    """Return the formula of a column's list, None where it has none."""
    if column.targets:
        target = layout.table[column.targets[0]]
        position = [each.name for each in target.columns].index("id") + 1
        letter = get_column_letter(position)
        return f"={target.title}!${letter}$2:${letter}${LAST_ROW}"
    words = _words(column, language)
    if not words:
        return None
    inline = ",".join(words)
    return f'"{inline}"' if len(inline) <= LONGEST_INLINE else _listed(book, column.name, words)


def _words(column: Column, language: Language) -> list[str]:
    if column.kind == "flag":
        return [YES.say(language), NO.say(language)]
    if column.name == "priority":
        return [MUST.say(language), "1", "2", "3"]
    return [label.say(language) for _, label in column.words]


def _listed(book: Workbook, key: str, words: list[str]) -> str:
    """Write a long list into the hidden sheet and return the reference to it."""
    if LISTS not in book.sheetnames:
        book.create_sheet(LISTS).sheet_state = "hidden"
    sheet = book[LISTS]
    number = 1 if sheet.cell(1, 1).value is None else sheet.max_column + 1
    letter = get_column_letter(number)
    for row, word in enumerate((key, *words), start=1):
        sheet.cell(row, number, word)
    return f"={LISTS}!${letter}$2:${letter}${len(words) + 1}"
