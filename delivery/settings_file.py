"""Reading `channels.toml`: all that is wrong with it is said at once, in both languages, and no secret is repeated."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from delivery.settings import KINDS, ChannelSettings, Coordinator, MailboxSettings, RepliesSettings, Settings
from rota.facts import Channel
from rota.plain import one_line
from rota.problem import RotaError
from rota.row import Value
from rota.text import Message, name, text

FILE = "channels.toml"
Environment = Mapping[str, str]
Model = TypeVar("Model", bound=Value)
BARE = re.compile(r"""^(\s*\[?(?:[\w-]+\.)*?)([\w-]*[^\x00-\x7f"'=\]\s.][^"'=\]\s.]*)""")
"""A key, bare or in a header, with a letter that TOML takes in quotation marks only."""
_WANTED = TypeAdapter(Channel)


class SettingsError(RotaError):
    """`channels.toml` cannot be used: `problems` says all that is wrong with it, each with its place."""

    def __init__(self, file: Path, problems: tuple[Message, ...]) -> None:
        lines = Message(
            "\n".join(problem.say("en") for problem in problems), "\n".join(problem.say("zh") for problem in problems)
        )
        about = {"file": file.name, "n": len(problems), "lines": lines}
        super().__init__(
            text("{file} cannot be used (errors: {n}):\n{lines}", "{file} 不可用（{n} 处错误）：\n{lines}", **about)
        )
        self.problems = problems


def file_beside(case: Path) -> Path:
    """Return where the channels of the case at `case`, a folder or a workbook, are stated."""
    return (case if case.is_dir() else case.parent) / FILE


def read_settings(file: Path, environment: Environment) -> Settings:
    """Read the settings; without a file there are no channels.

    Raises:
        SettingsError: with everything that is wrong.
    """
    if not file.is_file():
        return Settings()
    try:
        content = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(file, (text("save it as UTF-8", "请另存为 UTF-8 编码"),)) from None
    try:
        stated = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(file, (_syntax(error, content),)) from None
    found, problems = _read(stated, environment)
    if problems:
        raise SettingsError(file, tuple(problems))
    return found


def _syntax(error: tomllib.TOMLDecodeError, content: str) -> Message:
    why = one_line(str(error))
    lines = content.splitlines()
    number = why.partition("at line ")[2].partition(",")[0] or str(max(1, len(lines)))  # else at the end
    line = lines[int(number) - 1] if number.isdigit() and int(number) <= len(lines) else ""
    if BARE.match(line):
        return text(
            "Line {number}: a name with other letters than a-z goes in quotation marks: {line}",
            "第 {number} 行：中文名称须加英文引号：{line}",
            number=number,
            line=name(_quoted(line)),
        )
    return text("It is not TOML: {why}", "格式有误，第 {number} 行", why=why, number=number)


def _quoted(line: str) -> str:
    """Return a line as it would be right, without its value, which may be a secret."""
    return BARE.sub(lambda found: f'{found[1]}"{found[2]}"', line, count=1).partition("=")[0].strip()


def _read(stated: Mapping[str, Any], environment: Environment) -> tuple[Settings, list[Message]]:
    problems = [_about(key, _unknown(Settings.model_fields)) for key in stated if key not in Settings.model_fields]
    channels: dict[str, ChannelSettings] = {}
    for channel, table in _table(stated, "channels", problems).items():
        where = f"channels.{channel}"
        kind = table.get("kind") if isinstance(table, Mapping) else None
        if not isinstance(kind, str) or kind not in KINDS:
            problems.append(_about(f"{where}.kind", _one_of(KINDS)))
            continue
        found = _validated(KINDS[kind], table, where, environment, problems)
        if found is not None:
            channels[channel] = found

    def single(model: type[Model], key: str) -> Model | None:
        return _validated(model, stated[key], key, environment, problems) if key in stated else None

    coordinator = single(Coordinator, "coordinator")
    mailbox, replies = single(MailboxSettings, "mailbox"), single(RepliesSettings, "replies")
    routes = dict(_routes(_table(stated, "routes", problems), stated, problems))
    settings = Settings(coordinator=coordinator, mailbox=mailbox, replies=replies, channels=channels, routes=routes)
    return settings, problems


def _table(stated: Mapping[str, Any], key: str, problems: list[Message]) -> Mapping[str, Any]:
    table = stated.get(key, {})
    if isinstance(table, Mapping):
        return table
    problems.append(_about(key, text("is not a table", "不是表")))
    return {}


def _routes(
    routes: Mapping[str, Any], stated: Mapping[str, Any], problems: list[Message]
) -> Iterator[tuple[Channel, str]]:
    named = stated.get("channels", {})
    for wanted, channel in routes.items():
        try:
            key = _WANTED.validate_python(wanted)
        except ValidationError:
            problems.append(_about(f"routes.{wanted}", _one_of(Channel)))
            continue
        if isinstance(channel, str) and channel in named:
            yield key, channel
        else:
            problems.append(_about(f"routes.{wanted}", _one_of(named)))


def _validated(
    model: type[Model], table: object, where: str, environment: Environment, problems: list[Message]
) -> Model | None:
    try:
        return model.model_validate(table, context={"environment": environment})
    except ValidationError as error:
        problems += [_about(f"{where}.{_place(each)}".rstrip("."), _sentence(each, model)) for each in error.errors()]
        return None


def _place(error: ErrorDetails) -> str:
    return str(error["loc"][0]) if error["loc"] else ""


def _about(where: str, what: Message) -> Message:
    return text("{where} {what}", "{where} {what}", where=name(where), what=what)


def _sentence(error: ErrorDetails, model: type[Value]) -> Message:
    """Say what is wrong with one value, which may be a secret and is not repeated."""
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind == "refused":
        return Message(str(context["en"]), str(context["zh"]))
    if kind == "extra_forbidden":
        return _unknown(model.model_fields)
    if kind in {"literal_error", "enum"}:
        words = str(context["expected"]).replace(" or ", ", ").split(", ")
        return _one_of(each.strip("'") for each in words)
    return _PLAIN.get(kind, text("is not accepted here", "此处不可用"))


_NEEDED = text("is needed", "必填")
_SIZE = text("is too large or too small a number", "数字过大或过小")
_NUMBER = text("is not a whole number", "不是整数")
_PLAIN = {
    **dict.fromkeys(("missing", "string_too_short"), _NEEDED),
    **dict.fromkeys(("greater_than_equal", "less_than_equal"), _SIZE),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), text("is neither true nor false", "应为 true 或 false")),
    "string_type": text("is not a text in quotation marks", "不是加引号的文字"),
}


def _unknown(fields: Mapping[str, object]) -> Message:
    return text("is not known; known are {known}", "无法识别；可用：{known}", known=tuple(fields))


def _one_of(words: Iterable[str]) -> Message:
    said = tuple(str(word) for word in words)
    if not said:
        return text("names a channel, but none is stated", "指向某个渠道，但尚未填写任何渠道")
    return text("is none of {words}", "应为 {words} 之一", words=said)
