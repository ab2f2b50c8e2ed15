"""The desk: a case together with its journal, as commands that keep a plan alive see them."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.language import spoken
from console.loading import case_file, screen_for, usable
from console.places import has_journal, journal_of
from console.screen import Screen
from rota.document import document_of, edits_between, table_label
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.keeping.drafts import OPEN
from scheduler.keeping.journal import Journal
from workbook.basis import BASIS_FILE, read_basis

if TYPE_CHECKING:
    from rota.case import Case
    from rota.document import State
    from rota.plan import Plan
    from scheduler.keeping.drafts import Draft
    from scheduler.keeping.publication import Revision
    from workbook.reading import CaseFile


class DeskError(RotaError):
    """What a command is about is not in the journal, or differs from it."""


def now() -> dt.datetime:
    """Return the present moment."""
    return dt.datetime.now(tz=dt.UTC)


def who_acts(given: str | None = None) -> str:
    """Return the name under which changes are written down: the one given, ROTA_ACTOR, or that of the system's user."""
    if given or (given := os.environ.get("ROTA_ACTOR", "")):
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "?"


@dataclass(frozen=True)
class Desk:
    """An open journal, the stream that is meant in it, and the reader's screen.

    `place` is the working copy: the folder or workbook that the stream was read from; `found` is what was read there.
    """

    place: Path
    journal: Journal
    stream: str
    screen: Screen
    found: CaseFile | None = None

    def copy(self) -> CaseFile:
        """Return the working copy as it is; what was read before is read again only where files were written since."""
        return self.found if self.found is not None and self.found.is_current else case_file(self.place)

    @property
    def state(self) -> State:
        """What holds now."""
        return self.journal.state(self.stream)

    @property
    def newest(self) -> Revision:
        """The newest published revision.

        Raises:
            DeskError: nothing is published yet.
        """
        found = self.journal.newest(self.stream)
        if found is None:
            raise DeskError(
                text("Nothing is published yet. Use `rota apply`.", "尚未发布任何版本，请先运行 `rota apply`。")
            )
        return found

    def revision(self, number: int = 0) -> Revision:
        """Return a revision of this case, the newest for 0.

        Raises:
            RotaError: there is none.
        """
        if not number:
            return self.newest
        found = self.journal.revision(number)
        if found.stream != self.stream:
            raise DeskError(text("Revision {n} is one of another case.", "第 {n} 版属于另一份资料。", n=number))
        return found

    def plan(self, number: int = 0) -> Plan:
        """Return the plan of a revision of this case, the newest for 0.

        Raises:
            RotaError: there is none.
        """
        return self.journal.plan(self.revision(number).number)

    @property
    def draft(self) -> Draft:
        """The draft that waits for approval.

        Raises:
            DeskError: none does.
        """
        found = self.journal.drafts.newest(self.stream, *OPEN)
        if found is None:
            raise DeskError(
                text(
                    "No draft waits for approval. `rota engine` makes one where a change asks for it.",
                    "没有待批准的草案。资料变更后由 `rota engine` 生成。",
                )
            )
        return found

    def plan_of(self, draft: Draft) -> Plan:
        """Return the plan of a draft that is open."""
        if draft.plan is None:
            raise LookupError(draft.id)
        return draft.plan


def _refuse_where_it_was(place: Path) -> None:
    """Refuse a working copy whose journal lies somewhere else: another one would begin its history anew.

    Raises:
        DeskError: it came from a journal.
    """
    basis = read_basis(place)
    if basis is not None and basis.revision is not None:
        raise DeskError(
            text(
                "The journal of {place} is missing: it should be {journal}. This copy is of revision {number}. Put the "
                "journal back, name the place where it is in ROTA_JOURNAL, or fetch a backup with `rota restore`. To "
                "begin anew without it, remove {mark}.",
                "找不到 {place} 的变更记录：应为 {journal}。该资料来自第 {number} 版。请放回变更记录，或用环境变量 "
                "ROTA_JOURNAL 指明其位置，或用 `rota restore` 恢复备份。如确要另起新记录，请删除 {mark}。",
                place=str(place),
                journal=str(journal_of(place)),
                number=basis.revision,
                mark=BASIS_FILE,
            )
        )


def publishes(place: Path, case: Case) -> bool:
    """Tell whether a revision of a case is published."""
    if not has_journal(place):
        return False
    with Journal.open(journal_of(place), clock=now) as journal:
        return journal.newest(case.settings.id) is not None


@contextmanager
def opened(place: Path, lang: str | None, *, as_json: bool = False) -> Iterator[Desk]:
    """Open the journal of a case, which is read from its place.

    Raises:
        RotaError: there is none, or it does not know the case.
    """
    _refuse_without_journal(place)
    found = case_file(place)
    with _at(place, found.case, screen_for(found, lang, as_json=as_json)) as desk:
        yield replace(desk, found=found)


@contextmanager
def opened_for(place: Path, case: Case, screen: Screen) -> Iterator[Desk]:
    """Open the journal of a case that has been read already.

    Raises:
        RotaError: there is none.
    """
    _refuse_without_journal(place)
    with _at(place, case, screen) as desk:
        yield desk


@contextmanager
def _at(place: Path, case: Case | None, screen: Screen) -> Iterator[Desk]:
    with Journal.open(journal_of(place), clock=now) as journal:
        yield Desk(place, journal, case.settings.id if case else _only_stream(journal), screen)


def _refuse_without_journal(place: Path) -> None:
    """Refuse a place that nothing was published from.

    Raises:
        DeskError: it has no journal.
    """
    if not has_journal(place):
        _refuse_where_it_was(place)
        raise DeskError(
            text(
                "{place} has no journal yet: nothing was published. Make a plan with `rota plan`, publish it with "
                "`rota apply`.",
                "{place} 尚无变更记录：还没有发布过安排。请先用 `rota plan` 排班，再用 `rota apply` 发布。",
                place=str(place),
            )
        )


@contextmanager
def created(place: Path, case: Case, screen: Screen) -> Iterator[Desk]:
    """Open the journal that a case is published in, made where there is none."""
    if not has_journal(place):
        _refuse_where_it_was(place)
    with Journal.open(journal_of(place), clock=now, create=True) as journal:
        yield Desk(place, journal, case.settings.id, screen)


def _only_stream(journal: Journal) -> str:
    """Return the newest case of a journal, for a working copy that cannot be read."""
    return journal.streams()[-1]


def refuse_other_rows(desk: Desk, case: Case) -> None:
    """Let a working copy be used only as long as it says what the journal says.

    Raises:
        DeskError: it differs, with the tables and what to do.
    """
    tables = differing_tables(desk.state, case)
    if tables:
        raise DeskError(
            text(
                "{place} differs from the journal in {tables}. `rota sync` records what was edited, `rota pull` takes "
                "over what is recorded.",
                "{place} 与变更记录不一致：{tables}。`rota sync` 登记这些修改，`rota pull` 取回已登记的内容。",
                place=desk.place.name,
                tables=tables,
            )
        )


def differing_tables(state: State, case: Case) -> tuple[Message, ...]:
    """Return the tables in which a case differs from what a journal says of it."""
    mine = document_of(state.model_copy(update={"case": case}))
    names = dict.fromkeys(edit.table for edit in edits_between(document_of(state), mine))
    return tuple(table_named(name) for name in names)


def table_named(table: str) -> Message:
    """Say the name of a table in both languages."""
    return text("{english}", "{chinese}", english=table, chinese=table_label(table))


def working_copy(place: Path, lang: str | None, *, as_json: bool = False) -> tuple[Case, Screen]:
    """Return the case at a place, with its errors said."""
    return usable(place, lang, as_json=as_json)


def screen_of(lang: str | None, *, as_json: bool = False) -> Screen:
    """Return the screen where no case is known."""
    return Screen(spoken(lang, os.environ), as_json=as_json)
