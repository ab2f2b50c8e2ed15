"""What text a cell of the tables can hold: the same for what is read from files and for what a change brings."""

from __future__ import annotations

import re

from rota.text import Message, text

LONGEST_CELL = 32_767
"""Characters that a cell of Excel can hold."""
UNCALCULATED = "#…"
"""What stands for a formula that has never been worked out."""

_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


def unusable(cell: str) -> Message | None:
    """Say why no cell may hold a text, and what to do; None where one may."""
    if cell == UNCALCULATED:
        return text(
            "the formula here was never worked out; open and save the file in Excel",
            "此公式尚未计算；请在 Excel 中打开并保存",
        )
    if cell in _ERRORS:
        return text(
            "the cell shows the error {cell}; correct its formula", "单元格显示错误 {cell}；请改正公式", cell=cell
        )
    if _UNPRINTABLE.search(cell):
        return text("holds a character that cannot be printed; type it anew", "含有不可打印字符；请重新输入")
    if len(cell) > LONGEST_CELL:
        return text("is longer than {n} characters", "超过 {n} 个字符", n=LONGEST_CELL)
    return None
