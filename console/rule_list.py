"""`rota rules`: every rule in one line, or one of them with its parameters and examples."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from console.screen import GAP, aligned, tabled
from constraints.golden import golden, sentence
from constraints.registry import RULES
from rota.problem import RotaError
from rota.text import LANGUAGES, Message, Word, name, text
from rota.width import cut

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from rota.catalogue import RuleParam

NEAREST = 3


class UnknownRuleError(RotaError):
    """What was said is the name of no rule."""


def list_rules(screen: Screen) -> None:
    """Print every rule in one line: its code, its name in both languages, and what it demands."""
    rows = [(rule.kind, rule.label.zh, rule.label.en, rule.summary.say(screen.language)) for rule in RULES]
    screen.each(cut(line, screen.width) for line in aligned(rows))
    screen.emit({"rules": [_body(rule) for rule in RULES]})


def show_rule(said: str, screen: Screen) -> None:
    """Print one rule: what it demands, its parameters, and how it is said.

    Raises:
        UnknownRuleError: `said` is neither the code of a rule nor one of its names.
    """
    rule = rule_named(said)
    screen.say(f"{rule.kind}{GAP}{rule.label.zh}{GAP}{rule.label.en}")
    screen.say(sentence(rule.summary, screen.language))
    screen.say(text("Cost counted in: {unit}", "代价单位：{unit}", unit=rule.unit))
    if rule.standing:
        screen.say(text("It holds without being stated.", "常设规则，不写也生效。"))
    screen.each(_parameters(rule, screen))
    screen.each(_examples(rule, screen))
    screen.emit({"rule": _body(rule)})


def rule_named(said: str) -> type[Rule]:
    """Return the rule with this code or name, in any case.

    Raises:
        UnknownRuleError: there is none.
    """
    names = {each.casefold(): rule for rule in RULES for each in (rule.kind, rule.label.zh, rule.label.en)}
    wanted = said.strip().casefold()
    if wanted in names:
        return names[wanted]
    part = [each for each in names if wanted and wanted in each]
    near = dict.fromkeys(names[each] for each in [*part, *get_close_matches(wanted, names, NEAREST)])
    if not near:
        raise UnknownRuleError(
            text(
                'There is no rule "{said}"; `rota rules` lists them all.',
                "没有规则“{said}”；`rota rules` 可列出全部规则。",
                said=said,
            )
        )
    raise UnknownRuleError(
        text(
            'There is no rule "{said}"; near it are: {near}',
            "没有规则“{said}”；相近的有：{near}",
            said=said,
            near=tuple(
                text("{label} ({kind})", "{label}（{kind}）", label=rule.label, kind=rule.kind)
                for rule in list(near)[:NEAREST]
            ),
        )
    )


def _parameters(rule: type[Rule], screen: Screen) -> Iterator[Message | str]:
    params = rule.catalogue_entry().params
    if not params:
        return
    head = (
        text("parameter", "参数"),
        text("column", "列"),
        text("if empty", "不填时"),
        text("meaning", "含义"),
        text("accepts", "可填"),
    )
    rows = [
        (
            name(param.name),
            Message(f"{param.title} {param.name}", param.title),
            _default(rule, param),
            param.summary,
            text("{words}", "{words}", words=_accepted(rule, param)),
        )
        for param in params
    ]
    yield ""
    yield from tabled(head, rows, screen.language)


def _default(rule: type[Rule], param: RuleParam) -> Message:
    if param.needed:
        return text("(needed)", "（必填）")
    default = rule.model_fields[param.name].default
    if isinstance(default, Word):
        return default.label
    return _YES_OR_NO[default] if isinstance(default, bool) else name(param.default)


def _accepted(rule: type[Rule], param: RuleParam) -> tuple[Message, ...]:
    """Return the words that a parameter accepts, where they are few."""
    annotation = rule.model_fields[param.name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Word):
        return tuple(member.label for member in annotation)
    return tuple(_YES_OR_NO.values()) if annotation is bool else tuple(name(choice) for choice in param.choices)


_YES_OR_NO = {True: text("yes", "是"), False: text("no", "否")}


def _examples(rule: type[Rule], screen: Screen) -> Iterator[Message | str]:
    if rule.kind in golden():
        stated, breach = (sentence(message, screen.language) for message in golden()[rule.kind])
        yield ""
        yield text("For example: {stated}", "例如：{stated}", stated=stated)
        yield text("Broken: {breach}", "违反：{breach}", breach=breach)


def _body(rule: type[Rule]) -> dict[str, object]:
    """Return all about a rule, for programs; `examples` are given for the rules of Rota itself."""
    example = golden().get(rule.kind)
    return {
        "kind": rule.kind,
        "label": _both(rule.label),
        "summary": _both(rule.summary),
        "unit": _both(rule.unit),
        "standing": rule.standing,
        "parameters": [_parameter_body(param) for param in rule.catalogue_entry().params],
        "examples": {face: _both(message) for face, message in example._asdict().items()} if example else {},
    }


def _parameter_body(param: RuleParam) -> dict[str, object]:
    return {
        "name": param.name,
        "title": param.title,
        "summary": _both(param.summary),
        "needed": param.needed,
        "default": param.default,
        "choices": list(param.choices),
    }


def _both(message: Message) -> dict[str, str]:
    return {language: message.say(language) for language in LANGUAGES}
