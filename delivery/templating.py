"""Templates: the words of letters, as they come with Rota or as a coordinator has written them instead.

A template is a text whose first line is the subject. One that lies beside the case, in `templates/notice.zh.txt`,
takes the place of the one of that name; where it is broken it is refused, and the one that comes with Rota says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from delivery.channel import Letter
from delivery.letters import Draft
from delivery.samples import SAMPLES
from rota.plain import clean, one_line
from rota.problem import RotaError
from rota.text import LANGUAGES, Message, name, text
from rota.trouble import why_of

FOLDER = "templates"
LONGEST = 200_000
"""Characters; a template that writes more is refused."""
LARGEST_FILE = 1 << 18
UNDEFINED = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")

Key = tuple[str, str]
"""The name of a template and its language."""


@dataclass(frozen=True)
class Refusal:
    """Why an override is not used: its file, its line where one is to blame, and the reason."""

    file: Path
    line: int | None
    reason: Message

    @property
    def message(self) -> Message:
        """The refusal as one sentence."""
        said = {"file": self.file.name, "line": self.line, "reason": self.reason}
        if self.line is None:
            return text("{file} is not used: {reason}", "未采用 {file}：{reason}", **said)
        return text("{file}, line {line}, is not used: {reason}", "未采用 {file}，第 {line} 行：{reason}", **said)


@dataclass(frozen=True)
class Written:
    """A letter, and why it is not in the coordinator's own words where there are such but they failed."""

    letter: Letter
    refusal: Refusal | None = None


class _BrokenError(RotaError):
    def __init__(self, message: Message, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Templates:
    """The templates of Rota and the overrides of one case; `refusals` says which of these are not used, and why."""

    def __init__(self, overrides: Path | None = None) -> None:
        self._own: dict[Key, tuple[Path, Template]] = {}
        self.refusals: tuple[Refusal, ...] = tuple(self._read(overrides)) if overrides else ()

    @classmethod
    def beside(cls, case: Path) -> Templates:
        """Return the templates for the case at `case`, a folder or a workbook."""
        return cls(_beside(case))

    @property
    def overridden(self) -> tuple[Key, ...]:
        """What is said in the coordinator's own words."""
        return tuple(self._own)

    def write(self, draft: Draft) -> Written:
        """Return the letter of a draft."""
        own = self._own.get((draft.template, draft.language))
        refusal = None
        if own is not None:
            try:
                return Written(_written(own[1], own[0].name, draft))
            except _BrokenError as error:
                refusal = Refusal(own[0], error.line, error.message)
        source = f"{draft.template}.{draft.language}.txt"
        return Written(_written(_built_in(source), source, draft), refusal)

    def _read(self, folder: Path) -> Iterator[Refusal]:
        """Read all overrides, try each on a sample, and yield those that cannot be used."""
        for file in _files(folder):
            try:
                key = _key(file)
                template = compiled(_content(file), file.name)
                _written(template, file.name, Draft(key[0], "en" if key[1] == "en" else "zh", SAMPLES[key[0]]))
            except _BrokenError as error:
                yield Refusal(file, error.line, error.message)
            else:
                self._own[key] = (file, template)


def overrides(case: Path) -> tuple[Path, ...]:
    """Return the files of a coordinator's own templates for the case at `case`, a folder or a workbook."""
    return _files(_beside(case))


def _beside(case: Path) -> Path:
    return (case if case.is_dir() else case.parent) / FOLDER


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.txt"))) if folder.is_dir() else ()


def _key(file: Path) -> Key:
    template, _, language = file.stem.rpartition(".")
    if template in SAMPLES and language in LANGUAGES:
        return template, language
    known = tuple(f"{each}.{language}.txt" for each in SAMPLES for language in LANGUAGES)
    raise _BrokenError(
        text("no letter has this name; known are {known}", "没有这个名称的消息；可用名称：{known}", known=known)
    )


def _content(file: Path) -> str:
    try:
        content = file.read_bytes()
        if len(content) > LARGEST_FILE:
            raise _BrokenError(text("the file is too large", "文件过大"))
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _BrokenError(text("it cannot be read: {why}", "无法读取：{why}", why=why_of(error))) from error
    except UnicodeDecodeError as error:
        raise _BrokenError(text("save it as UTF-8", "请另存为 UTF-8 编码")) from error


def compiled(source: str, file: str) -> Template:
    """Return a template; it may use what it is given, and nothing else.

    Raises:
        _BrokenError: its syntax is wrong.
    """
    environment = _environment()
    try:
        code = environment.compile(source, name=file, filename=file)
    except TemplateSyntaxError as error:
        lines = source.splitlines()
        line = lines[error.lineno - 1].strip() if 0 < error.lineno <= len(lines) else ""
        about = {"why": error.message or "", "line": name(one_line(line)[:60])}
        raise _BrokenError(text("{why}, near “{line}”", "语法有误：“{line}”", **about), error.lineno) from error
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _written(template: Template, file: str, draft: Draft) -> Letter:
    filled = clean(_filled(template, file, draft.values)).lstrip("\n")
    subject, _, body = filled.partition("\n")
    if not subject.strip():
        raise _BrokenError(text("the first line, which is the subject, is empty", "首行（主题）为空"), 1)
    body = re.sub(r"\n{3,}", "\n\n", body).strip("\n")
    return Letter(one_line(subject), body + "\n", draft.language)


def _filled(template: Template, file: str, values: Mapping[str, object]) -> str:
    pieces, length = [], 0
    try:
        for piece in template.generate(**values):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST:
                raise _BrokenError(text("it writes without end", "生成的内容过长"))
    except UndefinedError as error:
        found = UNDEFINED.search(error.message or "")
        unknown = (found[1] or found[2]) if found else ""
        about = {"what": name(unknown), "known": tuple(sorted(values))}
        message = text("it knows no “{what}”; it is given {known}", "没有“{what}”这项内容；可用：{known}", **about)
        raise _BrokenError(message, _line(error.__traceback__, file)) from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        message = text("it cannot be filled in: {why}", "无法填入内容", why=one_line(str(error))[:120])
        raise _BrokenError(message, _line(error.__traceback__, file)) from error
    return "".join(pieces)


def _line(trace: TracebackType | None, file: str) -> int | None:
    """Return the line of a template at which it failed; Jinja writes it into the traceback."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _built_in(file: str) -> Template:
    return compiled(files("delivery").joinpath(FOLDER, file).read_text(encoding="utf-8"), file)
