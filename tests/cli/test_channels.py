"""rota channels: which channels there are, and a test message that is shown before it is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Rota
from tests.delivery.receivers import http_receiver, json_answer

STATED = """
[coordinator]
name = "李静"
phone = "13800001111"
email = "li@example.com"

[channels.mail]
kind = "smtp"
host = "smtp.example.com"
sender = "rota@example.com"

[channels.group]
kind = "wecom"
url = { env = "ROTA_TEST_ROBOT" }
"""


@pytest.fixture
def stated(case_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (case_folder / "channels.toml").write_text(STATED, encoding="utf-8")
    monkeypatch.setenv("ROTA_TEST_ROBOT", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=GEHEIM")
    return case_folder


def test_a_case_without_channels_says_where_they_would_be_stated(rota: Rota, case_folder: Path) -> None:
    ended = rota("channels", case_folder)
    assert ended.code == 0
    assert f"There is no {case_folder / 'channels.toml'} yet" in ended.out
    assert "Contacts reached by hand: 1" in ended.out


def test_channels_are_listed_with_where_they_lead_and_no_secret(rota: Rota, stated: Path) -> None:
    ended = rota("channels", stated, "--lang", "zh")
    assert ended.code == 0
    lines = [line.split() for line in ended.out.splitlines()]
    assert lines[:3] == [
        ["名称", "类型", "去向", "联系人"],
        ["mail", "邮件", "smtp.example.com:465，发件人", "rota@example.com", "0"],
        ["group", "企业微信", "qyapi.weixin.qq.com", "0"],
    ]
    assert "1 位联系人由人工通知" in ended.out
    assert "GEHEIM" not in ended.out + ended.err


def test_a_reminder_that_goes_by_a_channel_which_is_not_there_is_named(rota: Rota, stated: Path) -> None:
    rows = "内容 what,提前 before,对象 to,渠道 channel\n每场,2小时,群,联络群\n每场,1天,群,group\n"
    (stated / "reminders.csv").write_text(rows, encoding="utf-8")
    said = "“提醒”表中用到 channels.toml 中没有的渠道：联络群。"
    assert rota("channels", stated, "--lang", "zh").err.splitlines()[-1] == said


FOLDER = '[channels.files]\nkind = "folder"\n{}[routes]\nemail = "files"\n'


@pytest.mark.parametrize(
    ("channels", "language", "said"),
    [
        (STATED, "en", None),
        (FOLDER.format('form = "eml"\nsender = "rota@example.com"\n'), "en", None),
        (FOLDER.format('form = "eml"\n'), "en", "e-mail goes by files, which carries none. In channels.toml, state"),
        (FOLDER.format(""), "zh", "“邮件”方式走渠道“files”，它不附日历。请在 channels.toml 中写明邮件服务器"),
        ("", "en", "contacts by e-mail have no channel. In channels.toml, state a mail server"),
        ("", "zh", "“邮件”方式没有渠道。请在 channels.toml 中写明邮件服务器"),
    ],
)
def test_invitations_that_would_go_without_a_calendar_are_warned_of(
    rota: Rota, stated: Path, channels: str, language: str, said: str | None
) -> None:
    (stated / "channels.toml").write_text(channels, encoding="utf-8")
    assert "Invitations" not in rota("channels", stated).err  # they are off
    settings = (stated / "rotation.toml").read_text("utf-8")
    on = settings.replace("invitations = false", "invitations = true")
    assert on != settings
    (stated / "rotation.toml").write_text(on, "utf-8")
    lines = rota("channels", stated, "--lang", language).err.splitlines()
    warned = [line for line in lines if line.startswith(("Invitations are on", "已启用邮件邀请"))]
    assert len(warned) == (said is not None)
    assert said is None or said in warned[0]


def test_errors_in_the_file_are_all_said_and_end_with_bad_input(rota: Rota, stated: Path) -> None:
    (stated / "channels.toml").write_text('[channels.a]\nkind = "x"\n[routes]\nemail = "b"\n', encoding="utf-8")
    ended = rota("channels", stated)
    assert ended.code == 5
    assert "channels.a.kind is none of smtp" in ended.err
    assert "routes.email is none of a" in ended.err


def test_a_file_that_breaks_off_is_wrong_in_its_last_line(rota: Rota, stated: Path) -> None:
    (stated / "channels.toml").write_text("[channels.a]\nport = [\n", encoding="utf-8")
    assert "格式有误，第 2 行" in rota("channels", stated, "--lang", "zh").err


def test_a_broken_template_is_named(rota: Rota, stated: Path) -> None:
    (stated / "templates").mkdir()
    (stated / "templates" / "notice.zh.txt").write_text("变动\n\n{{ nmae }}\n", encoding="utf-8")
    (stated / "templates" / "digest.zh.txt").write_text("一周\n\n{{ name }}\n", encoding="utf-8")
    ended = rota("channels", stated, "--lang", "zh")
    assert ended.code == 0
    assert "采用自定义模板：digest.zh" in ended.out
    assert "未采用 notice.zh.txt，第 3 行：没有“nmae”这项内容" in ended.err


def test_a_test_message_is_shown_and_not_sent(rota: Rota, stated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_receiver(json_answer({"errcode": 0})) as receiver:
        monkeypatch.setenv("ROTA_TEST_ROBOT", receiver.url)
        ended = rota("channels", stated, "--test", "group", "--lang", "zh")
    assert ended.code == 0
    assert ended.out.startswith("提醒：13800001111\n\n测试消息\n\n李静，您好！")
    assert "未发送；加 --send 才会发出。" in ended.out
    assert not receiver.asked


def test_a_test_message_is_sent_where_asked(rota: Rota, stated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_receiver(json_answer({"errcode": 0})) as receiver:
        monkeypatch.setenv("ROTA_TEST_ROBOT", receiver.url)
        ended = rota("channels", stated, "--test", "group", "--to", "13900002222", "--send")
    assert ended.code == 0
    assert ended.out.endswith("Sent.\n")
    assert receiver.bodies[0]["text"]["mentioned_mobile_list"] == ["13900002222"]


def test_a_refusal_is_said_and_is_an_error(rota: Rota, stated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_receiver(json_answer({"errcode": 93000, "errmsg": "invalid webhook url"})) as receiver:
        monkeypatch.setenv("ROTA_TEST_ROBOT", receiver.url)
        said = rota("channels", stated, "--test", "group", "--send", "--lang", "zh")
        told = rota("channels", stated, "--test", "group", "--send", "--json")
    assert said.code == told.code == 1
    assert "被拒绝：企业微信应答 93000：机器人地址无效；请在群设置中重新复制" in said.out
    assert json.loads(told.out)["outcome"] == "refused"


def test_an_unknown_channel_is_answered_with_those_there_are(rota: Rota, stated: Path) -> None:
    ended = rota("channels", stated, "--test", "post")
    assert ended.code == 5
    assert 'No channel is called "post"; known: mail, group' in ended.err


def test_sending_without_a_name_is_a_slip(rota: Rota, stated: Path) -> None:
    assert rota("channels", stated, "--send").code == 2


def test_programs_get_one_object(rota: Rota, stated: Path) -> None:
    body = json.loads(rota("channels", stated, "--json").out)
    assert [channel["name"] for channel in body["channels"]] == ["mail", "group"]
    assert body["by_hand"] == 1
