"""The ledger on the terminal, in files and on a page."""

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.case import Case
from rota.demand import HistoricTurn, Outcome
from rota.ledger import Ledger, Standing, ledger, standings
from rota.plan import Plan
from rota.text import LANGUAGES, Language, text
from rota.width import display_width
from tests.output.test_pages import Page
from tests.output.test_print import RequireComponent, pages_of, picture_size
from workbook.output.browser import found_browser
from workbook.output.ledger_chart import PLOT, chart, shaded
from workbook.output.ledger_page import ROWS, ledger_html
from workbook.output.ledger_table import ledger_table, write_ledger_csv, write_ledger_workbook
from workbook.output.names import Names

TODAY = dt.date(2024, 1, 1)


@pytest.fixture(scope="module")
def book(case: Case, plan: Plan) -> Ledger:
    """All of 2023 taken to be held: three hosts at the opening, one in each of 19 rounds, three turns in 2022."""
    return ledger(case, plan, TODAY, assume_held=True)


@pytest.fixture(scope="module")
def found(case: Case, book: Ledger) -> tuple[Standing, ...]:
    return standings(case, book)


def test_table_has_one_line_per_resource_and_year_columns(
    case: Case, book: Ledger, found: tuple[Standing, ...]
) -> None:
    lines = ledger_table(case, book, found, "en", 160).splitlines()
    assert lines[0] == "Host: 25 turns"
    assert lines[1].split() == ["Who", "2022", "2023", "Turns", "Fair", "target", "Deviation", "Minutes"]
    tax = next(line for line in lines if line.startswith("Tax Office"))
    # 2023: the opening, rounds 3 and 6 by turns of three, 8, 12, 16 and 20 by turns of four
    assert tax.split()[2:5] == ["2", "7", "9"]
    # the history names no activity, so nobody knows how long its turns were
    assert tax.split()[-1] == f"{7 * 120}+"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 90])
def test_table_fits_its_width(
    case: Case, book: Ledger, found: tuple[Standing, ...], language: Language, width: int
) -> None:
    units = tuple(unit.model_copy(update={"name": "很" * 60, "name_en": "Very " * 30}) for unit in case.units)
    wordy = case.model_copy(update={"units": units})
    lines = ledger_table(wordy, book, found, language, width).splitlines()
    assert max(map(display_width, lines)) <= width


def test_roles_without_turns_are_named_below(case: Case) -> None:
    book = ledger(case, None, TODAY)
    said = ledger_table(case, book, standings(case, book), "zh", 160)
    assert said.startswith("轮值单位：3 次")
    assert said.endswith("尚无记录的岗位：协办单位、讲师、律师。")


def test_csv_holds_the_sums_and_nothing_that_is_a_formula(
    case: Case, book: Ledger, found: tuple[Standing, ...], tmp_path: Path
) -> None:
    path = tmp_path / "ledger.csv"
    write_ledger_csv(case, book, found, path, "zh")
    head, *rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
    assert head[:5] == ["岗位 Role", "对象 Who", "2022", "2023", "次数 Turns"]
    assert len(rows) == len(found)
    assert "'=社区医院" in [row[1] for row in rows]
    hosts = [row for row in rows if row[0] == "轮值单位"]
    assert sum(int(row[4]) for row in hosts) == 25
    assert sum(float(row[5]) for row in hosts) == pytest.approx(25, abs=0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_holds_the_sums_and_every_turn(
    case: Case, book: Ledger, found: tuple[Standing, ...], tmp_path: Path, language: Language
) -> None:
    path = tmp_path / "ledger.xlsx"
    write_ledger_workbook(case, book, found, path, language)
    made = load_workbook(path)
    assert made.sheetnames == (["轮值账本", "次数"] if language == "zh" else ["Fairness ledger", "Turns"])
    assert made.worksheets[0].max_row == 1 + len(found)
    assert made.worksheets[1].max_row == 1 + len(book.turns)
    before = path.read_bytes()
    write_ledger_workbook(case, book, found, path, language)
    assert path.read_bytes() == before


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, case: Case, book: Ledger, found: tuple[Standing, ...]) -> Page:
    said = text("No outcome: {n}.", "无记录：{n}。", n=3)
    return Page(ledger_html(case, book, found, request.param, today=TODAY, remarks=[said]))


def test_page_has_a_titled_chart_beside_a_real_table_for_every_role(page: Page) -> None:
    charts = page.all("svg")
    assert len(charts) == len(page.all("table")) == len(page.all("section")) == 4
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for drawn in charts:
        assert drawn["role"] == "img"
        assert set(str(drawn["aria-labelledby"]).split()) <= ids
    assert len(page.all("desc")) == len(charts)
    assert len(page.all("caption")) == 4
    assert {th.get("scope") for th in page.all("th")} == {"col", "row"}
    assert page.path == []


def test_page_says_what_is_not_recorded(page: Page) -> None:
    assert "No outcome: 3." in page.text or "无记录：3。" in page.text


def test_page_asks_for_nothing_outside_and_runs_nothing(case: Case, book: Ledger, found: tuple[Standing, ...]) -> None:
    html = ledger_html(case, book, found, "en", today=TODAY)
    assert not re.search(r"https?://|@import|url\(|<script|\b(src|href)=", html)
    assert "<script>alert(1)</script> Court" in Page(html).text
    for private in ("张联系", "13800138000", "secret@station.example"):
        assert private not in html


def test_page_without_turns_says_so(case: Case) -> None:
    empty = case.model_copy(update={"history": ()})
    book = ledger(empty, None, TODAY)
    html = ledger_html(empty, book, standings(empty, book), "zh", today=TODAY)
    assert "尚无任何记录。" in html
    assert "<svg" not in html


def test_bars_are_as_long_as_their_turns_and_the_tick_stands_at_the_target(
    case: Case, book: Ledger, found: tuple[Standing, ...]
) -> None:
    hosts = [each for each in found if each.role == "host"]
    drawn = chart(hosts, 10, shaded(book, "zh"), Names(case, "zh"))
    unit = drawn.steps[1][0] - drawn.steps[0][0]
    per_turn = unit / (drawn.steps[1][1] - drawn.steps[0][1])
    for standing, bar in zip(hosts, drawn.bars, strict=True):
        assert sum(piece.turns for piece in bar.pieces) == standing.turns
        assert sum(piece.width for piece in bar.pieces) == pytest.approx(per_turn * standing.turns, abs=0.05)
        assert bar.share == pytest.approx(PLOT + per_turn * float(standing.share or 0), abs=0.05)


def test_number_of_a_bar_is_never_covered_by_the_mark(case: Case, book: Ledger, found: tuple[Standing, ...]) -> None:
    drawn = chart([each for each in found if each.role == "host"], 10, shaded(book, "zh"), Names(case, "zh"))
    numbers = [(piece.label, bar.share) for bar in drawn.bars for piece in bar.pieces if piece.label]
    assert len(numbers) > len(drawn.bars) / 2
    assert all(share is None or abs(label - share) > 5 for label, share in numbers)


def test_weighted_targets_are_said_to_be(case: Case, book: Ledger) -> None:
    weighed = standings(case, book, lambda role, resource: resource.weight if role == "host" else 1)
    said = ledger_table(case, book, weighed, "en", 160)
    assert "Host: 25 turns, targets by members" in said
    assert "Instructor: 20 turns\n" in said
    page = ledger_html(case, book, weighed, "zh", today=TODAY)
    assert "应得次数按成员数加权" in page
    assert "偏差" in page
    assert "偏差" in ledger_table(case, book, weighed, "zh", 120)
    assert "超前" not in page


@pytest.mark.slow
def test_page_prints_on_a4_and_leaves_no_role_torn(
    case: Case, book: Ledger, found: tuple[Standing, ...], tmp_path: Path, require_component: RequireComponent
) -> None:
    browser = found_browser()
    require_component("Chromium", browser is not None, "apt-get install chromium fonts-noto-cjk")
    assert browser
    html = ledger_html(case, book, found, "zh", today=TODAY)
    (tmp_path / "ledger.pdf").write_bytes(browser.pdf(html))
    assert pages_of(tmp_path / "ledger.pdf") == [(595, 842)]
    assert picture_size(browser.png(html, 1000) or b"")[0] == 2000


def test_years_beyond_five_are_drawn_as_one(case: Case) -> None:
    old = tuple(HistoricTurn(resource="tax", role="host", day=dt.date(year, 5, 1)) for year in range(2015, 2023))
    book = ledger(case.model_copy(update={"history": old}), None, TODAY)
    years = shaded(book, "en")
    assert [(each.label, each.shade) for each in years] == [
        ("to 2018", 1),
        ("2019", 2),
        ("2020", 3),
        ("2021", 4),
        ("2022", 5),
    ]
    tax = next(each for each in standings(case, book) if each.who == "tax")
    assert [each.turns(tax) for each in years] == [4, 1, 1, 1, 1]
    assert years[0].years == (2015, 2016, 2017, 2018)


def test_long_name_is_set_in_two_lines(case: Case, book: Ledger, found: tuple[Standing, ...]) -> None:
    units = tuple(
        unit.model_copy(update={"name_en": "Planning and Construction Work Committee"}) for unit in case.units
    )
    renamed = case.model_copy(update={"units": units})
    drawn = chart([found[0]], 10, shaded(book, "en"), Names(renamed, "en"))
    assert drawn.bars[0].name == ("Planning and Construction", "Work Committee")


def test_role_of_many_has_several_charts(case: Case) -> None:
    many = tuple(case.units[0].model_copy(update={"id": f"u{n}", "name": f"单位{n}"}) for n in range(ROWS + 1))
    crowded = case.model_copy(
        update={"units": many, "history": (HistoricTurn(resource="u1", role="host", day=dt.date(2022, 5, 1)),)}
    )
    book = ledger(crowded, None, TODAY)
    page = Page(ledger_html(crowded, book, standings(crowded, book), "zh", today=TODAY))
    assert len(page.all("svg")) == 2


def test_outcome_changes_what_the_table_says(case: Case, plan: Plan) -> None:
    held = case.model_copy(
        update={"history": (), "outcomes": (Outcome(session="rotation@2023-04-01", held=True, host="clinic"),)}
    )
    book = ledger(held, plan, dt.date(2023, 1, 1))
    assert "Host: 1 turn" in ledger_table(held, book, standings(held, book), "en", 160)
