"""Words that are typed once and read in two languages: groups, choice sets, skills, features and the like."""

from __future__ import annotations

from pydantic import Field

from rota.row import Row
from rota.text import Message, name


class Term(Row):
    """How a word (用语) that other tables use is said to readers of each language; it is typed there as it stands here.

    Groups, choice sets, skills and features are such words, and so are audiences, those who order and stated reasons.
    """

    word: str = Field(title="词", min_length=1)
    name: str = Field("", title="名称")
    name_en: str = Field("", title="英文名称")

    @property
    def label(self) -> Message:
        """What is said for the word; the word itself in a language for which nothing is given."""
        return name(self.name or self.word, self.name_en or self.word)
