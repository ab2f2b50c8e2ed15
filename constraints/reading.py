"""Reading demands: from what a coordinator stated to rules, with every error at its cell."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import ValidationError

from constraints.registry import RULES
from rota.problem import CaseError, Problem
from rota.text import Message, text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from constraints.rule import Rule
    from rota.case import Case
    from rota.demand import Demand

TABLE = "demands"


def read_rules(case: Case) -> tuple[Rule, ...]:
    """Return the rules of a case: those stated, and the standing ones that no stated one replaces.

    Raises:
        CaseError: some demands cannot be read; it names all of them.
    """
    rules, problems = _read(case)
    if problems:
        raise CaseError(text("The rules of the case cannot be read.", "无法读取本排班的规则。"), problems)
    return rules


def rule_problems(case: Case) -> list[Problem]:
    """Return everything that is wrong with the demands of a case."""
    return _read(case)[1]


def standing_rules() -> tuple[Rule, ...]:
    """Return the rules that hold in every case without being stated."""
    return tuple(rule(id=rule.kind) for rule in RULES if rule.standing)


def _read(case: Case) -> tuple[tuple[Rule, ...], list[Problem]]:
    stated: list[Rule] = []
    problems: list[Problem] = []
    for number, demand in enumerate(case.demands):
        kind = next((rule for rule in RULES if rule.kind == demand.kind), None)
        if kind is None:
            problems.append(Problem(TABLE, number, "kind", _unknown_kind(demand)))
            continue
        try:
            rule = kind.model_validate(
                {**dict(demand.params), "id": demand.id, "priority": demand.priority, "weight": demand.weight}
            )
        except ValidationError as error:
            problems += [_problem(number, kind, details) for details in error.errors()]
            continue
        stated.append(rule)
        problems += [Problem(TABLE, number, field, message) for field, message in rule.misfits(case)]
    standing = [rule for rule in standing_rules() if not any(s.replaces(rule) for s in stated)]
    return (*standing, *stated), problems


def _unknown_kind(demand: Demand) -> Message:
    kinds = [rule.kind for rule in RULES]
    near = get_close_matches(demand.kind, kinds, 1)
    return text(
        'there is no rule "{kind}"; {advice}',
        "没有规则“{kind}”；{advice}",
        kind=demand.kind,
        advice=text("did you mean {near}?", "是否应为 {near}？", near=near[0])
        if near
        else text("known are: {kinds}", "已有规则：{kinds}", kinds=tuple(_kinds())),
    )


def _kinds() -> Iterator[Message]:
    for rule in RULES:
        yield text("{kind}", "{zh}（{kind}）", kind=rule.kind, zh=rule.label.zh)


def _problem(number: int, kind: type[Rule], details: ErrorDetails) -> Problem:
    field = str(details["loc"][0]) if details["loc"] else None
    if details["type"] == "extra_forbidden":
        known = tuple(param.name for param in kind.catalogue_entry().params)
        message = text(
            "the rule {kind} has no parameter {field}; it has: {known}",
            "规则“{zh}”没有参数 {field}；可用参数：{known}",
            kind=kind.kind,
            zh=kind.label.zh,
            field=field,
            known=known or text("none", "无"),
        )
    elif details["type"] == "missing":
        message = text(
            "the rule {kind} needs {field}", "规则“{zh}”必须填写 {field}", kind=kind.kind, zh=kind.label.zh, field=field
        )
    else:
        message = text(
            '"{value}" does not fit: {what}',
            "“{value}”不合要求：{zh}",
            value=str(details["input"]),
            what=details["msg"],
            zh=details.get("ctx", {}).get("zh", details["msg"]),
        )
    return Problem(TABLE, number, field, message)
