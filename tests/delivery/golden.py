"""The letters as they are: `python -m tests.delivery.golden` writes them anew, to be read before they are kept."""

from __future__ import annotations

from pathlib import Path

from delivery.templating import Templates
from rota.text import LANGUAGES, Language
from tests.delivery.station import drafts

FOLDER = Path(__file__).parent / "golden"


def letters_in(language: Language) -> str:
    """Every letter in one language, below each other."""
    templates = Templates()
    blocks = []
    for name, draft in drafts(language).items():
        letter = templates.write(draft).letter
        blocks.append(f"=== {name}\n{letter.subject}\n\n{letter.body}")
    return "\n".join(blocks)


if __name__ == "__main__":
    for language in LANGUAGES:
        (FOLDER / f"letters.{language}.txt").write_text(letters_in(language), encoding="utf-8")
