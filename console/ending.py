"""How an error ends the program: one sentence for a person, one JSON object for a program, and the exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from console.exits import Exit, exit_of
from console.help import in_language
from console.screen import Screen, aligned
from rota.problem import CaseError, RotaError
from rota.text import Message, name, text
from rota.trouble import why_of

INTERRUPTED = text("Interrupted; nothing more was written.", "已中断，未再写入文件。")


def ended_by(error: BaseException, screen: Screen) -> Exit | int:
    """Say what ended the program, and return its exit code.

    A program that asked for JSON gets an object `error` with the message, the hint where there is one, and where; but
    where a command has said what it knows already, as of a conflict, that stays the only object.
    """
    if isinstance(error, click.ClickException):
        if not screen.as_json:
            _show(error, screen)
        usage = error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else None
        _emit(screen, usage_message(error).say(screen.language), hint=usage)
        return error.exit_code
    message = _message(error)
    screen.note(message)
    said = message.say(screen.language)
    _emit(screen, said, where=_places(error) or _file(error))
    return _code(error)


def _show(error: click.ClickException, screen: Screen) -> None:
    """Say what is wrong with a command line as click does, in the reader's language."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        screen.note(error.format_message())
        return
    if context:
        screen.note(_in_words(context.get_usage()))
        screen.note(
            text("Try '{command} --help' for help.\n", "用法说明：{command} --help\n", command=context.command_path)
        )
    screen.note(text("Error: {what}", "错误：{what}", what=usage_message(error)))
    if isinstance(error, click.NoSuchCommand) and not error.possibilities and context and context.parent:
        screen.note(text("\nThere are:", "\n可用的有："))
        for line in aligned(list(_commands(context))):
            screen.note(f"  {line}")


def _in_words(usage: str) -> Message:
    return Message("{usage}", "{chinese}", {"usage": usage, "chinese": usage.replace("Usage: ", "用法：", 1)})


def _commands(context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the commands of a group, each with what it is for."""
    group = context.command
    if isinstance(group, click.Group):
        found = ((called, group.get_command(context, called)) for called in group.list_commands(context))
        yield from ((called, command.get_short_help_str()) for called, command in found if command)


def usage_message(error: click.ClickException) -> Message:
    """Say the usual faults of a command line in both languages, all others as click says them."""
    said = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.NoSuchOption):
        return Message(
            "{said}",
            "没有选项“{name}”。{near}",
            {"said": said, "name": error.option_name, "near": _near(error.possibilities)},
        )
    if isinstance(error, click.NoSuchCommand):
        return Message(
            "{said}",
            "没有命令“{name}”。{near}",
            {"said": said, "name": error.command_name, "near": _near(error.possibilities)},
        )
    if isinstance(error, click.BadParameter) and error.param:
        why = in_language(error.message, "zh")
        named = {"said": in_language(said, "en"), "hint": error.param.get_error_hint(context), "why": why}
        if isinstance(error, click.MissingParameter):
            what = "选项" if isinstance(error.param, click.Option) else "参数"
            return Message("{said}", f"缺少{what} {{hint}}。", named)
        return Message("{said}", "{hint} 的值无效：{why}", named)
    return name(said)


def _near(possible: Sequence[str] | None) -> Message:
    return text("", "是否应为 {near}？", near=tuple(possible)) if possible else text("", "")


def _emit(screen: Screen, message: str, hint: str | None = None, where: object = None) -> None:
    if not Screen.emitted:
        screen.emit({"error": error_body(message, hint, where)})


def error_body(message: str, hint: str | None = None, where: object = None) -> dict[str, object]:
    """Return an error for programs."""
    return {"message": message, "hint": hint, "where": where}


def _message(error: BaseException) -> Message:
    if isinstance(error, RotaError):
        return error.message
    if isinstance(error, OSError):
        return text(
            "{path} cannot be read or written: {why}",
            "无法读写 {path}：{why}",
            path=str(error.filename or ""),
            why=why_of(error),
        )
    return INTERRUPTED


def _places(error: BaseException) -> list[str]:
    """Return the cells that an error is about."""
    problems = error.problems if isinstance(error, CaseError) else ()
    return [".".join(str(part) for part in (p.table, p.row, p.field) if part is not None) for p in problems]


def _file(error: BaseException) -> str | None:
    return str(error.filename) if isinstance(error, OSError) and error.filename else None


def _code(error: BaseException) -> Exit:
    if isinstance(error, RotaError):
        return exit_of(error)
    if isinstance(error, FileNotFoundError):
        return Exit.BAD_INPUT
    return Exit.ERROR if isinstance(error, OSError) else Exit.INTERRUPTED
