"""Which journal and which state a working copy came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.desk import DeskError
from console.loading import case_file
from rota.problem import RotaError
from rota.text import text
from workbook.basis import read_basis

if TYPE_CHECKING:
    from console.desk import Desk
    from rota.document import Cells, State
    from workbook.basis import Basis


def base_of(desk: Desk, place: Path, stream: str, basis: Basis | None) -> State:
    """Return the state that a working copy came from; one that was never pulled is what the journal began with.

    Raises:
        DeskError: it came from another journal.
    """
    if basis is None:
        return desk.journal.state(stream, _first(desk, stream))
    head, state = desk.journal.at(stream, basis.sequence)
    if (basis.stream, basis.digest) != (stream, head.digest):
        raise DeskError(
            text(
                "{place} was written from another journal, or from this one before a backup took its place; so nothing "
                "shows what was edited in it, and nothing was recorded or written. Take a new copy with `rota pull "
                "NEW.xlsx` and enter the edits there; `rota pull {place} --discard` drops them.",
                "{place} 来自另一份变更记录，或写于变更记录由备份恢复之前，无法判断其中的改动；未登记也未写入任何内容。"
                "请用 `rota pull 新文件.xlsx` 取得新的副本，再在其中修改；如放弃其中的修改，请用 `rota pull {place} "
                "--discard`。",
                place=place.name,
            )
        )
    return state


def erased_since(desk: Desk, stream: str, basis: Basis | None) -> Cells:
    """Return the cells of the state that a working copy came from, as far as any were erased since."""
    if desk.journal.erasures == (basis.erasures if basis else 0):
        return {}
    return desk.journal.erased(stream, basis.sequence if basis else _first(desk, stream))


def refuse_foreign(desk: Desk, target: Path) -> None:
    """Let nothing be written over a file that is no copy of this case, whatever it is.

    Raises:
        DeskError: it is none.
    """
    if target.resolve() == desk.place.resolve() or _came_from(target) == desk.stream:
        return
    raise DeskError(
        text(
            "{target} exists and is no working copy of {case}; nothing was written. Name a file that does not exist "
            "yet: `rota pull NEW.xlsx`.",
            "{target} 已存在，且不是“{case}”的工作副本；未写入任何内容。请改用新的文件名：`rota pull 新文件.xlsx`。",
            target=str(target),
            case=desk.state.case.settings.label,
        )
    )


def _came_from(target: Path) -> str:
    """Return the id of the case that a file or folder holds; nothing where it holds none."""
    try:
        if basis := read_basis(target):
            return basis.stream
        found = case_file(target).case
    except RotaError:
        return ""
    return found.settings.id if found else ""


def _first(desk: Desk, stream: str) -> int:
    return next(iter(desk.journal.changes(stream))).sequence
