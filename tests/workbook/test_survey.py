"""Surveys as they come in: every wrong cell is named, and the audience of the same survey is replaced, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rota.case import Case
from rota.facts import Audience
from rota.text import Language
from workbook.folder import write_folder
from workbook.layout import Catalogue
from workbook.reading import read_case
from workbook.survey import read_survey, survey_id, with_survey

HEADER = "编号,单位,星期,开始时刻,结束时刻,想要的服务"
Asked = Callable[..., Path]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    def write(*lines: str, name: str = "survey.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines]), "utf-8")
        return path

    return write


def test_units_and_services_may_be_named_or_numbered(case: Case, asked: Asked) -> None:
    found = read_survey(case, asked("1,清河银行支行,周一,14:00,16:00,rotation", "2,U02,周一,14:00,16:00,"))
    assert found.problems == ()
    assert found.people == 2
    assert [(answer.unit, answer.services) for answer in found.answers] == [("U02", ("rotation",)), ("U02", ())]
    assert [(row.name, row.size) for row in with_survey(case, found, "survey").audience] == [("清河银行支行", 2)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                'survey.csv:2 (C, 星期) "周八" 不是星期；例如 周六、周日',
                'survey.csv:3 (D, 开始时刻) "26:00" 不是时刻；例如 09:30',
                'survey.csv:4 (E, 结束时刻) "14:00" 与开始时刻相同；全天请填 00:00 至 24:00',
                "survey.csv:5 (A, 编号) 此处必须填写：文字",
                "survey.csv:6 (B, 单位) “U99”在本排班中不存在；已有：U01、U02、U03、U04、U05、U06",
                "survey.csv:8 (B, 单位) 7 在此处填“U02”，在前面的行中填“U01”",
            ],
        ),
        (
            "en",
            [
                'survey.csv:2 (C, weekdays) "周八" names no weekdays; e.g. Sat-Sun',
                'survey.csv:3 (D, start) "26:00" is not a time of day; e.g. 09:30',
                'survey.csv:4 (E, end) "14:00" is the time at which it starts; for all day write 00:00 to 24:00',
                "survey.csv:5 (A, id) a value is needed here: text",
                'survey.csv:6 (B, unit) "U99" is not known here; known are: U01, U02, U03, U04, U05, U06',
                'survey.csv:8 (B, unit) 7 is in "U02" here, and in "U01" in an earlier row',
            ],
        ),
    ],
)
def test_every_wrong_cell_is_named_at_once(case: Case, asked: Asked, language: Language, said: list[str]) -> None:
    path = asked(
        "1,U01,周八,14:00,16:00,",
        "2,U01,周一,26:00,16:00,",
        "3,U01,周一,14:00,14:00,",
        ",U01,周一,14:00,16:00,",
        "6,U99,周一,14:00,16:00,",
        "7,U01,周一,14:00,16:00,",
        "7,U02,周二,14:00,16:00,",
    )
    assert [problem.say(language) for problem in read_survey(case, path).problems] == said


def test_columns_that_are_missing_or_unknown_are_said(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("编号,心情,开始时刻\n1,好,14:00\n", "utf-8")
    said = [problem.say("zh") for problem in read_survey(case, path).problems]
    assert any("心情" in each for each in said)
    assert any("缺少“结束时刻”列" in each for each in said)


def test_an_empty_survey_is_an_error(case: Case, asked: Asked) -> None:
    (problem,) = read_survey(case, asked()).problems
    assert (problem.say("zh"), problem.say("en")) == ("survey.csv 没有任何答卷", "survey.csv holds no answers")


def test_a_workbook_is_read_like_a_file(case: Case, sheet_file: Callable[..., Path]) -> None:
    path = sheet_file([HEADER.split(","), [1, "U01", "周一", "14:00", "16:00", ""]], "问卷.xlsx", "答卷")
    assert read_survey(case, path).people == 1


def test_rows_of_the_same_survey_are_replaced_and_others_stay(case: Case, asked: Asked) -> None:
    own = Audience.model_validate({"id": "mine", "name": "居民", "start": "9:00", "end": "10:00", "size": 3})
    before = case.model_copy(update={"audience": (own,)})
    first = with_survey(before, read_survey(case, asked("1,,周一,14:00,16:00,")), "riders")
    other = with_survey(first, read_survey(case, asked("2,,周一,14:00,16:00,")), "others")
    again = with_survey(other, read_survey(case, asked("1,,周二,14:00,16:00,")), "riders")
    assert [row.id for row in again.audience] == ["mine", "others.1400-1600.1", "riders.1400-1600.2"]


def test_a_name_of_a_file_becomes_the_beginning_of_an_id() -> None:
    assert survey_id("骑手问卷 2023.5（第1批）") == "骑手问卷-2023-5（第1批）"
    assert survey_id("...") == "survey"


@pytest.mark.parametrize("name", ["survey.csv", "survey-may.csv", "问卷 五月.csv"])
def test_answers_that_lie_beside_the_tables_are_no_table(
    case: Case, asked: Asked, tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    write_folder(case, tmp_path, catalogue)
    asked("1,U01,周一,14:00,16:00,", name=name)
    assert read_case(tmp_path, catalogue).problems == ()
