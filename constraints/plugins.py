"""Rules from other distributions, found through the entry points of the group `rota.rules`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import EntryPoint

from constraints.rule import Rule
from rota.problem import RotaError
from rota.row import ID_PATTERN
from rota.text import Message, text

GROUP = "rota.rules"
"""The group of entry points that name classes of rules; the name of each is the kind of its rule."""

PRESENTED = ("label", "summary", "unit")
"""What every rule says about itself in both languages."""


class PluginError(RotaError):
    """A distribution adds a rule that cannot be one."""


def added_rules(ours: Sequence[type[Rule]], entries: Iterable[EntryPoint]) -> tuple[type[Rule], ...]:
    """Load the rules that entry points name, in order of their names.

    Raises:
        PluginError: one of them cannot be loaded, is no complete rule, or clashes with another.
    """
    rules = list(ours)
    for entry in sorted(entries, key=lambda entry: (entry.name, _distribution(entry))):
        found = _loaded(entry)
        for fault in _faults(found, entry.name, rules):
            raise _refused(entry, fault)
        rules.append(found)
    return tuple(rules[len(ours) :])


def _loaded(entry: EntryPoint) -> type[Rule]:
    try:
        found: type[Rule] = entry.load()
    except Exception as error:  # whatever somebody else's module may raise
        why = f"{type(error).__name__}: {error}"
        raise _refused(entry, text("loading it fails with {why}", "加载失败：{why}", why=why)) from error
    return found


def _faults(found: object, kind: str, rules: Sequence[type[Rule]]) -> Iterator[Message]:
    """Yield what keeps a loaded object from being the rule of its kind."""
    if not (isinstance(found, type) and issubclass(found, Rule)):
        yield text("it is no subclass of constraints.rule.Rule", "它不是 constraints.rule.Rule 的子类")
        return
    if inspect.isabstract(found):
        lacking = tuple(sorted(found.__abstractmethods__))
        yield text("it does not define {lacking}", "它没有定义 {lacking}", lacking=lacking)
    if getattr(found, "kind", None) != kind or not re.match(ID_PATTERN, kind):
        yield text("its `kind` is not the name of its entry point", "它的 `kind` 与入口点的名称不一致")
    if missing := tuple(name for name in PRESENTED if not isinstance(getattr(found, name, None), Message)):
        yield text("it has no {missing} in both languages", "它缺少中英文的 {missing}", missing=missing)
    if any(rule.kind == kind for rule in rules):
        yield text("there is a rule of this kind already", "已有同名的规则")
    else:
        yield from _other_titles(found, rules)


def _other_titles(found: type[Rule], rules: Sequence[type[Rule]]) -> Iterator[Message]:
    """Yield parameters that share their name, and so their column of the sheet 规则, with one of another title."""
    titles = {name: info.title for rule in rules for name, info in rule.model_fields.items()}
    for name, info in found.model_fields.items():
        if titles.setdefault(name, info.title) != info.title:
            yield text(
                "its parameter {name} is called {title}; other rules call it {known}",
                "它的参数 {name} 名为“{title}”，而其他规则称之为“{known}”",
                name=name,
                title=info.title or name,
                known=titles[name] or name,
            )


def _refused(entry: EntryPoint, fault: Message) -> PluginError:
    return PluginError(
        text(
            'The rule "{name}" ({value}) of the distribution {distribution} cannot be used: {fault}.'
            " Please correct, update or uninstall it.",
            "无法使用扩展包 {distribution} 的规则“{name}”（{value}）：{fault}。请修正、更新或卸载该扩展包。",
            name=entry.name,
            value=entry.value,
            distribution=_distribution(entry),
            fault=fault,
        )
    )


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "?"
