"""How existing rosters name their columns, and which of their rows is the header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbook.layout import folded

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "unit": (
        *(
            "单位",
            "单位名称",
            "单位全称",
            "成员单位",
            "共建单位",
            "联盟单位",
            "部门",
            "部门名称",
            "支部",
            "支部名称",
            "党支部",
        ),
        *("党组织", "党组织名称", "党委名称", "工委名称", "科室", "机构", "机构名称", "组织名称", "企业名称", "名称"),
        *("unit", "unit name", "organisation", "organization", "department", "committee", "branch"),
    ),
    "contact": (
        *("联系人", "联系人姓名", "负责人", "责任人", "联络员", "姓名", "书记", "支部书记"),
        *("contact", "contact person", "contact name", "person in charge", "liaison"),
    ),
    "phone": (
        *("电话", "手机", "联系方式", "联系电话", "手机号", "手机号码", "电话号码", "办公电话", "联系人电话"),
        *("phone", "phone number", "mobile", "tel", "telephone"),
    ),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "email", "e-mail", "mail"),
    "members": (
        *("人数", "党员数", "成员数", "党员人数", "职工人数", "成员人数", "总人数"),
        *("members", "headcount", "size", "number of members"),
    ),
    "service": (
        *("服务内容", "特色", "服务项目", "特色服务", "服务", "服务特色", "活动内容", "可提供服务"),
        *("service", "services", "services offered"),
    ),
    "group": ("类别", "分组", "组别", "片区", "类型", "性质", "单位类型", "group", "category", "type"),
    "note": ("备注", "说明", "note", "notes", "remarks"),
    "number": ("序号", "no", "no.", "#"),
}
"""The words for each kind of column; `number` only counts the rows."""

TOTALS = ("合计", "总计", "小计", "共计", "total", "sum", "subtotal")
FOOTNOTES = ("备注", "注", "说明", "填表", "制表", "填报", "审核", "note", "prepared")

_MEANT = {folded(word): field for field, words in SYNONYMS.items() for word in words}
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）、.]\s*")
_BRACKETS = re.compile(r"[（(【\[].*?[】\])）]|[:：*]")


def field_meant(header: str) -> str | None:
    """Return what kind of column a header announces; what stands in brackets does not count."""
    return _MEANT.get(folded(_BRACKETS.sub("", header)))


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the row that names most kinds of columns, the unit among them; the lower of two equals."""
    best, most = None, 0
    for index, row in enumerate(rows):
        fields = {field for cell in row if (field := field_meant(cell))}
        if (
            "unit" in fields
            and len(fields) >= max(most, 1)
            and not (best is not None and _is_repeated(rows, best, index))
        ):
            best, most = index, len(fields)
    return best


def _is_repeated(rows: Sequence[Sequence[str]], best: int, index: int) -> bool:
    """Tell whether a header stands again further down, as on every printed page."""
    return index > best + 1 and [folded(c) for c in rows[best]] == [folded(c) for c in rows[index]]


def without_numbering(label: str) -> str:
    """Return the name of a group without what counts it: `一、机关` is `机关`."""
    return _NUMBERING.sub("", label)


def is_total(row: Sequence[str]) -> bool:
    """Tell whether a row sums up others."""
    return any(folded(cell).startswith(TOTALS) for cell in row[:3] if cell.strip())


def is_footnote(label: str) -> bool:
    """Tell whether a line across the table is a remark rather than the name of a group."""
    return folded(label).startswith(FOOTNOTES) or len(label) > 30  # noqa: PLR2004 - group names are short
