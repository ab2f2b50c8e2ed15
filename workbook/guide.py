"""The sheet 说明: what each sheet is for and how to fill in each of its columns, generated from the models."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from rota.text import LANGUAGES, Language, Message, text
from workbook.explanations import field_meaning, table_meaning
from workbook.layout import DEMANDS, GUIDE_TITLE, Layout

BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
_OPENING = (
    text("How to fill in this case", "如何填写本排班资料"),
    text(
        "Every sheet is a table with one row per entry; columns may stand in any order.",
        "每张表每行一条，列的顺序不限。",
    ),
    text(
        "Tinted headers must be filled in; sheets that you do not need stay empty.",
        "橙色表头必填；用不到的表留空即可。",
    ),
    text("An id is short, stays the same and is what other sheets refer to.", "编号应简短且不变，其他表用它来引用。"),
    text(
        "Then run `rota check`: it names every error by sheet and cell.",
        "填完后运行 `rota check`，它会按表和单元格指出所有错误。",
    ),
)


def add_guide(sheet: Worksheet, layout: Layout, language: Language) -> None:
    """Fill the sheet 说明, the reader's language first."""
    sheet.title = GUIDE_TITLE
    for letter, width in zip("ABC", (24, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    order = sorted(LANGUAGES, key=lambda each: each != language)
    for row, (head, message) in enumerate(guide_lines(layout), start=1):
        cells = (head, *(message.say(each) for each in order))
        for column, content in enumerate(cells, start=1):
            cell = sheet.cell(row, column, content or None)
            cell.alignment = WRAPPED
            if content:
                cell.data_type = "s"
            if not head or head.startswith("【"):
                cell.font = BOLD
    sheet.freeze_panes = "B2"


def guide_lines(layout: Layout) -> Iterator[tuple[str, Message]]:
    """Yield the lines of the guide: what is named, and what is said of it."""
    for message in _OPENING:
        yield "", message
    for table in layout.tables:
        yield f"【{table.title} {table.name}】", table_meaning(table.name)
        for column in table.columns:
            yield column.header, field_meaning(table.name, column)
        if table.name == DEMANDS:
            for rule in layout.catalogue:
                params = tuple(f"{param.title} {param.name}" for param in rule.params)
                en, zh = f"{rule.label.en}: {rule.summary.en}", f"{rule.label.zh}：{rule.summary.zh}"
                yield rule.kind, text("{said} ({params})", "{said}（{params}）", said=Message(en, zh), params=params)


def guide_text(layout: Layout) -> str:
    """Return the guide as plain text in both languages, for a folder."""
    lines = []
    for head, message in guide_lines(layout):
        said = f"{message.say('zh')} / {message.say('en')}".replace("\n", " ")
        lines.append(f"\n{head} {said}" if head.startswith("【") else f"  {head}: {said}" if head else said)
    return "\n".join(lines) + "\n"
