"""How an error ends the program: one sentence for a person, one JSON object for a program, and the exit code."""

from __future__ import annotations

import click

from console.exits import Exit, exit_of
from console.screen import Screen
from rota.problem import CaseError, RotaError
from rota.text import Message, text

INTERRUPTED = text("Interrupted; nothing more was written.", "已中断，未再写入文件。")


def ended_by(error: BaseException, screen: Screen) -> Exit | int:
    """Say what ended the program, and return its exit code.

    A program that asked for JSON gets an object `error` with the message, the hint where there is one, and where; but
    where a command has said what it knows already, as of a conflict, that stays the only object.
    """
    if isinstance(error, click.ClickException):
        if not screen.as_json:
            error.show()
        usage = error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else None
        _emit(screen, error.format_message(), hint=usage)
        return error.exit_code
    message = _message(error)
    screen.note(message)
    said = message.say(screen.language)
    _emit(screen, said, where=_places(error) or _file(error))
    return _code(error)


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
            why=error.strerror or str(error),
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
