"""A case small enough to see at a glance, and the means to change one table of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rota.case import Case
from rota.plan import CaseRef, Plan

TABLES: Mapping[str, Any] = {
    "lines": [{"id": "legal", "name": "法律服务", "name_en": "Legal advice"}, {"id": "tax", "name": "税务"}],
    "sites": [{"id": "center", "name": "中心站", "name_en": "Center"}, {"id": "north", "name": "北站"}],
    "rooms": [
        {"id": "hall", "name": "大厅", "site": "center"},
        {"id": "corner", "name": "一角", "site": "center"},
        {"id": "loft", "name": "阁楼", "site": "north"},
    ],
    "units": [
        {"id": "bank", "name": "银行", "name_en": "Bank", "groups": ["hosts"]},
        {"id": "court", "name": "法院", "groups": ["hosts", "partners"]},
        {"id": "shop", "name": "商店", "groups": ["partners"]},
    ],
    "people": [{"id": "li", "name": "李老师", "unit": "court"}],
    "cycles": [{"id": "weeks", "name": "每周", "first": "2027-03-06", "rrule": "FREQ=WEEKLY;COUNT=4"}],
    "activities": [
        {"id": "day", "name": "服务日", "name_en": "Service day", "cycle": "weeks", "times": ["09:00"], "minutes": 120}
    ],
    "roles": [{"activity": "day", "role": "host", "groups": ["hosts"]}],
}
"""Four Saturdays, 6 to 27 March 2027, with one host each; two sites, three units, one person."""

SETTINGS: Mapping[str, Any] = {"id": "small", "title": "小站", "first": "2027-01-01", "last": "2027-12-31"}


def case_of(settings: Mapping[str, Any] | None = None, **tables: object) -> Case:
    """Return the small case with some settings and whole tables exchanged."""
    return Case.model_validate({**TABLES, "settings": {**SETTINGS, **(settings or {})}, **tables})


def with_activity(settings: Mapping[str, Any] | None = None, /, **cells: object) -> Case:
    """Return the small case with some cells of its one activity exchanged; `tables` exchanges whole tables."""
    tables = dict(cells.pop("tables", {}))  # type: ignore[call-overload]  # a mapping of tables
    return case_of(settings, activities=[{**TABLES["activities"][0], **cells}], **tables)


def plan_of(*sessions: Mapping[str, Any], **fields: object) -> Plan:
    """Return a plan of the small case: sessions last two hours in the hall unless they say otherwise."""
    return Plan.model_validate(
        {"case": CaseRef(title="小站", hash="0"), "sessions": [_session(**session) for session in sessions], **fields}
    )


def _session(day: str, host: str = "bank", **cells: object) -> dict[str, object]:
    part = {"id": "main", "room": "hall", "line": "legal", "roles": {"host": [host]} if host else {}}
    return {
        "id": f"day@{day}",
        "activity": "day",
        "start": f"{day}T09:00+08:00",
        "end": f"{day}T11:00+08:00",
        "site": "center",
        "parts": [part],
        **cells,
    }
