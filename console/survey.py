"""`rota survey`: from the answers of a survey to the table 人群, and which services people want."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.loading import problem_line
from console.screen import Screen
from constraints.registry import catalogue
from rota.case import Case
from rota.facts import Audience
from rota.survey import wished
from rota.text import Message, text
from workbook.survey import Survey, read_survey, with_survey
from workbook.updating import replace_table


def take_in_survey(case: Case, place: Path, answers: Path, screen: Screen, *, grid: int, dry_run: bool) -> bool:
    """Put the audience of a survey into the case at `place`, and say what came of it; false where it has errors."""
    survey = read_survey(case, answers)
    screen.each(problem_line(screen, problem) for problem in survey.problems)
    updated = case if survey.problems else with_survey(case, survey, answers.stem, grid)
    if updated.audience != case.audience and not dry_run:
        screen.say(str(replace_table(place, updated, "audience", catalogue(), screen.language)))
    if survey.problems:
        screen.say(text("Nothing was written.", "未写入任何内容。"))
    else:
        screen.say(_counted(survey, case.audience, updated.audience))
        screen.each(_wishes(case, survey))
    screen.emit(
        {
            "people": survey.people,
            "audience": [row.model_dump(mode="json") for row in updated.audience],
            "wished": dict(wished(survey.answers)),
            "problems": [problem.say(screen.language) for problem in survey.problems],
        }
    )
    return not survey.problems


def _counted(survey: Survey, before: Sequence[Audience], after: Sequence[Audience]) -> Message:
    old, new = set(before), set(after)
    return text(
        "{people} answered; rows of the audience: {added} added, {gone} withdrawn",
        "{people} 人作答；人群新增 {added} 行，撤回 {gone} 行",
        people=survey.people,
        added=len(new - old),
        gone=len(old - new),
    )


def _wishes(case: Case, survey: Survey) -> list[Message]:
    """Say how many want each service, the most wanted first."""
    return [
        text("{service}: wanted by {n}", "{service}：{n} 人想要", service=case.activity[service].label, n=votes)
        for service, votes in wished(survey.answers).items()
    ]
