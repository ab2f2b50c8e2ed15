"""Text as calendars, letters and terminals can carry it: no control characters, no halves of characters."""

from __future__ import annotations

import re

BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    r"""Return `text` with line breaks of every kind as `\n` and without control characters but the tab.

    Halves of characters, which no encoding can write, become U+FFFD.
    """
    unified = BREAKS.sub("\n", text)
    return LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", CONTROLS.sub("", unified))


def one_line(text: str) -> str:
    """Return `text` clean and without line breaks or tabs, for titles and places."""
    return re.sub(r"[\n\t]+", " ", clean(text)).strip()
