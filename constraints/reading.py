"""Reading demands: from what a coordinator stated to rules, with every error at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from constraints.misfits import misfits
from constraints.registry import RULES
from constraints.rule import FRAME
from constraints.structure import LEAST, STRUCTURE, TAKES_PLACE
from rota.problem import CaseError, Problem
from rota.row import SEPARATORS
from rota.text import Message, Word, text

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
        problems += [
            Problem(TABLE, number, cell, _no_parameter(kind, cell)) for cell, _ in demand.params if cell in FRAME
        ]
        try:
            rule = kind.model_validate(
                {**dict(demand.params), "id": demand.id, "priority": demand.priority, "weight": demand.weight}
            )
        except ValidationError as error:
            problems += [_problem(number, kind, details) for details in error.errors()]
            problems += [
                Problem(TABLE, number, field, message) for field, message in _misfits_beside(kind, demand, error, case)
            ]
            continue
        stated.append(rule)
        problems += [Problem(TABLE, number, field, message) for field, message in rule.misfits(case)]
    standing = [rule for rule in standing_rules() if not any(s.replaces(rule) for s in stated)]
    taken = {rule.id for rule in standing} | {LEAST, TAKES_PLACE, STRUCTURE}
    problems += [
        Problem(TABLE, number, "id", _taken(demand)) for number, demand in enumerate(case.demands) if demand.id in taken
    ]
    return (*standing, *stated), problems


def _misfits_beside(
    kind: type[Rule], demand: Demand, error: ValidationError, case: Case
) -> Iterator[tuple[str, Message]]:
    """Yield the unknown names in the parameters that are not themselves at fault."""
    faulty = {str(details["loc"][0]) for details in error.errors() if details["loc"]}
    lists = {name for name, info in kind.model_fields.items() if str(info.annotation).startswith("tuple")}
    sound = {name: value for name, value in demand.params if name in kind.model_fields and name not in faulty}
    named = {name: tuple(SEPARATORS.split(value)) if name in lists else (value,) for name, value in sound.items()}
    yield from misfits({name: tuple(v.strip() for v in values) for name, values in named.items()}, case)


def _taken(demand: Demand) -> Message:
    return text(
        '"{id}" is the name of a rule that stands by itself; choose another',
        "“{id}”是内置规则的编号；请另选",
        id=demand.id,
    )


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
        yield text("{kind}", "{label}（{kind}）", kind=rule.kind, label=rule.label)


def _problem(number: int, kind: type[Rule], details: ErrorDetails) -> Problem:
    """Say one error of pydantic about a demand, at the parameter that is to be corrected."""
    context: Mapping[str, Any] = details.get("ctx", {})
    field = str(details["loc"][0]) if details["loc"] else str(context.get("field", ""))
    named = {"kind": kind.kind, "label": kind.label, "field": field}
    if details["type"] == "extra_forbidden":
        message = _no_parameter(kind, field)
    elif details["type"] == "missing":
        message = text("the rule {kind} needs {field}", "规则“{label}”必须填写 {field}", **named)
    else:
        cell = details["input"] if details["loc"] else details["input"][field]  # an error of the whole rule has all
        message = text('"{cell}" {what}', "“{cell}”{what}", cell=str(cell), what=_fault(kind, field, details))
    return Problem(TABLE, number, field or None, message)


def _no_parameter(kind: type[Rule], field: str) -> Message:
    return text(
        "the rule {kind} has no parameter {field}; it has: {known}",
        "规则“{label}”没有参数 {field}；可用参数：{known}",
        kind=kind.kind,
        label=kind.label,
        field=field,
        known=tuple(param.name for param in kind.catalogue_entry().params) or text("none", "无"),
    )


def _fault(kind: type[Rule], field: str, details: ErrorDetails) -> Message:
    """Say what is wrong with the value of a parameter: `is not a whole number; e.g. 3`."""
    context: Mapping[str, Any] = details.get("ctx", {})
    match details["type"]:
        case "refused":
            return Message(str(context["en"]), str(context["zh"]))
        case "enum":
            annotation = kind.model_fields[field].annotation
            words = tuple(word.label for word in annotation) if isinstance(annotation, type(Word)) else ()
            return text("is not accepted; write one of {words}", "不可用；请填 {words} 之一", words=words)
        case "int_parsing" | "int_from_float":
            return text("is not a whole number; e.g. 3", "不是整数；例如 3")
        case "greater_than_equal":
            return text("is less than {least}", "小于 {least}", least=context["ge"])
        case "string_pattern_mismatch":
            return text("is not an id", "不能作编号")
        case _:
            return Message(details["msg"], details["msg"])
