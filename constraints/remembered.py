"""What rules work out of a case alone is worked out once for each case, however many boards they speak to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rota.case import Case

Made = TypeVar("Made")
AnyRule = TypeVar("AnyRule", bound=Any)


def once(method: Callable[[AnyRule, Case], Made]) -> Callable[[AnyRule, Case], Made]:
    """Let a rule's method of a case remember what it returned, which nobody may change."""

    @wraps(method)
    def known(rule: AnyRule, case: Case) -> Made:
        remembered: dict[object, Made] = case.__dict__.setdefault("_remembered", {})
        key = (method.__qualname__, rule)
        if key not in remembered:
            remembered[key] = method(rule, case)
        return remembered[key]

    return known
