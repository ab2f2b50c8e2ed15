"""The workbook and the CSV files, read back."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from rota.case import Case
from rota.facts import Unit
from rota.plan import Plan
from rota.text import LANGUAGES, Language
from workbook.output.csv_files import export_csv
from workbook.output.names import Names
from workbook.output.session_table import session_columns
from workbook.output.sheet import A3
from workbook.output.xlsx import export_xlsx

SHEETS = {"zh": ["安排表", "场次", "均衡统计", "服务清单"], "en": ["Year", "Sessions", "Fairness", "Services"]}
PRIVATE = ("张联系", "13800138000", "secret@station.example")


def book_of(case: Case, plan: Plan, folder: Path, language: Language) -> Workbook:
    (path,) = export_xlsx(case, plan, folder, language)
    return load_workbook(path)


@pytest.fixture(scope="module")
def books(case: Case, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Workbook]:
    """The workbook in each language, read back; nobody changes it."""
    return {each: book_of(case, plan, tmp_path_factory.mktemp(each), each) for each in LANGUAGES}


def csv_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_its_four_sheets(books: dict[Language, Workbook], language: Language) -> None:
    assert books[language].sheetnames == SHEETS[language]


def test_sessions_have_a_row_per_part_and_headers_that_do_not_change(
    books: dict[Language, Workbook], case: Case, plan: Plan
) -> None:
    zh, en = (books[each].worksheets[1] for each in LANGUAGES)
    headers = [[cell.value for cell in sheet[1]] for sheet in (zh, en)]
    assert headers[0] == headers[1] == [column.header for column in session_columns(case, plan)]
    assert headers[0][:2] == ["场次编号 Session", "分场 Part"]
    assert zh.max_row == 1 + 6 + 19 + 30


def test_sessions_hold_dates_and_times_as_such_and_ids_as_text(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["场次"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["日期 Date"].value == dt.datetime(2023, 3, 18)  # noqa: DTZ001 - cells have no zone
    assert row["开始 Start"].value == dt.time(9, 30)
    assert row["场次编号 Session"].value == "opening@2023-03-18"
    assert row["场次编号 Session"].number_format == "@"
    assert row["轮值单位 Host"].value == "农商银行"


def test_sessions_are_frozen_and_filtered(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["场次"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:P56"


def test_name_that_looks_like_a_formula_stays_a_text(books: dict[Language, Workbook]) -> None:
    for sheet in books["zh"].worksheets:
        assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    cells = [cell for row in books["zh"]["场次"].iter_rows() for cell in row]
    assert any(cell.value == "=社区医院" and cell.data_type == "s" for cell in cells)


def test_wall_prints_on_a3_across_with_its_headers_on_every_page(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["安排表"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", A3)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$4"


def test_wall_has_a_column_group_per_site_and_months_in_one_cell(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["安排表"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert [sheet["F3"].value, sheet["M3"].value] == ["中心广场", "滨河公园"]
    assert {"F3:L3", "M3:S3", "A5:A10"} <= merged  # the opening's six points are March
    assert sheet["A5"].value == "2023年3月"


def test_wall_names_the_holiday_and_sums_up_the_fixed_service(case: Case, plan: Plan, tmp_path: Path) -> None:
    (path,) = export_xlsx(case, plan, tmp_path, "zh")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("安排表").to_python()
    assert [row[2:5] for row in rows if "劳动节" in row] == [[dt.date(2023, 4, 29), "周六", "劳动节"]]
    assert sum("周五律师咨询" in str(cell) for row in rows for cell in row) == 1


def test_wall_of_many_sites_has_one_column_for_each(case: Case, plan: Plan, tmp_path: Path) -> None:
    rounds = [s for s in plan.sessions if s.activity == "rotation"]
    spread = tuple(s.model_copy(update={"site": f"s{n % 5}"}) for n, s in enumerate(rounds))
    sheet = book_of(case, plan.model_copy(update={"sessions": spread}), tmp_path, "en")["Year"]
    assert [sheet.cell(3, column).value for column in range(6, 11)] == ["s0", "s1", "s2", "s3", "s4"]
    assert str(sheet["F5"].value).splitlines()[0] == "09:30–11:30 Rotating activity"


def test_fairness_has_a_chart_for_every_role_of_several(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["均衡统计"]
    assert len(sheet._charts) == 4  # type: ignore[attr-defined]
    assert [cell.value for cell in sheet[2]][:4] == ["轮值单位", "税务局", 7, 5.88]


def test_services_put_fixed_before_special_within_a_line(books: dict[Language, Workbook]) -> None:
    sheet = books["zh"]["服务清单"]
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=2) if row[0].value == "居民事务"]
    assert rows == [
        ["居民事务", "固定服务", "周五律师咨询"],
        ["居民事务", "特色服务", "启动仪式"],
        ["居民事务", "特色服务", "轮值活动"],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_plan_gives_the_same_bytes(case: Case, plan: Plan, tmp_path: Path, language: Language) -> None:
    for export in (export_xlsx, export_csv):
        first = [path.read_bytes() for path in export(case, plan, tmp_path / "a", language)]
        assert first == [path.read_bytes() for path in export(case, plan, tmp_path / "b", language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_contact_leaves_the_case(
    books: dict[Language, Workbook], case: Case, plan: Plan, tmp_path: Path, language: Language
) -> None:
    export_csv(case, plan, tmp_path, language)
    said = "".join(path.read_text("utf-8-sig") for path in tmp_path.glob("*.csv"))
    for sheet in books[language].worksheets:
        said += "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert [secret for secret in PRIVATE if secret in said] == []


def test_csv_begins_with_a_byte_order_mark_and_has_the_columns_of_the_sheet(
    case: Case, plan: Plan, tmp_path: Path
) -> None:
    sessions, turns, services = export_csv(case, plan, tmp_path, "zh")
    assert [path.name for path in (sessions, turns, services)] == ["sessions.csv", "turns.csv", "service-list.csv"]
    assert sessions.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = csv_rows(sessions)
    assert rows[0] == [column.header for column in session_columns(case, plan)]
    assert rows[1][:8] == ["opening@2023-03-18", "point1", "1", "启动仪式", "2023-03-18", "周六", "09:30", "11:30"]


def test_csv_disarms_what_a_spreadsheet_would_take_for_a_formula(case: Case, plan: Plan, tmp_path: Path) -> None:
    sessions, turns, _ = export_csv(case, plan, tmp_path, "zh")
    cells = [cell for path in (sessions, turns) for row in csv_rows(path) for cell in row]
    assert "'=社区医院" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


def test_turns_name_who_which_role_when_and_how_long(case: Case, plan: Plan, tmp_path: Path) -> None:
    _, turns, _ = export_csv(case, plan, tmp_path, "en")
    assert ["Mr Li", "Lawyer", "lawyers@2023-03-24", "main", "2023-03-24", "180"] in csv_rows(turns)


def test_cell_of_two_units_of_one_name_adds_their_ids(case: Case) -> None:
    twins = (Unit(id="east", name="书店"), Unit(id="west", name="书店"), Unit(id="mixed", name="甲、乙联合会"))
    names = Names(case.model_copy(update={"units": twins}), "zh")
    assert names.cells(["east", "west"]) == "书店 [east]、书店 [west]"
    assert names.cells(["mixed"]) == "mixed"
