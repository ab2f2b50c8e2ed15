"""Filling the templates of participants' pages, and the one stylesheet that they have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from rota.text import LANGUAGES, Language
from web.participants.words import STATUS, Spoken

LANGUAGE_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


def rendered(template: str, language: Language, **values: object) -> str:
    """Return a template filled in; what it does not get is an error, and whatever it gets is escaped."""
    tag = "zh-CN" if language == "zh" else "en"
    status = {reply: word.say(language) for reply, word in STATUS.items()}
    common = {"lang": tag, "language": language, "w": Spoken(language), "status": status}
    return _templates().get_template(template).render(**common, style=style_name(), **values)


def switches(language: Language, address: Callable[[Language], str]) -> list[tuple[Language, str, str]]:
    """Return the other languages, each with what it calls itself and the address of the same page in it."""
    return [(other, LANGUAGE_NAMES[other], address(other)) for other in LANGUAGES if other != language]


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("web.participants"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> bytes:
    """Return the stylesheet: that of all printed pages, and what these pages add to it."""
    printed = files("workbook.output").joinpath("templates", "base.css").read_bytes()
    return printed + files("web.participants").joinpath("templates", "page.css").read_bytes()


def style_name() -> str:
    """Return the stylesheet's address with its digest: a browser keeps it until it is another one."""
    return f"style.css?{hashlib.sha256(style()).hexdigest()[:8]}"
