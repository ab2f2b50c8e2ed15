"""Reading what a command is about: the case with its rules, and plans; errors end the command in the reader's words."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from console.ending import error_body
from console.exits import Exit
from console.language import spoken
from console.places import has_journal, plan_at, plan_of
from console.screen import Screen
from constraints.pinned import pins_without_a_way
from constraints.quick import impossibilities, unweighed_orders
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Plan, PlanError, load_plan
from rota.problem import CaseError
from rota.text import text
from workbook.grid import Located
from workbook.reading import CaseFile, read_case


def case_file(place: Path) -> CaseFile:
    """Read a case with everything that can be wrong with it.

    Raises:
        RotaError: there is none, or it cannot be opened.
    """
    return read_case(place, catalogue(), [rule_problems])


def with_impossibilities(found: CaseFile) -> CaseFile:
    """Add what can be seen not to work, or to come to nothing, without solving."""
    if found.case is None:
        return found
    rules = read_rules(found.case)
    problems = (*pins_without_a_way(found.case, rules), *impossibilities(found.case, rules))
    seen = tuple(found.locate(problem) for problem in problems)
    warned = tuple(found.locate(problem) for problem in unweighed_orders(found.case, rules))
    return replace(found, problems=(*seen, *found.problems, *warned))


def screen_for(found: CaseFile, lang: str | None, *, as_json: bool = False) -> Screen:
    """Return the screen in the reader's language, which is the case's where nobody says another."""
    stated = found.case.settings.language if found.case else None
    return Screen(spoken(lang, os.environ, stated), as_json=as_json)


def usable(place: Path, lang: str | None, *, as_json: bool = False, warn: bool = False) -> tuple[Case, Screen]:
    """Return the case at `place`; where it has errors, print them all and end the program with bad input.

    Warnings are printed where `warn` is set: by the commands that decide something.
    """
    found, screen = usable_file(place, lang, as_json=as_json, warn=warn)
    return found.required(), screen


def usable_file(place: Path, lang: str | None, *, as_json: bool = False, warn: bool = False) -> tuple[CaseFile, Screen]:
    """Return what lies at `place`, with a case in it, as `usable` does."""
    found = case_file(place)
    screen = screen_for(found, lang, as_json=as_json)
    for problem in found.problems if warn else found.errors:
        screen.note(problem_line(screen, problem))
    try:
        found.required()
    except CaseError as error:
        screen.note(error.message)
        body = problems_body(found, screen)
        where = [located.place.say(screen.language) for located in found.problems]
        screen.emit({**body, "error": error_body(error.message.say(screen.language), where=where)})
        sys.exit(Exit.BAD_INPUT)
    return found, screen


def problems_body(found: CaseFile, screen: Screen) -> dict[str, object]:
    """Return the problems of a case for programs."""
    return {
        "errors": len(found.errors),
        "warnings": len(found.warnings),
        "problems": [
            {"severity": p.severity, "place": p.place.say(screen.language), "message": p.say(screen.language)}
            for p in found.problems
        ],
    }


def problem_line(screen: Screen, problem: Located) -> str:
    """Say one problem with its severity and place."""
    word = text("error", "错误") if problem.severity == "error" else text("warning", "提醒")
    said = text("{word}: {what}", "{word}：{what}", word=word, what=problem.say(screen.language))
    return said.say(screen.language)


def plan_from(path: Path, of: Case | None = None) -> Plan:
    """Read a plan; where it has to be one `of` some case, that is looked at as well.

    Raises:
        PlanError: the file cannot be read, is no plan, or one of another case.
    """
    try:
        plan = load_plan(path.read_text(encoding="utf-8"))
        return plan if of is None else _own(of, plan)
    except (OSError, UnicodeDecodeError) as error:
        message = text("{path} cannot be read: {why}", "无法读取 {path}：{why}", path=str(path), why=str(error))
        raise PlanError(message) from error


def _own(case: Case, plan: Plan) -> Plan:
    """Return the plan if it is one of this case: at least half of its sessions are known here.

    Raises:
        PlanError: it is a plan of another case.
    """
    known = agenda_of(case).by_id
    if sum(session.id not in known for session in plan.sessions) * 2 > len(plan.sessions):
        raise PlanError(
            text(
                'This is a plan of another case, "{other}"; the case here is "{case}".',
                "这是另一份资料“{other}”的安排；此处的资料是“{case}”。",
                other=plan.case.title,
                case=case.settings.label,
            )
        )
    return plan


def plan_meant(given: Path | None, place: Path, of: Case | None = None) -> Plan:
    """Return the plan that is named; else the one beside the case, or what is published, whichever is newer.

    The plan beside a published case is newer as long as it was made from the newest revision.

    Raises:
        RotaError: there is none, or it is one of another case.
    """
    published = _published(place) if given is None and has_journal(place) else None
    beside = plan_of(place)
    if published is not None and not (beside.is_file() and plan_from(beside).base == published[0]):
        return published[1]
    return plan_from(plan_at(given, place), of)


def _published(place: Path) -> tuple[int, Plan] | None:
    from console.desk import opened  # noqa: PLC0415 - most cases have no journal

    with opened(place, None) as desk:
        revision = desk.journal.newest(desk.stream)  # none in a year that has just begun
        return (revision.number, desk.plan(revision.number)) if revision else None


def plan_if_any(given: Path | None, place: Path, case: Case) -> Plan | None:
    """Read the plan named, else the one that lies beside the case, if there is one.

    Raises:
        NothingHereError: the plan named is not there.
        PlanError: it cannot be read, is no plan, or one of another case.
    """
    if given is None and not plan_of(place).is_file() and not has_journal(place):
        return None
    return plan_meant(given, place, case)
