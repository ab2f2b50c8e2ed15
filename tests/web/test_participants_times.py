"""Times that participants state on their pages: taken, corrected, taken back; whatever is typed and sent."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.keeping.journal import Journal
from tests.keeping.station import DAYS, STREAM, WHO, away
from tests.web.conftest import Running
from tests.web.forms import CONFIRM, form_with, forms_of, kinds, send
from web.participants import times
from web.participants.fields import LONGEST, UnreadableError, read_form

NAMES = st.sampled_from([*times.FIELDS, "proof", "stream", "session", "other"])


@given(st.dictionaries(NAMES, st.text(max_size=30) | st.sampled_from(["2027-05-01", "09:00", "cannot", "prefer"])))
def test_whatever_is_typed_is_a_statement_or_is_said_to_be_wrong(typed: dict[str, str]) -> None:
    form = read_form(urlencode({k: v.encode("utf-8", "surrogatepass") for k, v in typed.items()}).encode())
    wanted, errors = times.statement_of(form, "bank")
    assert (wanted is None) == bool(errors)
    for message in errors.values():
        assert message.say("zh")
        assert message.say("en")


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_a_form_or_is_refused_as_none(body: bytes) -> None:
    try:
        form = read_form(body)
    except UnreadableError:
        return
    assert all(len(value) <= LONGEST for value in form.values.values())


def test_a_form_without_the_proof_of_its_page_is_not_taken(
    running: Running, journal: Journal, bank: str, court: str
) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    form.fields["proof"] = forms_of(running.ask(court).body)[0].fields["proof"]
    assert send(running, bank, form, CONFIRM).status == 403
    del form.fields["proof"]
    assert send(running, bank, form, CONFIRM).status == 403
    assert kinds(journal) == []


def test_times_become_changes_and_are_taken_back(running: Running, journal: Journal, bank: str) -> None:
    form = form_with(running.ask(bank).body, "添加")
    typed = {"first": "2027-05-01", "last": "2027-05-03", "start": "13:00", "end": "", "reason": "盘点"}
    said = send(running, bank, form, "添加", level="cannot", **typed).followed(running)
    assert "2027年5月1日 – 5月3日 13:00–24:00" in said
    (row,) = journal.state(STREAM).case.statements["bank"]
    assert (str(row.first), str(row.last), str(row.start), row.reason) == (
        "2027-05-01",
        "2027-05-03",
        "13:00:00",
        "盘点",
    )
    assert "无需重复提交" in send(running, bank, form, "添加", level="cannot", **typed).followed(running)
    back = form_with(running.ask(bank).body, "撤回")
    send(running, bank, back, "撤回").followed(running)
    assert "bank" not in journal.state(STREAM).case.statements
    send(running, bank, form, "添加", level="prefer", first="2027-05-08").followed(running)
    send(running, bank, form_with(running.ask(bank).body, "撤回"), "撤回").followed(running)
    assert kinds(journal) == ["unavailable", "available_again", "edited", "edited"]
    assert journal.audit() == ()


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"first": ""}, "first", "缺少开始日期"),
        ({"first": "2027-02-30"}, "first", "不是日期"),
        ({"first": "2027-05-02", "last": "2027-05-01"}, "last", "早于"),
        ({"first": "2027-05-02", "start": "25:00"}, "start", "不是时刻"),
        ({"first": "2027-05-02", "start": "12:00", "end": "11:00"}, "end", "不晚于"),
        ({"first": "2027-05-02", "level": "never"}, "level", "应为"),
        ({"first": "2029-05-02"}, "", "不在排班期内"),
    ],
)
def test_what_is_wrong_with_times_stands_at_its_field_and_nothing_is_lost(
    running: Running, journal: Journal, bank: str, typed: dict[str, str], field: str, told: str
) -> None:
    form = form_with(running.ask(bank).body, "添加")
    refused = send(running, bank, form, "添加", **{"level": "avoid", "reason": "值班 <b>", **typed})
    said = refused.said
    assert (refused.status, told in said) == (422, True), said
    assert (f'id="{field}-error"' in said) == bool(field)
    assert 'value="值班 &lt;b&gt;"' in said
    for name, value in typed.items():
        if name != "level" and value:
            assert f'value="{value}"' in said
    assert kinds(journal) == []
    again = form_with(refused.answer.body, "添加")
    fixed = send(running, f"{bank}/times", again, "添加", first="2027-05-02", last="", start="", end="", level="avoid")
    assert fixed.status == 303
    assert kinds(journal) == ["unavailable"]


def test_the_sheet_asks_what_the_questionnaire_asks(running: Running, journal: Journal, bank: str) -> None:
    journal.record(STREAM, away(DAYS[0], reason="盘点"), actor=WHO)
    form = form_with(running.ask(bank).body, "保存")
    assert [name for name in form.fields if name.startswith("d-")] == [f"d-{day}" for day in DAYS]
    assert form.fields[f"d-{DAYS[0]}"] == "cannot"
    chosen = {f"d-{DAYS[0]}": "fine", f"d-{DAYS[1]}": "cannot", f"r-{DAYS[1]}": "年检", f"d-{DAYS[2]}": "avoid"}
    send(running, bank, form, "保存", **chosen).followed(running)
    rows = {str(row.first): (row.level.value, row.reason) for row in journal.state(STREAM).case.statements["bank"]}
    assert rows == {DAYS[1]: ("cannot", "年检"), DAYS[2]: ("avoid", "")}
    same = form_with(running.ask(bank).body, "保存")
    assert "无需重复提交" in send(running, bank, same, "保存").followed(running)
