"""Working copies of a published case, as folders and as workbooks: pulled, edited and synced."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from rota.changes.making import CheckedChange
from rota.changes.recognising import recognised
from rota.document import Document, State
from tests.cli.conftest import Rota
from tests.cli.copies import kinds, rows, set_cell, write
from workbook.basis import read_basis


def test_edits_of_a_folder_become_events(rota: Rota, published: Path) -> None:
    header = list(rows(published, "availability")[0])
    path = published / "availability.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))
    new = {"resource": "U02", "level": "不能", "first": "2026/5/9", "reason": "出差"}
    write(path, [*cells, [new.get(name, "") for name in header]])
    set_cell(published, "units", 0, name="税务分局")
    ended = rota("sync")
    assert ended.code == 0, ended.err
    assert kinds()[-2:] == ["unavailable", "edited"]
    assert rota("sync").out == "Nothing was edited.\n"
    assert (read := read_basis(published)) is not None
    assert read.sequence == len(kinds())


def test_edits_of_others_are_merged_and_come_along(rota: Rota, published: Path) -> None:
    set_cell(published, "units", 0, name_en="Tax branch")
    assert rota("change", "unit_left", "税务", "2026-06-30").code == 0
    assert "edits of its own" in rota("change", "settings_changed", "freeze_days=7").err
    assert rota("sync").code == 0
    unit = rows(published, "units")[0]
    assert (unit["name_en"], unit["left"]) == ("Tax branch", "2026-06-30")
    assert 'freeze_days = "7"' in (published / "rotation.toml").read_text("utf-8")


def test_a_stale_copy_with_a_contradiction_names_the_cell_and_records_nothing(rota: Rota, published: Path) -> None:
    set_cell(published, "units", 0, left="2026-08-31")
    assert rota("change", "unit_left", "税务", "2026-06-30").code == 0
    before = kinds()
    ended = rota("sync", "--lang", "zh")
    assert ended.code == 5
    assert "退出日期) 此处改为“2026-08-31”，而变更记录中已改为“2026-06-30”（原为“”）" in ended.err
    assert kinds() == before
    assert rota("sync", "--keep", "mine").code == 0
    assert rows(published, "units")[0]["left"] == "2026-08-31"


def test_most_rows_of_a_table_do_not_go_unasked(rota: Rota, published: Path) -> None:
    path = published / "contacts.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *body = list(csv.reader(file))
    assert body
    write(path, [header])
    ended = rota("sync", "--lang", "zh")
    assert (ended.code, f"联系人：少了 {len(body)} 行" in ended.err, "--allow-delete" in ended.err) == (5, True, True)
    assert rota("sync", "--allow-delete").code == 0
    assert rows(published, "contacts") == []


def test_rows_that_do_not_fit_what_others_did_are_named_at_their_cells(rota: Rota, published: Path) -> None:
    pins = published / "pins.csv"
    with pins.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))
    session = json.loads((published / "plan.json").read_text("utf-8"))["sessions"][2]["id"]
    write(pins, [*cells, [session, *[""] * (len(cells[0]) - 1)]])
    assert rota("change", "session_cancelled", session).code == 0
    ended = rota("sync")
    assert (ended.code, f'pins.csv:{len(cells) + 1} (A, session) "{session}" is no session' in ended.err) == (5, True)


def test_sync_can_be_tried(rota: Rota, published: Path) -> None:
    set_cell(published, "units", 0, name="税务分局")
    before = kinds()
    body = json.loads(rota("sync", "--dry-run", "--json").out)
    assert [change["kind"] for change in body["changes"]] == ["edited"]
    assert kinds() == before


def test_pull_does_not_overwrite_edits(rota: Rota, published: Path) -> None:
    set_cell(published, "units", 0, name="税务分局")
    ended = rota("pull")
    assert (ended.code, "was edited since" in ended.err) == (5, True)
    assert rota("pull", "--discard").code == 0
    assert rows(published, "units")[0]["name"] != "税务分局"


def test_where_most_rows_are_cut_off_that_is_said_rather_than_what_follows_from_it(rota: Rota, published: Path) -> None:
    path = published / "units.csv"
    path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:2]), "utf-8-sig")
    ended = rota("sync")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("Most rows are gone from these tables: units: 5 rows gone (")
    assert ended.err.count("\n") == 1
    assert '"U03" is not in units' in rota("sync", "--allow-delete").err


@pytest.mark.slow
def test_who_was_slower_is_merged_with_who_was_faster(
    rota: Rota, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_cell(published, "units", 0, name="税务分局")

    def slowly(before: State, after: Document) -> Sequence[CheckedChange]:
        patched.undo()
        assert rota("away", "U03", "2026-03-01").code == 0
        return recognised(before, after)

    with monkeypatch.context() as patched:
        patched.setattr("console.syncing.recognised", slowly)
        ended = rota("sync")
    assert ended.code == 0, ended.err
    assert kinds()[-2:] == ["unavailable", "edited"]
    assert rows(published, "units")[0]["name"] == "税务分局"
    assert rows(published, "availability")[-1]["resource"] == "U03"


@pytest.mark.parametrize("there", [None, (), (".DS_Store",)], ids=["missing", "empty", "without a case"])
def test_a_folder_to_pull_into_may_be_there(rota: Rota, published: Path, there: tuple[str, ...] | None) -> None:
    target = published.parent / "副本"
    if there is not None:
        target.mkdir()
        for file in there:
            (target / file).touch()
    ended = rota("pull", target)
    assert ended.code == 0, ended.err
    assert rows(target, "units") == rows(published, "units")
    assert rota("sync", target).out == "Nothing was edited.\n"


def edited(path: Path, *, cells: dict[str, Any]) -> None:
    book = load_workbook(path)
    for where, value in cells.items():
        sheet, _, cell = where.partition("!")
        book[sheet][cell] = value
    book.save(path)


@pytest.fixture
def book(
    rota: Rota, published: Path, made_once: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A workbook that was pulled from the published case: once for all tests, whose journals are copies of one."""
    path = published.parent / "轮值.xlsx"
    if ("book",) not in made_once:
        made_once["book",] = tmp_path_factory.mktemp("pulled") / path.name
        assert rota("pull", made_once["book",], "--lang", "zh").code == 0
    return Path(copyfile(made_once["book",], path))


def letters(book: Path) -> dict[str, str]:
    """The columns of the sheet of sessions by their Chinese headers."""
    row = next(load_workbook(book)["场次"].iter_rows(max_row=1, values_only=True))
    return {str(title).split()[0]: get_column_letter(number) for number, title in enumerate(row, start=1)}


@pytest.mark.slow
def test_a_workbook_edited_as_people_do_is_recorded(rota: Rota, published: Path, book: Path) -> None:
    opened = load_workbook(book)
    last, away = (opened[title].max_row + 1 for title in ("单位", "时间意向"))
    edited(
        book,
        cells={
            f"单位!A{last}": "U09",
            f"单位!B{last}": "河畔医院",
            f"单位!D{last}": "轮值",
            f"时间意向!A{away}": "U09",
            f"时间意向!B{away}": "不能",
            f"时间意向!C{away}": dt.datetime(2026, 5, 1),  # noqa: DTZ001 - Excel's
        },
    )
    ended = rota("sync", book)
    assert ended.code == 0, ended.err
    assert kinds()[-2:] == ["unit_joined", "unavailable"]
    assert rota("sync", book).out == "Nothing was edited.\n"
    assert rota("pull").code == 0
    assert rows(published, "units")[-1]["id"] == "U09"


@pytest.mark.slow
def test_a_deleted_row_and_sorted_rows_of_a_workbook(rota: Rota, published: Path, book: Path) -> None:
    opened = load_workbook(book)
    sheet = opened["单位"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(sorted(values, key=lambda each: str(each[0]), reverse=True), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    opened["时间意向"].delete_rows(2)
    opened.save(book)
    ended = rota("sync", book)
    assert ended.code == 0, ended.err
    assert kinds()[-2:] == ["available_again", "edited"]
    assert rota("pull").code == 0
    assert [unit["id"] for unit in rows(published, "units")] == sorted(
        (unit["id"] for unit in rows(published, "units")), reverse=True
    )


@pytest.mark.slow
def test_two_workbooks_from_the_same_state_are_merged(rota: Rota, published: Path, book: Path) -> None:
    other = published.parent / "另一份.xlsx"
    assert rota("pull", other).code == 0
    edited(book, cells={"单位!B2": "税务分局"})
    edited(other, cells={"单位!C2": "Tax branch", "单位!B3": "银行"})
    assert rota("sync", book).code == 0
    assert rota("sync", other).code == 0
    assert rota("pull").code == 0
    units = rows(published, "units")
    assert (units[0]["name"], units[0]["name_en"], units[1]["name"]) == ("税务分局", "Tax branch", "银行")


@pytest.mark.slow
def test_a_session_edited_in_the_sheet_of_sessions_is_a_checked_change(rota: Rota, published: Path, book: Path) -> None:
    column = letters(book)
    edited(book, cells={f"场次!{column['场地']}3": "会客角", f"场次!{column['日期']}3": "2026-01-25"})
    refused = rota("sync", book, "--lang", "zh")
    assert (refused.code, f"场次!{column['场地']}3 会客角" in refused.err) == (5, True), refused.err
    edited(book, cells={f"场次!{column['场地']}3": "多功能厅"})
    ended = rota("sync", book)
    assert ended.code == 0, ended.err
    assert "starts at 2026-01-25" in ended.out
    assert "Next: `rota replan`" in ended.out
    assert kinds()[-1] == "session_moved"
    assert rows(published, "pins") == []  # the folder is another working copy
    assert rota("pull").code == 0
    assert [pin["start"] for pin in rows(published, "pins")] == ["2026-01-25 09:30"]


@pytest.mark.slow
def test_a_breach_in_the_sheet_of_sessions_is_named_at_its_cell(rota: Rota, book: Path) -> None:
    column, sheet = letters(book), load_workbook(book)["场次"]
    host, other = (str(sheet[f"{column['轮值单位']}{row}"].value) for row in (4, 3))
    assert rota("away", host, f"{sheet[column['日期'] + '3'].value:%Y-%m-%d}", "--lang", "zh").code == 0
    edited(book, cells={f"场次!{column['轮值单位']}3": host, f"场次!{column['轮值单位']}4": other})
    before = kinds()
    ended = rota("sync", book, "--lang", "zh")
    assert (ended.code, f"场次!{column['轮值单位']}3 " in ended.err) == (5, True), ended.err
    assert kinds() == before


def test_a_copy_of_another_journal_is_not_taken(rota: Rota, published: Path, book: Path) -> None:
    (published / "journal.db").unlink()
    for rest in published.glob("journal.db-*"):
        rest.unlink()
    assert rota("apply").code == 0
    ended = rota("sync", book)
    assert (ended.code, "another journal" in ended.err) == (5, True)


def test_nothing_is_pulled_over_a_file_that_is_no_copy_of_the_case(rota: Rota, published: Path) -> None:
    budget = published.parent / "预算.xlsx"
    book = Workbook()
    book.save(budget)
    before = budget.read_bytes()
    for words in ((), ("--discard",)):
        ended = rota("pull", budget, *words, "--case", published, "--lang", "zh")
        assert (ended.code, ended.out) == (5, "")
        assert ended.err.startswith(f"{budget} 已存在，且不是“")
        assert ended.err.endswith("”的工作副本；未写入任何内容。请改用新的文件名：`rota pull 新文件.xlsx`。\n")
    assert budget.read_bytes() == before
