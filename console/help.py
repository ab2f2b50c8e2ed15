"""Help in the reader's language: what a command says of itself stands in both, `English. 中文。`, and one is shown."""

from __future__ import annotations

import os
import re
import sys
from copy import copy
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import click

from console.language import stated_language
from rota.unswept import unswept

if TYPE_CHECKING:
    from rota.text import Language

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOUNDARY = re.compile(r"\.\s+")
"""Where an English sentence ends. No Chinese one ends so, so the Chinese half has none."""


def asked_language(arguments: list[str]) -> str | None:
    """Return what --lang says on the command line, wherever it stands."""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return None


def in_language(said: str, language: Language | None) -> str:
    """Return the half of a paragraph `English. 中文。` that is in `language`; all of it where no language is known."""
    start = max((end.end() for end in BOUNDARY.finditer(said) if CHINESE.search(said, end.end())), default=0)
    if not start or language is None:
        return said
    return said[start:] if language == "zh" else said[:start].rstrip()


def _in_language(param: click.Parameter, language: Language | None) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help:
        return param
    said = copy(param)
    said.help = in_language(param.help, language)
    return said


def _first_line(said: str | None) -> str:
    paragraph = cleandoc(said or "").split("\n\n")[0]
    return in_language(paragraph, stated_language(asked_language(sys.argv), os.environ)).split("\n")[0]


class Command(click.Command):
    """A command that explains itself in the reader's language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, each text in one language where it is known."""
        language = stated_language(asked_language(sys.argv), os.environ)
        said = copy(self)
        paragraphs = cleandoc(self.help or "").split("\n\n")
        said.help = "\n\n".join(in_language(paragraph, language) for paragraph in paragraphs)
        said.params = [_in_language(param, language) for param in self.params]
        super(Command, said).format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 100) -> str:
        """Return the line that stands in the list of commands."""
        return _first_line(self.help)


class Brief(Command):
    """A command that ends within seconds, however large the case: it leaves no garbage that would be worth a search."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click says
        """Run the command."""
        with unswept():
            return super().invoke(ctx)


class Group(click.Group):
    """The program: its commands explain themselves in the reader's language, in the order in which they are written."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a coordinator's work."""
        return list(self.commands)

    def get_short_help_str(self, limit: int = 100) -> str:
        """Return the line that stands in the list of commands."""
        return _first_line(self.help)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the introduction."""
        language = stated_language(asked_language(sys.argv), os.environ)
        for paragraph in (self.help or "").split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(in_language(" ".join(paragraph.split()), language))
