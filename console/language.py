"""In which language to speak: as asked for, else as the terminal is set, else as the case says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from rota.text import Language

VARIABLES = ("ROTA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def stated_language(asked: str | None, environment: Mapping[str, str]) -> Language | None:
    """Return the language that an option or the environment names, None where neither does.

    Args:
        asked: the option --lang.
        environment: the environment; ROTA_LANG comes before the locale, and the locales C and POSIX say nothing.
    """
    for said in (asked, *(environment.get(variable) for variable in VARIABLES)):
        for language in get_args(Language):
            if said and said.lower().startswith(language):
                return language  # type: ignore[no-any-return]  # one of the words of Language
    return None


def spoken(asked: str | None, environment: Mapping[str, str], case_language: Language | None = None) -> Language:
    """Return the reader's language: the one stated, else that of the case at hand, else Chinese."""
    return stated_language(asked, environment) or case_language or "zh"
