"""Where things lie when nobody says so: the case above the working directory, the plan beside the case."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rota.problem import RotaError
from rota.text import text

MARKER = "rotation.toml"


class NothingHereError(RotaError):
    """No case, or no plan, lies where it would by default."""


def case_at(given: Path | None, beside: Path | None = None) -> Path:
    """Return the case: the one given, else the one that `beside` lies in, else the nearest at or above this directory.

    Raises:
        NothingHereError: there is none.
    """
    if given is not None:
        return given
    for start in (beside.resolve().parent if beside else None, Path.cwd()):
        for folder in (start, *start.parents) if start else ():
            if (folder / MARKER).is_file():
                return folder
            books = sorted(folder.glob("*.xlsx")) if folder == start else []
            if beside is not None and (book := _book_of(beside, books)):
                return book
    raise NothingHereError(
        text(
            "There is no case here: no {marker} in this folder or above. "
            "Name the case (--case), or make one with `rota new`.",
            "此处没有排班资料：当前文件夹及上级文件夹中没有 {marker}。请写明资料位置（--case），或用 `rota new` 新建。",
            marker=MARKER,
        )
    )


def case_and_plan(case: Path | None, plan: Path | None) -> tuple[Path, Path | None]:
    """Return where the case lies, and the plan if one is named: a single file of JSON is a plan, not a case.

    Raises:
        NothingHereError: there is no case.
    """
    if plan is None and case is not None and case.suffix == ".json":
        case, plan = None, case
    return case_at(case, plan), plan


def lies_beside_case(plan: Path) -> bool:
    """Tell whether the case of a plan can be found from where the plan, or the reader, is."""
    try:
        case_at(None, plan)
    except NothingHereError:
        return False
    return True


def _book_of(plan: Path, books: list[Path]) -> Path | None:
    return next((book for book in books if plan_of(book).resolve() == plan.resolve()), None)


def plan_of(case: Path) -> Path:
    """Return where the plan of a case lies by default: inside its folder, or beside its workbook."""
    return case / "plan.json" if case.is_dir() else case.with_name(f"{case.stem}.plan.json")


def journal_of(case: Path) -> Path | str:
    """Return where the journal of a case is kept: at ROTA_JOURNAL, else where the settings say, else beside the case.

    A URL names a PostgreSQL database.
    """
    from workbook.layout import SETTINGS, layout_of  # noqa: PLC0415 - `rota --help` needs none of it
    from workbook.settings import stated_setting  # noqa: PLC0415

    stated = os.environ.get("ROTA_JOURNAL", "")
    if stated:
        return stated if "://" in stated else Path(stated)
    folder = case if case.is_dir() else case.parent
    stated = stated_setting(case, layout_of(()).table[SETTINGS], "journal") if case.exists() else ""
    if stated:
        return stated if "://" in stated else folder / stated
    return case / "journal.db" if case.is_dir() else case.with_name(f"{case.stem}.journal.db")


def has_journal(place: Path) -> bool:
    """Tell whether a case has a journal: then that is the truth, and the case is a working copy."""
    where = journal_of(place)
    if isinstance(where, Path):
        return where.is_file()
    from scheduler.keeping.database import holds_journal  # noqa: PLC0415 - most journals are files

    return holds_journal(where)


def revision_named(plan: Path | None) -> int | None:
    """Return the number of the revision that is meant by `@3`, 0 for the newest by `@`; None for anything else."""
    found = re.fullmatch(r"@(\d*)", str(plan)) if plan else None
    return int(found[1] or 0) if found else None


def names_draft(plan: Path | None) -> bool:
    """Tell whether `@draft` is meant: what the engine proposes."""
    return str(plan) == "@draft"


def previous_of(plan: Path) -> Path:
    """Return where the plan before this one is kept."""
    return plan.with_name(f"{plan.stem}.previous{plan.suffix}")


def plan_at(given: Path | None, case: Path) -> Path:
    """Return the plan: the one given, else the one that lies beside the case.

    Raises:
        NothingHereError: there is none.
    """
    found = given or plan_of(case)
    if not found.is_file():
        raise NothingHereError(
            text(
                "There is no plan at {path}. Make one with `rota plan`.",
                "{path} 处没有轮值安排。请先运行 `rota plan`。",
                path=str(found),
            )
        )
    return found
