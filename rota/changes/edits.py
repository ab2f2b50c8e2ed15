"""Edits of rows as such: whatever in a case no kind of change of its own speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import Field

from rota.case import Case
from rota.changes.making import CheckedChange
from rota.changes.wording import because
from rota.document import Edit, EditError, State, document_of, edited, state_of
from rota.row import PersonalText
from rota.text import Message, clauses, name, text


class Edited(CheckedChange):
    """Rows put in, taken out and exchanged, one after the other.

    The edits are no particulars: a journal keeps the rows that a change exchanges beside every change.
    """

    kind = "edited"
    label = text("Edited", "修改资料")

    edits: tuple[Edit, ...] = Field((), exclude=True)
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield the edit that cannot be made, or what keeps the rows from being a case."""
        try:
            self._result(state)
        except EditError as error:
            yield error.message

    def made(self, state: State) -> State:
        """Return the state with the rows edited."""
        return self._result(state)

    def _result(self, state: State) -> State:
        return state_of(edited(document_of(state), self.edits))

    def say(self, state: State) -> Message:
        """Say how many rows of which tables are new, changed or gone."""
        if not self.edits:
            return because(text("Rows edited", "修改资料"), self.reason)
        told = clauses(
            text("{table}: {n} {what}", "{table}：{what} {n} 行", table=_table(table), n=n, what=what)
            for table in dict.fromkeys(edit.table for edit in self.edits)
            for what, is_so in WHAT
            if (n := sum(is_so(edit) for edit in self.edits if edit.table == table))
        )
        return because(told, self.reason)


WHAT: tuple[tuple[Message, Callable[[Edit], bool]], ...] = (
    (text("new", "新增"), lambda edit: edit.before is None),
    (text("changed", "修改"), lambda edit: edit.before is not None and edit.after is not None),
    (text("gone", "删除"), lambda edit: edit.after is None),
)
"""What can become of a row."""


def _table(table: str) -> Message:
    field = Case.model_fields.get(table)
    return name(field.title if field and field.title else table, table)
