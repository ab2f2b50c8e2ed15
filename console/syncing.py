"""`rota sync` and `rota pull`: edits of a working copy go into the journal, and what holds comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from console.belonging import base_of, erased_since, refuse_foreign
from console.desk import table_named, who_acts
from console.hints import hint, suggest_replan
from console.loading import case_file, problem_line
from constraints.deciding import breaches_of
from constraints.reading import rule_problems
from constraints.registry import catalogue
from rota.changes.making import CheckedChange
from rota.changes.recognising import recognised
from rota.document import BESIDE, SETTINGS, Document, State, document_of, state_of
from rota.inspection import inspect
from rota.merging import Merge, Side, mass_deletions, merge, unedited
from rota.problem import RotaError
from rota.row_title import row_title
from rota.text import Language, Message, clauses, several, text
from scheduler.keeping.again import until_first
from workbook.basis import Basis, BasisError, read_basis
from workbook.conflicts import conflict_at, merged_at
from workbook.grid import Located
from workbook.layout import layout_of
from workbook.reading import SESSIONS_SHEET, WORKBOOK_SUFFIXES, CaseFile
from workbook.session_edits import SessionEdits, Written, session_edits
from workbook.sources import TOML_FILE, sheet_grids
from workbook.working_copy import WorkingCopy, refresh_copy, write_copy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.desk import Desk
    from rota.case import Case
    from rota.document import Cells, Fields
    from scheduler.keeping.chain import Head

MOST_NAMED = 5
"""So many rows of a table are named in a line."""
NAMES = frozenset({"name", "name_en"})
"""The fields that a person is called by in the sheet of sessions."""


TRIED = text("Only tried, nothing is recorded:", "仅为试行，未登记：")


class SyncError(RotaError):
    """A working copy cannot be recorded; its problems were said one by one."""


@dataclass(frozen=True)
class Edits:
    """A working copy against the state that it came from and the one that holds now."""

    desk: Desk
    file: CaseFile
    head: Head
    now: State
    basis: Basis | None
    base: State
    erased: Cells
    """Cells of `base` that were erased since the working copy was written: what it still says there is no edit."""

    @classmethod
    def read(cls, desk: Desk, source: Path) -> Edits:
        """Read a working copy, and what it came from.

        Raises:
            RotaError: it has errors, or came from another journal.
        """
        file = case_file(source)
        _note(desk, file.errors)
        case = file.required()
        head, now = desk.journal.at(case.settings.id)
        basis = read_basis(source)
        base = base_of(desk, source, case.settings.id, basis)
        edits = cls(desk, file, head, now, basis, base, erased_since(desk, case.settings.id, basis))
        edits.warn_of_erased()
        return edits

    @property
    def case(self) -> Case:
        """The case as the working copy says it."""
        return self.file.required()

    @cached_property
    def typed(self) -> Document:
        """The rows of the working copy as they stand there; it holds nothing of what people asked or answered."""
        rows = document_of(State(case=self.case))
        return {table: each for table, each in rows.items() if table not in BESIDE}

    @cached_property
    def mine(self) -> Document:
        """The rows of the working copy, without what was erased since it was written."""
        return unedited(document_of(self.base), self.typed, self.erased)

    def warn_of_erased(self) -> None:
        """Say in which tables the working copy holds what was erased, or something typed over it."""
        tables = [table_named(table) for table, rows in self.mine.items() if rows != self.typed[table]]
        if tables:
            self.desk.screen.note(
                text(
                    "{place} still holds texts that were erased ({tables}). They stay erased; what is to stand there "
                    "instead is typed in when the working copy is up to date.",
                    "{place} 中仍有已抹除的个人信息（{tables}），不会恢复。如需填写新内容，请在工作副本更新后再填。",
                    place=self.file.path.name,
                    tables=tables,
                )
            )

    @property
    def any(self) -> bool:
        """Whether something was edited in the tables, or in the sheet of sessions."""
        base = document_of(self.base)
        return any(base[table] != rows for table, rows in self.mine.items()) or bool(
            (edits := self.sessions(self.now)) and (edits.changes or edits.problems)
        )

    def deletions(self) -> Mapping[str, tuple[Fields, ...]]:
        """Return the rows that are gone, by table, where they are too many to go unasked."""
        return mass_deletions(document_of(self.base), self.mine)

    def merged(self, keep: Side | None) -> Merge:
        """Return what was edited here and elsewhere since."""
        return merge(document_of(self.base), document_of(self.now), self.mine, keep)

    def problems(self, merged: Merge) -> list[Located]:
        """Return all contradictions, or else what is wrong with the merged rows, by cell."""
        if merged.conflicts:
            return [conflict_at(conflict, self.case, self.file.readings) for conflict in merged.conflicts]
        case = state_of(merged.document).case
        found = [*inspect(case), *rule_problems(case)]
        errors = [problem for problem in found if problem.severity == "error"]
        return [merged_at(problem, merged.document, self.mine, self.file.readings) for problem in errors]

    def sessions(self, after: State, keep: Side | None = None) -> SessionEdits | None:
        """Return what was edited in the sheet of sessions, to be made in the state `after`."""
        if self.file.path.suffix.lower() not in WORKBOOK_SUFFIXES or not self.basis or self.basis.revision is None:
            return None
        grid = next((grid for grid in sheet_grids(self.file.path) if grid.source == SESSIONS_SHEET), None)
        if grid is None or not grid.rows:
            return None
        people = self.base.case.people
        forgotten = frozenset(people[row].id for row, cells in self.erased.get("people", {}).items() if cells & NAMES)
        written = Written(self.base.case, self.desk.plan(self.basis.revision), self.basis.language, forgotten)
        return session_edits(grid, written, after, self.desk.plan(), breaches_of, keep)


# Recording what was edited.


def sync(
    desk: Desk,
    source: Path,
    actor: str | None,
    *,
    dry_run: bool = False,
    allow_delete: bool = False,
    keep: Side | None = None,
) -> None:
    """Record what was edited in a working copy, and bring it up to date.

    Raises:
        SyncError: there are contradictions, or the rows do not fit together; nothing is recorded.
        RotaError: it cannot be read, or too many rows are gone.
    """

    def attempt() -> tuple[Edits, Sequence[CheckedChange]]:
        if not allow_delete:
            _refuse_cut_off(desk, source)
        edits = Edits.read(desk, source)
        changes = _wanted(edits, allow_delete=allow_delete, keep=keep)
        if changes and not dry_run:
            who, head = who_acts(actor), edits.head
            desk.journal.record_all(head.stream, changes, actor=who, expected=head.version)
        return edits, changes

    edits, changes = until_first(attempt)  # where others are faster, their changes are merged as well
    hint(desk, edits.now, _say(desk, edits.now, changes, recorded=not dry_run))
    if dry_run:
        return
    refresh(desk, source, edits.typed, edits.head.stream)
    suggest_replan(desk, edits.now.case)


def _wanted(edits: Edits, *, allow_delete: bool, keep: Side | None) -> Sequence[CheckedChange]:
    """Return what was edited, as changes of what holds now.

    Raises:
        SyncError: there are contradictions, or the rows do not fit together, or too many rows are gone.
    """
    desk, gone = edits.desk, edits.deletions()
    if gone and not allow_delete:
        raise SyncError(_too_many_gone(edits.base.case, gone))
    merged = edits.merged(keep)
    problems = edits.problems(merged)
    _note(desk, problems)
    _refuse(desk, problems, DECIDE if merged.conflicts else CORRECT)
    changes, after = _made(edits.now, recognised(edits.now, merged.document))
    if sessions := edits.sessions(after, keep):
        _note(desk, sessions.problems)
        _refuse(desk, sessions.errors, CORRECT)
        changes = (*changes, *sessions.changes)
    return changes


def _made(state: State, changes: Sequence[CheckedChange]) -> tuple[Sequence[CheckedChange], State]:
    for change in changes:
        state = change.applied(state)
    return changes, state


def _refuse(desk: Desk, problems: Sequence[Located], advice: Message) -> None:
    """Let nothing be recorded where something is wrong, which was said."""
    if problems:
        desk.screen.emit({"recorded": 0, "problems": [problem.say(desk.screen.language) for problem in problems]})
        raise SyncError(
            text(
                "Nothing was recorded ({n} to be put right). {advice}",
                "未登记任何修改（{n} 处待处理）。{advice}",
                n=len(problems),
                advice=advice,
            )
        )


CORRECT = text("Correct it and sync again.", "请改正后重新同步。")
DECIDE = text(
    "Enter what is to hold and sync again, or decide for all: --keep mine or --keep theirs.",
    "请填入应采用的内容后重新同步；也可统一处理：--keep mine（以本文件为准）或 --keep theirs（以变更记录为准）。",
)


def _refuse_cut_off(desk: Desk, source: Path) -> None:
    """Say that most rows of a table are gone, where the rest of the case cannot be read because of that.

    Raises:
        SyncError: they are gone, in a working copy with errors.
    """
    file = case_file(source)
    if file.case is not None:
        return
    read = {table: reading for table, reading in file.readings.items() if not reading.problems and table != SETTINGS}
    rows = {table: [row.model_dump(mode="json") for row in reading.rows] for table, reading in read.items()}
    base = base_of(desk, source, desk.stream, read_basis(source))
    if gone := mass_deletions(document_of(base), rows):
        raise SyncError(_too_many_gone(base.case, gone))


def _too_many_gone(base: Case, gone: Mapping[str, tuple[Fields, ...]]) -> Message:
    tables = [
        text(
            "{table}: {n} gone ({rows})",
            "{table}：少了 {n}（{rows}）",
            table=table_named(table),
            n=several(len(rows), "row", "行"),
            rows=_named(base, table, rows),
        )
        for table, rows in gone.items()
    ]
    return text(
        "Most rows are gone from these tables: {tables}. If that is meant, add --allow-delete; nothing was recorded.",
        "以下表中大部分内容已被删除：{tables}。如确需删除，请加 --allow-delete；未登记任何修改。",
        tables=clauses(tables),
    )


def _named(base: Case, table: str, rows: Sequence[Fields]) -> tuple[Message | str, ...]:
    model = layout_of(()).table[table].model
    titles = tuple(row_title(base, model.model_validate(row)) for row in rows[:MOST_NAMED])
    return (*titles, "…") if len(rows) > MOST_NAMED else titles


def _note(desk: Desk, problems: Iterable[Located]) -> None:
    for problem in problems:
        desk.screen.note(problem_line(desk.screen, problem))


def _say(desk: Desk, state: State, changes: Sequence[CheckedChange], *, recorded: bool) -> State:
    """Say each change in the state before it; return what they lead to."""
    lines = []
    for change in changes:
        lines.append(change.say(state).say(desk.screen.language))
        state = change.applied(state)
    if lines and not recorded:
        desk.screen.say(TRIED)
    desk.screen.each(lines or [text("Nothing was edited.", "没有修改。")])
    kinds = [{"kind": change.kind, "said": line} for change, line in zip(changes, lines, strict=True)]
    desk.screen.emit({"recorded": len(changes) if recorded else 0, "changes": kinds})
    return state


# Taking over what holds.


def pull(desk: Desk, target: Path, *, discard: bool = False) -> None:
    """Write what holds now as a working copy, or bring one up to date.

    Raises:
        SyncError: the working copy was edited, and the edits are not to be discarded.
        DeskError: it is none of this case.
    """
    if not _holds_case(target):
        for path in write_copy(_copy(desk, desk.stream, desk.screen.language), target, catalogue()):
            desk.screen.say(str(path))
        return
    refuse_foreign(desk, target)
    rows: Document = {}
    try:
        edits = Edits.read(desk, target)
    except RotaError:
        if not discard:
            raise
    else:
        if edits.any and not discard:
            raise SyncError(
                text(
                    "{path} was edited since it was written. `rota sync` records the edits; --discard drops them.",
                    "{path} 中有尚未登记的修改。`rota sync` 可登记这些修改；--discard 则放弃它们。",
                    path=target.name,
                )
            )
        rows = edits.typed
    refresh(desk, target, rows, desk.stream)
    desk.screen.say(text("{path} is up to date.", "{path} 已是最新。", path=str(target)))


def _holds_case(target: Path) -> bool:
    return target.is_file() or (target / TOML_FILE).is_file() or any(target.glob("*.csv"))


def follow(desk: Desk, before: State) -> None:
    """Bring the working copy up to date that nobody has edited, or say what to do where somebody does."""
    case = desk.copy().case
    if case == before.case:
        refresh(desk, desk.place, document_of(before), desk.stream)
        return
    if case is not None and not (edits := Edits.read(desk, desk.place)).any:  # only what others recorded is missing
        refresh(desk, desk.place, edits.typed, desk.stream)
        return
    desk.screen.note(
        text(
            "{place} has edits of its own; `rota sync` records them and takes over this change.",
            "{place} 中有尚未登记的修改；`rota sync` 可登记这些修改并取回本次变更。",
            place=desk.place.name,
        )
    )


def refresh(desk: Desk, path: Path, rows: Document, stream: str) -> None:
    """Bring a working copy up to date that says `rows` by now; only tables that differ are written."""
    known = _language_of(path)
    copy = _copy(desk, stream, known or desk.journal.state(stream).case.settings.language)
    now = document_of(State(case=copy.case))
    stale = [table for table in now if table not in BESIDE and rows.get(table) != now[table]]
    for written in refresh_copy(copy, path, stale, catalogue()):
        desk.screen.note(str(written))


def _language_of(path: Path) -> Language | None:
    """Return the language in which a working copy was written, where it says so."""
    try:
        basis = read_basis(path)
    except BasisError:
        return None
    return basis.language if basis else None


def _copy(desk: Desk, stream: str, language: Language) -> WorkingCopy:
    erasures = desk.journal.erasures  # before the state: what is erased in between is looked at once more
    head, state = desk.journal.at(stream)
    newest = desk.journal.newest(stream)
    basis = Basis(
        stream=stream,
        sequence=head.sequence,
        digest=head.digest,
        revision=newest.number if newest else None,
        language=language,
        erasures=erasures,
    )
    return WorkingCopy(state.case, desk.journal.plan(newest.number) if newest else None, basis)
