"""The report of a period on the terminal, as a workbook and on one page."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.activity import Activity
from rota.case import Case
from rota.demand import Outcome
from rota.facts import ServiceLine, Site, Unit
from rota.plan import Plan
from rota.report import Report, report
from rota.report_period import read_period
from rota.text import LANGUAGES, Language, Message
from rota.width import display_width
from tests.output.test_pages import Page
from tests.output.test_print import RequireComponent, pages_of
from workbook.output import report_rows as rows
from workbook.output.browser import found_browser
from workbook.output.report_chart import BOTTOM, people_chart, sessions_chart
from workbook.output.report_page import LINES, MOST_ROWS, export_report, report_html
from workbook.output.report_table import report_table, write_report_workbook

WORD = re.compile(r"[A-Za-z]{2,}")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MAY = dt.date(2023, 5, 20)


def outcome(session: str, *, held: bool = True, served: int | None = None, host: str = "", note: str = "") -> Outcome:
    return Outcome(session=session, held=held, served=served, host=host, note=note)


@pytest.fixture(scope="module")
def recorded(case: Case) -> Case:
    """Spring of 2023: an opening with three hosts on four lines, three rounds, some Fridays; no line breaks the rules.

    Of the rounds one was held by another host, one nobody counted, one not held; most Fridays are not recorded.
    """
    units = tuple(unit.model_copy(update={"name": unit.name.strip("=").rpartition(">")[2]}) for unit in case.units)
    english = tuple(
        unit.model_copy(update={"name_en": unit.name_en.strip("=").rpartition(">")[2].strip()}) for unit in units
    )
    outcomes = (
        outcome("opening@2023-03-18", served=10_000),
        outcome("rotation@2023-04-01", served=45, host="tax"),
        outcome("rotation@2023-04-15"),
        outcome("rotation@2023-05-13", held=False, note="45"),
        outcome("lawyers@2023-05-05", served=7),
    )
    return case.model_copy(update={"units": english, "outcomes": outcomes})


@pytest.fixture(scope="module")
def may(recorded: Case, plan: Plan) -> Report:
    return report(recorded, plan, read_period("2023-05"), MAY)


def test_table_tells_totals_rows_and_what_is_not_known(recorded: Case, may: Report) -> None:
    lines = report_table(recorded, may, "en", 120).splitlines()
    assert lines[0] == "Monthly service report: May 2023 · up to 20 May 2023"
    assert [line.split()[-2:] for line in lines[3:6]] == [["6", "16"], ["1", "4"], ["7", "10,052"]]
    friday = next(line for line in lines if line.startswith("Friday lawyers"))
    # 5, 12 and 19 May are past, of which the first is recorded; 26 May is to come; six Fridays before are not recorded
    assert friday.split()[2:] == ["4", "1", "2", "7", "1", "7"]
    court = next(line for line in lines if line.startswith("Court"))
    assert court.split()[1:4] == ["1", "0", "0"]


GOLDEN = {
    "zh": (
        "2023年5月服务月报",
        "未登记（2 场，结果不详，未计入举办）：周五律师咨询 5月12日、19日。",
        "本期之前另有 7 场未登记：周五律师咨询 3月24日、31日、4月7日、14日、21日、28日；轮值活动 4月29日。",
        "未举办（1 场）：轮值活动 5月13日（45）。",
        "待举办（2 场）：周五律师咨询 5月26日；轮值活动 5月27日。",
        "分场涉及多条服务线的场次计入“综合”，人次不拆分。",
        "一场由多家单位承办的，各家均按一场计，人次亦然。",
        "举办率只按计划场次中已登记结果的计算。",
        "没有变更记录，此前已从安排中删去的场次不在“已取消”之内。",
    ),
    "en": (
        "Monthly service report: May 2023",
        "Past and not recorded (2), so in no figure of what was held: Friday lawyers 12, 19 May.",
        "Before this period, 7 past and not recorded: "  # noqa: ISC004 - one sentence
        "Friday lawyers 24, 31 Mar; 7, 14, 21, 28 Apr; Rotating activity 29 Apr.",
        "Not held (1): Rotating activity 13 May (45).",
        "To come (2): Friday lawyers 26 May; Rotating activity 27 May.",
        "A session whose parts serve several lines stands under “Several lines”; its people are not split.",
        "A session with several hosts counts in full for each of them.",
        "The share held is that of the planned sessions whose outcome is recorded.",
        "Without a record of changes, sessions that were taken out of the plan before are not known as cancelled.",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_of_title_and_remarks(recorded: Case, may: Report, language: Language) -> None:
    said = (rows.title(may), *rows.issues(recorded, may), *rows.basis(may))
    assert tuple(message.say(language) for message in said) == GOLDEN[language]


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2023-Q2", "2023年第二季度服务季报", "Quarterly service report: Q2 2023"),
        ("2023-H1", "2023年上半年服务半年报", "Half-year service report: the first half of 2023"),
        ("2023", "2023年服务年报", "Annual service report: 2023"),
        ("2023-W20", "2023年第20周服务周报", "Weekly service report: week 20 of 2023"),
    ],
)
def test_titles_of_other_periods(recorded: Case, plan: Plan, period: str, zh: str, en: str) -> None:
    said = rows.title(report(recorded, plan, read_period(period), MAY))
    assert (said.say("zh"), said.say("en")) == (zh, en)


def test_remarks_name_fewer_sessions_where_asked_to(recorded: Case, may: Report) -> None:
    said = rows.issues(recorded, may, 1)[0]
    assert said.say("en").endswith("Friday lawyers 12 May; and 1 more.")
    assert said.say("zh").endswith("周五律师咨询 5月12日；另有 1 场。")


def test_held_without_numbers_added_and_cancelled_sessions_are_named(recorded: Case, plan: Plan) -> None:
    kept = tuple(s for s in plan.sessions if s.id not in {"rotation@2023-04-01", "rotation@2023-04-29"})
    dropped = [plan.session["rotation@2023-04-29"]]
    shorter = plan.model_copy(update={"sessions": kept})
    april = report(recorded, shorter, read_period("2023-04"), MAY, cancelled=dropped)
    said = [message.say("en") for message in (*rows.issues(recorded, april), *rows.basis(april))]
    assert "Held, but the number of people is missing (1): Rotating activity 15 Apr." in said
    assert "Held without being in the plan (1): Rotating activity 1 Apr." in said
    assert "Cancelled (1): Rotating activity 29 Apr." in said
    assert not any("record of changes" in each for each in said)


def test_report_without_a_plan_says_that_only_outcomes_are_known(recorded: Case) -> None:
    said = [message.say("zh") for message in rows.basis(report(recorded, None, read_period("2023-05"), MAY))]
    assert "资料旁没有轮值安排：只统计台账所载的场次。" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_languages_do_not_mix(recorded: Case, may: Report, language: Language) -> None:
    foreign = CHINESE if language == "en" else WORD
    page = Page(report_html(recorded, may, language))
    table = report_table(recorded, may, language, 120)
    for said in (page.text, table):
        assert not foreign.search(said), foreign.findall(said)


def test_all_words_are_said_in_both_languages() -> None:
    found = [value for value in vars(rows).values() if isinstance(value, Message)]
    assert len(found) > 15
    for message in found:
        assert CHINESE.search(message.zh)
        assert not CHINESE.search(message.en)
        assert not WORD.search(re.sub(r"\{\w+\}", "", message.zh))


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_its_sheets_and_the_same_bytes_again(
    recorded: Case, may: Report, tmp_path: Path, language: Language
) -> None:
    path = tmp_path / "report.xlsx"
    write_report_workbook(recorded, may, path, language)
    book = load_workbook(path)
    zh = ["总表", "分线", "单位", "项目", "站点", "未登记", "明细"]
    en = ["Summary", "Lines", "Units", "Activities", "Sites", "Not recorded", "Details"]
    assert book.sheetnames == (zh if language == "zh" else en)
    unrecorded, details = book.worksheets[5], book.worksheets[6]
    assert unrecorded.max_row == 1 + may.so_far.unrecorded == 10
    assert details.max_row == 1 + len(may.entries) == 7
    lines = book.worksheets[1]
    assert [cell.value for cell in lines[1]][:3] == ["服务线 Service line", "计划 Planned", "举办 Held"]
    assert sum(int(str(row[6].value or 0)) for row in lines.iter_rows(min_row=2)) == may.so_far.served
    share = next(row for row in book.worksheets[0].iter_rows() if row[0].value in {"举办率", "Share held"})
    assert (share[1].value, share[1].number_format) == (0.5, "0%")
    before = path.read_bytes()
    write_report_workbook(recorded, may, path, language)
    assert path.read_bytes() == before


def test_cells_of_what_nobody_knows_are_empty_and_not_zero(case: Case, plan: Plan, tmp_path: Path) -> None:
    made = report(case, plan, read_period("2023-05"), MAY)
    write_report_workbook(case, made, tmp_path / "report.xlsx", "zh")
    activities = load_workbook(tmp_path / "report.xlsx")["项目"]
    figures = {row[0].value: [cell.value for cell in row[1:]] for row in activities.iter_rows(min_row=2)}
    assert figures["周五律师咨询"] == [4, None, 3, None, None, None]
    lines = report_table(case, made, "zh", 120).splitlines()
    assert next(line for line in lines if line.startswith("周五")).split()[1:] == ["4", "—", "3", "—", "—", "—"]
    assert next(line for line in lines if line.startswith("服务人次")).split()[1:] == ["—", "—"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 90])
def test_table_fits_its_width(recorded: Case, may: Report, language: Language, width: int) -> None:
    tables = report_table(recorded, may, language, width).split("\n\n")[:-1]
    widest = max(display_width(line) for table in tables for line in table.splitlines())
    assert widest <= width


def test_page_is_well_formed_and_asks_for_nothing_outside(case: Case, plan: Plan) -> None:
    made = report(case, plan, read_period("2023-Q2"), MAY)
    html = report_html(case, made, "zh")
    page = Page(html)
    assert page.path == []
    assert len(page.all("table")) == len(page.all("caption")) == 4
    assert len(page.all("svg")) == len(page.all("desc")) == 2
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert all(set(str(drawn["aria-labelledby"]).split()) <= ids for drawn in page.all("svg"))
    assert not re.search(r"https?://|@import|url\(|<script|\b(src|href)=", html)
    for private in ("张联系", "13800138000", "secret@station.example"):
        assert private not in html


def test_first_period_has_no_cumulative_columns(recorded: Case, plan: Plan) -> None:
    first = report(recorded, plan, read_period("2023-03"), MAY)
    assert "累计" not in report_html(recorded, first, "zh").partition("<table")[2]
    assert (
        "累计"
        in report_html(recorded, report(recorded, plan, read_period("2023-04"), MAY), "zh").partition("<table")[2]
    )


def test_bars_are_as_high_as_what_they_stand_for(may: Report) -> None:
    sessions, people = sessions_chart(may.months, "en"), people_chart(may.months, "en")
    heights = [BOTTOM - column.bar for column in sessions.columns]
    per_session = heights[0]  # one session was held in March
    assert heights == pytest.approx([per_session * month.held for month in may.months], abs=0.05)
    assert [BOTTOM - c.other for c in sessions.columns] == pytest.approx(
        [per_session * month.planned for month in may.months], abs=0.05
    )
    assert people.curve is not None
    assert len(people.curve.split()) == 3  # March, April, May
    assert people.total == "10,052"
    assert people.end == people.columns[2]
    assert sessions.columns[0].said == "Mar 2023: 1 held, 3 planned, 2 not recorded"


def test_what_nobody_has_recorded_and_what_is_to_come_is_not_said_as_none(case: Case, plan: Plan) -> None:
    silent = report(case.model_copy(update={"outcomes": ()}), plan, read_period("2023-05"), MAY)
    sessions, people = sessions_chart(silent.months, "zh"), people_chart(silent.months, "en")
    assert sessions.columns[1].said == "2023年4月：计划 7 场，未登记 7 场"
    assert sessions.columns[2].said == "2023年5月：计划 6 场，未登记 4 场，待举办 2 场"
    assert sessions.columns[3].said.startswith("2023年6月：计划")
    assert [people.columns[n].said for n in (1, 3)] == ["Apr 2023: not recorded", "Jun 2023: to come"]


@pytest.fixture(scope="module")
def crowded(case: Case, plan: Plan) -> tuple[Case, Plan]:
    """Forty of everything with names that are too long, and a hundred sessions of which half are recorded."""

    def many(what: str, made: Callable[..., object]) -> tuple[object, ...]:
        return tuple(
            made(
                id=f"{what}{n}",
                name=f"名称相当长的{n}号街道社区党群服务联合会",
                name_en=f"Joint committee of quarter {n} and its friends",
            )
            for n in range(40)
        )

    activity = case.activities[1]
    activities = many("a", lambda **cells: Activity(**{**activity.model_dump(), **cells}))
    session = plan.session["rotation@2023-04-01"]
    sessions = []
    for n in range(120):
        part = session.parts[0].model_copy(
            update={"line": f"l{n % 40}", "roles": {"host": (f"u{n % 40}", f"u{n % 7}")}}
        )
        start = dt.timedelta(days=n // 2)
        sessions.append(
            session.model_copy(
                update={
                    "id": f"a{n % 40}@{n}",
                    "activity": f"a{n % 40}",
                    "site": f"s{n % 40}",
                    "parts": (part,),
                    "start": session.start + start,
                    "end": session.end + start,
                }
            )
        )
    roles = tuple(case.roles[0].model_copy(update={"activity": f"a{n}"}) for n in range(40))
    full = case.model_copy(
        update={
            "lines": many("l", ServiceLine),
            "sites": many("s", Site),
            "units": many("u", Unit),
            "activities": (*case.activities, *activities),
            "roles": (*case.roles, *roles),
            "outcomes": tuple(
                outcome(f"a{n % 40}@{n}", held=n % 10 != 0, served=n * 100, note="台风") for n in range(120) if n % 2
            ),
        }
    )
    return full, plan.model_copy(update={"sessions": tuple(sessions)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_beyond_what_fits_are_put_together_and_sums_still_agree(
    crowded: tuple[Case, Plan], language: Language
) -> None:
    case, plan = crowded
    made = report(case, plan, read_period("2023-05"), MAY)
    html = report_html(case, made, language)
    bodies = [Page(body.partition("</tbody>")[0]) for body in html.split("<tbody>")[1:]]
    counts = [len(body.all("tr")) for body in bodies]
    assert counts[:2] == [MOST_ROWS[0]] * 2
    assert max(counts[2:]) <= MOST_ROWS[1] + LINES
    for of, body in zip(("lines", "sites", "activities", "hosts"), bodies, strict=True):
        shown = [word for word in body.words if word.strip()]
        every = rows.table(case, made, of, language)
        # the first figure of every row, the planned sessions, adds up to what all rows come to
        figures = [int(shown[place + 1]) for place in range(0, len(shown), 7)]
        assert sum(figures) == sum(line.planned for line in every) == made.now.planned


@pytest.mark.slow
@pytest.mark.parametrize(("period", "language"), [("2023-05", "en"), ("2023", "zh")])
def test_page_is_one_sheet_of_a4_however_much_there_is_to_tell(
    crowded: tuple[Case, Plan],
    recorded: Case,
    plan: Plan,
    tmp_path: Path,
    require_component: RequireComponent,
    language: Language,
    period: str,
) -> None:
    require_component("Chromium", found_browser() is not None, "apt-get install chromium fonts-noto-cjk")
    for number, (case, answer) in enumerate((crowded, (recorded, plan))):
        made = report(case, answer, read_period(period), MAY)
        export_report(case, made, tmp_path / str(number), language, pdf=True, png=False)
        written = tmp_path / str(number) / f"report-{period}"
        assert pages_of(written.with_suffix(".pdf")) == [(595, 842)]
        # and that without being printed smaller
        assert "html { font-size: 3mm; }" in written.with_suffix(".html").read_text(encoding="utf-8")
