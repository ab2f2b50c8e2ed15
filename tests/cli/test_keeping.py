"""Publishing, history, undoing, auditing and backing up on the command line."""

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from console.desk import now
from console.loading import case_file
from console.upkeep import finding_line
from constraints.reading import read_rules
from constraints.verify import verify
from rota.plan import OpenSeat, Plan, Session, dump_plan, load_plan
from rota.text import text
from scheduler.keeping.auditing import Finding
from scheduler.keeping.journal import Journal
from tests.cli.conftest import LATE, Rota
from workbook.starter import starter_case


@pytest.fixture
def published(publish: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter case with its plan published as revision 1, late in its year."""
    monkeypatch.setattr("console.making.now", lambda: LATE)
    return publish("--actor", "Li", "--note", "first")


def exchanged(plan: Plan, one: Session, other: Session) -> Plan:
    """Return a plan in which the hosts of two sessions have changed places."""
    hosts = {one.id: other.parts[0].roles["host"], other.id: one.parts[0].roles["host"]}
    sessions = []
    for session in plan.sessions:
        part = session.parts[0]
        if session.id in hosts:
            part = part.model_copy(update={"roles": {**part.roles, "host": hosts[session.id]}})
        sessions.append(session.model_copy(update={"parts": (part,)}))
    return plan.model_copy(update={"sessions": tuple(sessions), "score": (), "rules": ()})


@pytest.fixture(scope="session")
def another(solved: Plan) -> str:
    """Another plan of the starter case that keeps every rule, made from revision 1: two hosts have changed places."""
    case = starter_case(2026)
    rules = read_rules(case)
    pairs = combinations(solved.sessions, 2)
    plans = (exchanged(solved, one, other) for one, other in pairs)
    found = next(plan for plan in plans if plan.sessions != solved.sessions and verify(case, rules, plan).holds)
    return dump_plan(found.made_from(1))


def test_the_first_publication_makes_the_journal(rota: Rota, planned: Path) -> None:
    ended = rota("apply", "--case", planned, "--note", "first")
    assert ended.code == 0
    assert ended.out.startswith("Revision 1 is published.")
    assert (planned / "journal.db").is_file()


def test_a_case_that_was_taken_in_and_never_published_is_published_by_the_next_try(rota: Rota, planned: Path) -> None:
    with Journal.open(planned / "journal.db", clock=now, create=True) as journal:
        journal.begin(case_file(planned).required(), actor="Li")  # and then the program was killed
    ended = rota("apply", "--case", planned)
    assert (ended.code, ended.out.startswith("Revision 1 is published.")) == (0, True), ended.err
    assert rota("audit", planned).code == 0


def test_a_plan_with_open_seats_begins_no_journal_unless_they_are_accepted(rota: Rota, planned: Path) -> None:
    plan = load_plan((planned / "plan.json").read_text("utf-8"))
    part = plan.sessions[0].parts[0]
    without = part.model_copy(update={"roles": {**part.roles, "host": ()}})
    first = plan.sessions[0].model_copy(update={"parts": (without,)})
    gap = OpenSeat(session=first.id, part=part.id, role="host", missing=1)
    gaping = plan.model_copy(update={"sessions": (first, *plan.sessions[1:]), "open": (gap,)})
    (planned / "plan.json").write_text(dump_plan(gaping), "utf-8")
    for asked in (("--dry-run",), ()):
        ended = rota("apply", "--case", planned, *asked)
        assert (ended.code, "leaves 1 place open" in ended.err) == (5, True)
        assert not (planned / "journal.db").exists()
    assert rota("apply", "--case", planned, "--accept-open").code == 0


def test_a_plan_that_does_not_hold_begins_no_journal(rota: Rota, planned_case: Path) -> None:
    ended = rota("apply", "--case", planned_case)
    assert ended.code == 5
    assert "has changed since the plan was made" in ended.err
    assert not (planned_case / "journal.db").exists()


@pytest.mark.parametrize("command", [("history",), ("audit",), ("apply", "--case")])
def test_a_working_copy_without_its_journal_begins_no_other_one(
    rota: Rota, published: Path, command: tuple[str, ...]
) -> None:
    assert rota("pull", "--case", published).code == 0
    journal = published / "journal.db"
    journal.rename(published.parent / "elsewhere.db")
    ended = rota(*command, published)
    assert ended.code == 5
    assert "is missing" in ended.err
    assert "revision 1" in ended.err
    assert not journal.exists()


def test_the_same_plan_is_not_published_twice(rota: Rota, published: Path) -> None:
    assert "Nothing differs" in rota("apply", "--case", published).out
    assert len(json.loads(rota("history", published, "--json").out)["changes"]) == 2


def test_history_says_who_did_what_and_why(rota: Rota, published: Path) -> None:
    lines = rota("history", published).out.splitlines()
    assert len(lines) == 2
    assert "Li  Revision 1 was published  (first)" in lines[1]
    assert "发布第 1 版" in rota("history", published, "--lang", "zh").out


def test_a_revision_is_shown_compared_and_exported_by_its_number(rota: Rota, published: Path, tmp_path: Path) -> None:
    (published / "plan.json").unlink()
    assert rota("show", "@1", "--case", published).out == rota("show", "@", "--case", published).out
    assert "Nothing differs" in rota("diff", "@1", "@", "--case", published).out
    assert rota("export", "@", tmp_path / "out", "--case", published, "--to", "ics").code == 0
    assert "SEQUENCE:0" in (tmp_path / "out" / "feeds" / "all.ics").read_text("utf-8")
    assert "There is no revision 7" in rota("show", "@7", "--case", published).err


def test_a_draft_from_an_older_revision_is_refused_with_what_to_do(
    rota: Rota, published: Path, another: str, solved: Plan
) -> None:
    (published / "plan.json").write_text(another, "utf-8")
    assert rota("apply", "--case", published).code == 0
    (published / "old.json").write_text(dump_plan(solved.made_from(1)), "utf-8")
    refused = rota("apply", published / "old.json", "--case", published)
    assert refused.code == 5
    assert "based on revision 1, but revision 2 is the newest" in refused.err


def test_a_working_copy_that_differs_is_not_published_nor_planned(rota: Rota, published: Path) -> None:
    units = published / "units.csv"
    units.write_text(units.read_text("utf-8-sig").replace("U01,", "U99,"), "utf-8-sig")
    for command in (["plan", published], ["apply", "--case", published]):
        refused = rota(*command)
        assert refused.code == 5
        assert "rota sync" in refused.err or "cannot be used" in refused.err


def test_the_newest_publication_is_taken_back_by_a_new_revision(rota: Rota, published: Path, another: str) -> None:
    (published / "plan.json").write_text(another, "utf-8")
    assert rota("apply", "--case", published).code == 0
    undone = rota("undo", "--case", published)
    assert undone.code == 0, undone.err
    assert "Revision 3 is published" in undone.out
    assert "Nothing differs" in rota("diff", "@1", "@3", "--case", published).out
    rota("export", "@", published / "out", "--case", published, "--to", "ics")
    assert "SEQUENCE:2" in (published / "out" / "feeds" / "all.ics").read_text("utf-8")


def test_there_is_nothing_before_the_first_publication(rota: Rota, published: Path) -> None:
    assert "no earlier revision" in rota("undo", "--case", published).err


def test_audit_finds_a_changed_letter(rota: Rota, published: Path) -> None:
    assert rota("audit", published).code == 0
    journal = published / "journal.db"
    content = journal.read_bytes()
    at = content.index(b'"revision":1')
    journal.write_bytes(content[: at + 11] + b"7" + content[at + 12 :])
    ended = rota("audit", published)
    assert ended.code == 1
    assert ended.out.startswith("change 2: ")
    assert "The first change that is not sound is 2. Put the journal aside, restore a backup" in ended.out
    chinese = rota("audit", published, "--lang", "zh").out
    assert chinese.startswith("第 2 号变更：与写入时不一致。")
    assert "最早出问题的是第 2 号变更。请先另存现有变更记录" in chinese


@pytest.mark.parametrize(
    ("finding", "english", "chinese"),
    [
        (("case_row", "small rooms[2]"), '"rooms", row 3: ', "“场地”第 3 行："),
        (("personal", "~" + "0a" * 32), "personal text ~0a0a0a0a0a0a0a0: ", "个人信息 ~0a0a0a0a0a0a0a0："),
        (("database", ""), "database: ", "数据库："),
    ],
)
def test_a_finding_is_said_by_its_place(finding: tuple[str, str], english: str, chinese: str) -> None:
    line = finding_line(Finding(*finding, text("Gone.", "缺失。")))
    assert (line.say("en"), line.say("zh")) == (english + "Gone.", chinese + "缺失。")


def test_a_backup_is_restored_where_there_is_no_journal(rota: Rota, published: Path, tmp_path: Path) -> None:
    assert rota("backup", tmp_path / "backup.db", "--case", published).code == 0
    assert "journal already" in rota("restore", tmp_path / "backup.db", "--case", published).err
    (published / "journal.db").unlink()
    assert rota("restore", tmp_path / "backup.db", "--case", published).code == 0
    assert rota("audit", published).code == 0


def test_without_a_journal_every_command_says_how_to_begin(rota: Rota, planned: Path) -> None:
    for command in ("history", "audit"):
        assert "rota apply" in rota(command, planned).err


def test_with_an_empty_journal_every_command_names_the_restoring(rota: Rota, planned: Path) -> None:
    (planned / "journal.db").touch()
    for command in ("history", "audit", "apply"):
        ended = rota(command, "--case", planned) if command == "apply" else rota(command, planned)
        assert (ended.code, "holds nothing" in ended.err, "`rota restore`" in ended.err) == (5, True, True), ended.err


@pytest.mark.slow
def test_the_next_year_goes_on_in_the_same_journal(rota: Rota, published: Path) -> None:
    following = published.with_name("rota-2027")
    assert rota("next", "2027", published, "-o", following, "--assume-held").code == 0
    assert 'journal = "../rota-2026/journal.db"' in (following / "rotation.toml").read_text("utf-8")
    assert rota("plan", following).code == 0
    assert "Revision 2 is published" in rota("apply", "--case", following).out
    assert len(rota("history", following).out.splitlines()) == 2
    assert len(rota("history", published).out.splitlines()) == 2
    assert not (following / "journal.db").exists()


def test_an_earlier_revision_is_published_again_by_its_number(rota: Rota, published: Path, another: str) -> None:
    (published / "plan.json").write_text(another, "utf-8")
    assert rota("apply", "--case", published).code == 0
    assert "Revision 3 is published" in rota("apply", "@1", "--case", published).out
    assert "Nothing differs" in rota("diff", "@1", "@3", "--case", published).out


def test_a_stale_draft_is_refused_before_anything_is_said_also_when_nothing_would_be_written(
    rota: Rota, published: Path, another: str, solved: Plan
) -> None:
    (published / "plan.json").write_text(another, "utf-8")
    assert rota("apply", "--case", published).code == 0
    (published / "old.json").write_text(dump_plan(solved.made_from(1)), "utf-8")
    refused = rota("apply", published / "old.json", "--case", published, "--dry-run")
    assert (refused.code, refused.out) == (5, "")
    assert "rota replan" in refused.err


@pytest.mark.slow
def test_taking_back_twice_goes_further_back(rota: Rota, published: Path) -> None:
    for day in ("2026-03-07", "2026-03-08"):
        assert rota("away", "U03", day, "--case", published).code == 0
    assert "2026-03-08" in rota("undo", "--case", published).out
    assert "2026-03-07" in rota("undo", "--case", published).out


@pytest.mark.slow
def test_a_swap_that_was_taken_back_is_withdrawn_and_the_next_taking_back_goes_further_back(
    rota: Rota, published: Path
) -> None:
    assert rota("away", "U03", "2026-03-07", "--case", published).code == 0
    assert rota("swap", "第1场", "第2场", "--case", published).code == 0
    assert "Taken back: Confirmed" in rota("undo", "--case", published).out
    assert json.loads(rota("history", published, "--json").out)["requests"] == []
    assert "2026-03-07" in rota("undo", "--case", published).out


def test_a_session_of_which_it_is_known_what_became_stays_as_it_was(rota: Rota, published: Path) -> None:
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    held = plan.sessions[3]
    who = held.parts[0].roles["host"][0]
    day = held.start.date().isoformat()
    assert rota("change", "outcome_recorded", day, "--served", "60", "--case", published).code == 0
    assert rota("away", who, day, "--case", published).code == 0
    repaired = rota("replan", published, "--today", "2025-12-01")
    assert repaired.code == 0, repaired.err
    assert load_plan((published / "plan.json").read_text("utf-8")).session[held.id] == held
