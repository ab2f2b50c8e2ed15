"""Changes of a published case: said in names, tried, recorded; working copies are pulled, edited and synced."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from rota.changes.making import CheckedChange
from rota.changes.recognising import recognised
from rota.document import Document, State
from rota.plan import Plan
from tests.cli.conftest import Rota
from workbook.basis import read_basis


@pytest.fixture
def published(publish: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter case with its plan published; the working directory is the case."""
    monkeypatch.delenv("ROTA_JOURNAL", raising=False)
    monkeypatch.setenv("ROTA_ACTOR", "小李")
    case = publish("--actor", "小李", "--note", "第1版")
    monkeypatch.chdir(case)
    return case


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key.split()[-1]: cell for key, cell in row.items()} for row in csv.DictReader(file)]


def set_cell(folder: Path, table: str, number: int, **cells: str) -> None:
    """Type into a row of a CSV file, found by its number from 0; None takes the row out."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *body = list(csv.reader(file))
    names = [name.split()[-1] for name in header]
    for cell, value in cells.items():
        body[number][names.index(cell)] = value
    write(path, [header, *body])


def write(path: Path, cells: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(cells)


def kinds(rota: Rota) -> list[str]:
    return [each["kind"] for each in json.loads(rota("history", "--all", "--json").out)["changes"]]


SAID: list[tuple[list[str], str]] = [
    (["away", "税务", "2026-03-01..2026-03-10", "--reason", "盘点"], "(盘点)"),
    (
        ["change", "unit_joined", "U09", "河畔医院", "--groups", "轮值", "--contact", "王芳", "--phone", "021-1"],
        "joins",
    ),
    (["change", "unit_left", "税务", "2026-06-30"], "leaves; the last day is 2026-06-30"),
    (["change", "person_joined", "P09", "赵老师", "--unit", "税务"], "赵老师 joins"),
    (["change", "person_left", "P01", "2026-06-30"], "leaves"),
    (["change", "unavailable", "多功能厅", "2026-03-07"], "is closed on 2026-03-07"),
    (["change", "session_added", "rotation", "2026-04-01", "14:00", "--requester", "街道"], "An extra"),
    (["change", "session_cancelled", "第3场", "--reason", "台风"], "is cancelled (台风)"),
    (["change", "session_moved", "第3场", "2026-02-10 10:00", "--widen"], "starts at 2026-02-10"),
    (["change", "outcome_recorded", "第1场", "--served", "172"], "was held; 172 served"),
    (["change", "outcome_recorded", "第1场", "--not-held", "--note", "停电"], "was not held (停电)"),
    (["change", "room_set", "第2场", "会客角"], "takes place in"),
    (["change", "pinned", "第2场"], "Fixed"),
    (["change", "holiday_moved", "--off", "2026-05-06", "--name", "调休"], "2026-05-06 (Wed) off (调休)"),
    (
        ["change", "rule_changed", "extra", "most=3", "--kind", "load", "--priority", "2"],
        "A new rule: Load [extra]: how strongly priority 2; most 3",
    ),
    (["change", "rule_changed", "D04", "weight=5"], "weight 1 → 5"),
    (["change", "settings_changed", "freeze_days=7"], "freeze_days = 7"),
    (["change", "settings_changed", "冻结天数=7"], "freeze_days = 7"),
    (["swap", "第1场", "第2场"], "Confirmed"),
]


@pytest.mark.parametrize(("arguments", "told"), SAID, ids=[" ".join(said[:2]) for said, _ in SAID])
def test_a_change_is_said_in_names_and_kept(rota: Rota, published: Path, arguments: list[str], told: str) -> None:
    before = kinds(rota)
    ended = rota(*arguments)
    assert (ended.code, ended.err.replace(str(published), "").count("error")) == (0, 0), ended.err
    assert told in ended.out
    assert len(kinds(rota)) > len(before)
    assert rota("sync").out == "Nothing was edited.\n"  # the working copy was taken along


def test_an_order_goes_from_its_placing_to_its_withdrawal(rota: Rota, published: Path) -> None:
    activities = rows(published, "activities")
    assert activities[0]["id"] == "rotation"
    assert "orders" in rota("change", "order_placed", "rotation", "居民", "2026-05-20").out
    assert rows(published, "orders")[0]["id"] == "order-1"
    assert rota("change", "order_withdrawn", "order-1").code == 0
    assert rows(published, "orders") == []


def test_a_swap_is_asked_for_answered_and_confirmed(rota: Rota, published: Path) -> None:
    asked = rota("change", "swap_asked", "第1场", "第2场")
    assert (asked.code, "Request swap-1, asked: " in asked.out) == (0, True), asked.out
    assert rota("history").out.splitlines()[-1].startswith("Request swap-1, asked: ")
    early = rota("change", "swap_confirmed", "swap-1")
    assert (early.code, "has not answered yet" in early.err) == (5, True), early.err
    assert rota("change", "swap_answered", "swap-1", "yes").code == 0
    assert [each["stage"] for each in json.loads(rota("history", "--json").out)["requests"]] == ["agreed"]
    assert rota("change", "swap_confirmed", "swap-1").code == 0
    assert json.loads(rota("history", "--json").out)["requests"] == []
    assert len(rows(published, "pins")) == 4
    assert kinds(rota)[-3:] == ["swap_asked", "swap_answered", "swap_confirmed"]


def test_confirmed_turns_are_counted_where_the_plan_is_shown(rota: Rota, published: Path, solved: Plan) -> None:
    first, second = solved.sessions[:2]
    host = next(iter(first.parts[0].roles.values()))[0]
    assert "Turns confirmed" not in rota("show", "@").out
    ended = rota("change", "accepted", "第1场", host, "--case", str(published))
    assert (ended.code, ended.out.startswith("Confirmed: ")) == (0, True), ended.err
    assert "Turns confirmed: 1 of " in rota("show", "@").out
    elsewhere = rota("change", "accepted", "第2场", host)
    assert elsewhere.code == 5, elsewhere.out
    assert "according to the newest plan" in elsewhere.err, second.id


def test_a_coordinator_may_confirm_without_an_answer_and_says_so(rota: Rota, published: Path) -> None:
    assert rota("change", "swap_asked", "第1场", "第2场").code == 0
    ended = rota("change", "swap_confirmed", "swap-1", "--without-answer")
    assert (ended.code, "Confirmed without an answer: " in ended.out) == (0, True), ended.err
    assert len(rows(published, "pins")) == 4


def test_an_everyday_swap_notes_that_both_agree(rota: Rota, published: Path) -> None:  # noqa: ARG001 - it is published
    ended = rota("swap", "第1场", "第2场")
    assert "(both agree, as the coordinator notes)" in ended.out
    assert kinds(rota)[-3:] == ["swap_asked", "swap_answered", "swap_confirmed"]


BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""When all sessions of the year are still to come."""


@pytest.mark.parametrize(
    "said",
    [
        ["swap", "第1场", "第2场"],
        ["change", "swap_confirmed", "swap-1"],
        ["change", "seat_set", "第1场", "{second}"],
        ["change", "seat_set", "第1场", "{second}", "--instead-of", "{first}"],
    ],
    ids=["swap", "confirmed", "set", "set instead"],
)
def test_a_decision_that_breaks_a_rule_is_refused_with_the_rule(
    rota: Rota, published: Path, solved: Plan, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING)
    first, second = (session.serving("host")[0] for session in solved.sessions[:2])
    arguments = [word.format(first=first, second=second) for word in said]
    if "swap-1" in arguments:
        assert rota("change", "swap_asked", "第1场", "第2场").code == 0
        assert rota("change", "swap_answered", "swap-1", "yes").code == 0
    assert rota("away", second, f"{solved.sessions[0].start:%Y-%m-%d}").code == 0
    before = kinds(rota)
    for more in ([], ["--dry-run"]):
        ended = rota(*arguments, *more, "--lang", "zh")
        assert (ended.code, ended.out, ended.err.startswith("时间意向：")) == (5, "", True), ended.err
    assert kinds(rota) == before
    ended = rota(*arguments, "--force", "--lang", "zh")
    assert (ended.code, "--force" in ended.err) == (0, True), ended.err
    assert len(kinds(rota)) > len(before)
    assert len(rows(published, "pins")) > 0


@pytest.mark.usefixtures("published")
def test_a_session_is_moved_by_hand_where_another_can_host_and_not_put_where_it_does_not_fit(
    rota: Rota, solved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING)
    host = solved.sessions[2].serving("host")[0]
    assert rota("away", host, "2026-02-10").code == 0
    moved = ["change", "session_moved", "第3场", "2026-02-10 10:00", "--widen", "--lang", "zh"]
    ended = rota(*moved)
    assert (ended.code, ended.err.startswith("时间意向：")) == (0, True), ended.err
    assert "`rota replan` 会寻找改动最少的修复办法" in ended.err
    for fixed in (["room_set", "第5场", "会客角"], ["pinned", "第5场", "--room", "会客角"]):
        before = kinds(rota)
        ended = rota("change", *fixed, "--lang", "zh")
        said = ended.err.splitlines()
        assert (ended.code, said[0][:5], said[1].partition("不可能安排")[2][:3]) == (5, "场地适配：", "会客角"), (
            ended.err
        )
        assert kinds(rota) == before
    assert rota("change", "room_set", "第5场", "会客角", "--force").code == 0


def test_a_decision_about_what_is_past_is_not_judged(
    rota: Rota, published: Path, solved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING.replace(month=12))
    second = solved.sessions[1].serving("host")[0]
    assert rota("away", second, f"{solved.sessions[0].start:%Y-%m-%d}").code == 0
    assert rota("change", "seat_set", "第1场", second).code == 0
    assert rows(published, "pins")[0]["resource"] == second


def test_a_change_that_is_only_tried_changes_nothing(rota: Rota, published: Path) -> None:
    before = kinds(rota)
    assert rota("away", "税务", "2026-03-01", "--dry-run").code == 0
    assert kinds(rota) == before
    assert rows(published, "availability")[-1]["first"] != "2026-03-01"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["away", "税务", "2026-13-01"], "is not a date"),
        (["away", "税务", "2026-03-09..2026-03-01"], 'last "2026-03-01" ends before it begins'),
        (
            ["change", "order_placed", "rotation", "居民", "2026-02-30"],
            'days "2026-02-30" is not a date; e.g. 2027-01-08\n',
        ),
        (["away", "税物所所", "2026-03-01"], "税物所所"),
        (["away", "税务", "2031-03-01"], "lies outside the horizon"),
        (["change", "settings_changed", "freeze_days"], "not in the form KEY=VALUE"),
        (["change", "rule_changed", "x", "--kind", "lode"], 'there is no rule "lode"'),
        (["change", "rule_changed", "D04", "weight=heavy"], 'weight "heavy" is not a whole number'),
        (["change", "session_moved", "第3场", "2026-11-30 10:00"], "cannot start at"),
        (["change", "swap_confirmed", "s9"], 'There is no request "s9"'),
    ],
)
def test_what_cannot_be_changed_is_refused_with_the_reason(
    rota: Rota, published: Path, arguments: list[str], told: str
) -> None:
    before = kinds(rota)
    ended = rota(*arguments)
    assert (ended.code, told in ended.err) == (5, True), ended.err
    assert kinds(rota) == before
    assert not (published / ".rota.json").exists()


@pytest.mark.parametrize("arguments", [["away", "", "2026-03-01"], ["change", "pinned", " "], ["swap", "第1场", ""]])
def test_an_empty_argument_is_a_slip_of_usage(rota: Rota, published: Path, arguments: list[str]) -> None:
    ended = rota(*arguments, "--case", published, "--lang", "zh")
    assert (ended.code, "缺少参数" in ended.err) == (2, True), ended.err


def test_before_anything_is_published_the_files_are_edited(rota: Rota, planned: Path) -> None:
    ended = rota("away", "税务", "2026-03-01", "--case", planned)
    assert (ended.code, "rota apply" in ended.err) == (5, True)


# Working copies.


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
    assert kinds(rota)[-2:] == ["unavailable", "edited"]
    assert rota("sync").out == "Nothing was edited.\n"
    assert (read := read_basis(published)) is not None
    assert read.sequence == len(kinds(rota))


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
    before = kinds(rota)
    ended = rota("sync", "--lang", "zh")
    assert ended.code == 5
    assert "退出日期) 此处改为“2026-08-31”，而变更记录中已改为“2026-06-30”（原为“”）" in ended.err
    assert kinds(rota) == before
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
    before = kinds(rota)
    body = json.loads(rota("sync", "--dry-run", "--json").out)
    assert [change["kind"] for change in body["changes"]] == ["edited"]
    assert kinds(rota) == before


@pytest.mark.usefixtures("published")
def test_a_new_rule_without_a_kind_is_asked_for_one(rota: Rota) -> None:
    ended = rota("change", "rule_changed", "neu", "most=3", "--lang", "zh")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith(
        "尚无规则“neu”；如为新增，请写明规则种类：--kind 种类（可用 `rota rules` 查看）。已有规则："
    )


def test_pull_does_not_overwrite_edits(rota: Rota, published: Path) -> None:
    set_cell(published, "units", 0, name="税务分局")
    ended = rota("pull")
    assert (ended.code, "was edited since" in ended.err) == (5, True)
    assert rota("pull", "--discard").code == 0
    assert rows(published, "units")[0]["name"] != "税务分局"


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
    assert kinds(rota)[-2:] == ["unavailable", "edited"]
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
    assert kinds(rota)[-2:] == ["unit_joined", "unavailable"]
    assert rota("sync", book).out == "Nothing was edited.\n"
    assert rota("pull").code == 0
    assert rows(published, "units")[-1]["id"] == "U09"


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
    assert kinds(rota)[-2:] == ["available_again", "edited"]
    assert rota("pull").code == 0
    assert [unit["id"] for unit in rows(published, "units")] == sorted(
        (unit["id"] for unit in rows(published, "units")), reverse=True
    )


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
    assert kinds(rota)[-1] == "session_moved"
    assert rows(published, "pins") == []  # the folder is another working copy
    assert rota("pull").code == 0
    assert [pin["start"] for pin in rows(published, "pins")] == ["2026-01-25 09:30"]


def test_a_breach_in_the_sheet_of_sessions_is_named_at_its_cell(rota: Rota, book: Path) -> None:
    column, sheet = letters(book), load_workbook(book)["场次"]
    host, other = (str(sheet[f"{column['轮值单位']}{row}"].value) for row in (4, 3))
    assert rota("away", host, f"{sheet[column['日期'] + '3'].value:%Y-%m-%d}", "--lang", "zh").code == 0
    edited(book, cells={f"场次!{column['轮值单位']}3": host, f"场次!{column['轮值单位']}4": other})
    before = kinds(rota)
    ended = rota("sync", book, "--lang", "zh")
    assert (ended.code, f"场次!{column['轮值单位']}3 " in ended.err) == (5, True), ended.err
    assert kinds(rota) == before


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
