"""Filling the templates of printed pages: every page is self-contained HTML with its styles inside."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from rota.text import Language
from workbook.output.chip import chip_styles


def rendered(template: str, language: Language, **values: object) -> str:
    """Return a template filled in; what it does not get is an error."""
    tag = "zh-CN" if language == "zh" else "en"
    return _templates().get_template(template).render(lang=tag, chip_styles=chip_styles(), **values)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("workbook.output"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
