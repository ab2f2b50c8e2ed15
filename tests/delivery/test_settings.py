"""channels.toml: what it may state, and what is said where it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from delivery.channel import Letter, Recipient
from delivery.long_tail import AppriseError, LongTail
from delivery.opening import OpeningError, opened
from delivery.outcome import Delivered
from delivery.samples import SAMPLES
from delivery.settings import KINDS, MailSettings, Settings
from delivery.settings_file import SettingsError, file_beside, read_settings
from delivery.turns import Turn
from rota.facts import Channel
from tests.components import extra
from tests.delivery.receivers import Mailroom, http_receiver, json_answer, mail_server

ALL = """
[coordinator]
name = "李静"
phone = "0512-0000-0001"
channel = "企业微信"

[channels.mail]
kind = "smtp"
host = "smtp.example.com"
user = "rota@example.com"
password = { env = "ROTA_SMTP" }
sender = "轮值 <rota@example.com>"

[channels."联络群"]
kind = "wecom"
url = { env = "ROTA_WECOM" }

[channels.ding]
kind = "dingtalk"
url = "https://oapi.dingtalk.com/robot/send?access_token=abc"
secret = "SECabc"

[channels.program]
kind = "webhook"
url = "http://intranet.example.com/rota"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

[channels.files]
kind = "folder"
form = "eml"

[channels.screen]
kind = "terminal"

[channels.phone]
kind = "apprise"
url = "ntfys://ntfy.example.com/rota"

[routes]
wechat = "files"
"电话" = "files"
"""
ENVIRONMENT = {"ROTA_SMTP": "geheim", "ROTA_WECOM": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc"}


def settings_of(folder: Path, content: str) -> Settings:
    (folder / "channels.toml").write_text(content, encoding="utf-8")
    return read_settings(file_beside(folder), ENVIRONMENT)


def test_all_kinds_of_channels_are_read_and_opened(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, ALL)
    channels = opened(settings, tmp_path)
    assert list(channels) == ["mail", "联络群", "ding", "program", "files", "screen", "phone"]
    assert isinstance(channels["phone"], LongTail)
    assert [channel.name for channel in channels.values()] == list(channels)
    assert [name for name, channel in channels.items() if channel.deduplicates] == ["program", "files"]


def test_no_secret_is_ever_shown(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, ALL)
    shown = repr(settings) + str(settings) + settings.model_dump_json() + repr(opened(settings, tmp_path))
    assert not [secret for secret in ("geheim", "key=abc", "access_token", "SECabc", "MfKQ9r8") if secret in shown]


def test_contacts_are_served_by_the_route_or_by_the_first_of_their_kind(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, ALL)
    served = {wanted: settings.channel_for(wanted) for wanted in Channel}
    assert served == {
        Channel.EMAIL: "mail",
        Channel.PHONE: "files",
        Channel.WECHAT: "files",
        Channel.WECOM: "联络群",
        Channel.DINGTALK: "ding",
        Channel.FEISHU: None,
        Channel.PAPER: None,
    }


def test_the_coordinator_is_a_contact(tmp_path: Path) -> None:
    coordinator = settings_of(tmp_path, ALL).coordinator
    assert coordinator is not None
    assert Recipient.of(coordinator.contact) == Recipient("李静", phone="0512-0000-0001")
    assert coordinator.contact.channel is Channel.WECOM


def test_without_a_file_there_are_no_channels(tmp_path: Path) -> None:
    assert read_settings(file_beside(tmp_path), {}) == Settings()


def test_the_channels_of_a_workbook_lie_beside_it(tmp_path: Path) -> None:
    (tmp_path / "2027.xlsx").touch()
    assert file_beside(tmp_path / "2027.xlsx") == tmp_path / "channels.toml"


WRONG = """
colour = "red"
[coordinator]
phone = "1"
[channels.mail]
kind = "smtp"
port = 70000
security = "tls"
sender = "rota"
pasword = "geheim"
[channels.group]
kind = "wecom"
url = { env = "NOT_SET" }
[channels.ding]
kind = "dingtalk"
url = "http://oapi.dingtalk.com/robot/send?access_token=geheim"
[channels.feishu]
kind = "feishu"
url = "open.feishu.cn"
[channels.program]
kind = "webhook"
url = "https://[geheim"
secret = "whsec_???"
[channels.other]
kind = "webhook"
url = "https://intranet.example.com/"
secret = "geheim"
[channels.third]
kind = "webhook"
url = "https://intranet.example.com/"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILA=="
[replies]
token = "geheim"
[channels.pigeon]
kind = "pigeon"
[channels.phone]
kind = "apprise"
url = "file:///geheim"
[routes]
email = "post"
smoke = "mail"
[channels.letters]
kind = "folder"
sender = "rota@example.org"
"""

SAID = {
    "colour": "无法识别；可用：coordinator、mailbox、replies、channels、routes",
    "channels.mail.host": "必填",
    "channels.mail.port": "数字过大或过小",
    "channels.mail.security": "应为 ssl、starttls、none 之一",
    "channels.mail.sender": "不是邮箱地址；例如 rota@example.org",
    "channels.mail.pasword": f"无法识别；可用：{'、'.join(MailSettings.model_fields)}",
    "channels.group.url": "所指的环境变量 NOT_SET 未设置",
    "channels.ding.url": "是 http:// 网址，密钥会被窃读",
    "channels.feishu.url": "不是以 https:// 开头的网址",
    "channels.program.url": "不是网址",
    "channels.program.secret": "以 whsec_ 开头，但其后不是编码",
    "channels.other.secret": "过短：只有 6 字节，至少须 24 字节",
    "channels.third.secret": "过短：只有 16 字节，至少须 24 字节",
    "replies.token": "少于 20 个字符",
    "channels.pigeon.kind": "应为 smtp、wecom、dingtalk、feishu、webhook、folder、terminal、apprise 之一",
    "coordinator.name": "必填",
    "channels.letters.sender": '只用于邮件：另写 form = "eml"',
    "routes.email": "应为 mail、group、ding、feishu、program、other、third、pigeon、phone、letters 之一",
    "routes.smoke": "应为 email、phone、wechat、wecom、dingtalk、feishu、paper 之一",
}


def test_all_that_is_wrong_is_said_at_once_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_of(tmp_path, WRONG)
    zh = {problem.say("zh").partition(" ")[0]: problem.say("zh").partition(" ")[2] for problem in raised.value.problems}
    assert zh.pop("channels.phone.url").startswith("不可用：“file”不在允许的服务之列")
    assert zh == SAID
    said = raised.value.say("en")
    assert "(errors: 20)" in said
    assert "channels.group.url names the environment variable NOT_SET, which is not set" in said
    assert "geheim" not in said + raised.value.say("zh")


@pytest.mark.parametrize(
    ("content", "zh"),
    [
        ("[channels.mail\n", "格式有误，第 1 行"),
        ("a = 1\n\n[channels.联络群]\n", '第 3 行：中文名称须加英文引号：[channels."联络群"]'),
        ('[routes]\n微信 = "geheim"\n', '第 2 行：中文名称须加英文引号："微信"'),
        ("channels = 3\n", "channels 不是表"),
        ("[channels]\nmail = 3\n", "channels.mail.kind 应为"),
        ('[routes]\nemail = "mail"\n', "routes.email 指向某个渠道，但尚未填写任何渠道"),
        ('[channels.f]\nkind = "folder"\npath = 3\n', "channels.f.path 不是加引号的文字"),
        ('[channels.f]\nkind = "wecom"\nurl = { enf = "X" }\n', 'channels.f.url 应写成 { env = "变量名" }'),
    ],
)
def test_what_is_no_table_of_channels_is_told_by_its_place(content: str, zh: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_of(tmp_path, content)
    assert zh in raised.value.say("zh")
    assert "geheim" not in raised.value.say("zh")


def test_another_encoding_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "channels.toml").write_bytes('[coordinator]\nname = "李静"\n'.encode("gb18030"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / "channels.toml", {})


def test_a_file_of_certificates_that_is_none_is_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[channels.m]\nkind = "smtp"\nhost = "h"\nsender = "a@b.cn"\nca = "ca.pem"\n')
    for content in (None, b"no certificate"):
        if content:
            (tmp_path / "ca.pem").write_bytes(content)
        with pytest.raises(OpeningError) as raised:
            opened(settings, tmp_path)
        assert str(tmp_path / "ca.pem") in raised.value.say("zh")


def test_apprise_that_does_not_know_an_address_says_so_without_it(tmp_path: Path) -> None:
    extra("apprise")
    settings = settings_of(tmp_path, '[channels.p]\nkind = "apprise"\nurl = "slack://geheim"\n')
    with pytest.raises(AppriseError) as raised:
        opened(settings, tmp_path)
    assert "geheim" not in raised.value.say("zh")


def test_a_letter_goes_by_every_channel_as_configured(tmp_path: Path, letter: Letter, wang: Recipient) -> None:
    mailroom = Mailroom()
    with mail_server(mailroom) as port, http_receiver(json_answer({"errcode": 0, "code": 0})) as receiver:
        content = f"""
        [channels.mail]
        kind = "smtp"
        host = "127.0.0.1"
        port = {port}
        security = "none"
        sender = "轮值 <rota@example.com>"
        """
        for kind in ("wecom", "dingtalk", "feishu", "webhook"):
            secret = f'secret = "{"s" * 24}"' if kind != "wecom" else ""
            content += f'\n[channels.{kind}]\nkind = "{kind}"\nurl = "{receiver.url}"\n{secret}\n'
        content += '\n[channels.files]\nkind = "folder"\npath = "待发"\n'
        channels = opened(settings_of(tmp_path, content), tmp_path)
        outcomes = {name: channel.send(letter, wang, "k") for name, channel in channels.items()}
    assert outcomes == dict.fromkeys(channels, Delivered())
    assert len(mailroom.taken) == 1
    assert len(receiver.asked) == 4
    assert len(list((tmp_path / "待发").iterdir())) == 1


@pytest.mark.parametrize("page", ["channels.md", "channels.zh.md"])
def test_the_example_of_the_guide_is_what_it_says(root: Path, tmp_path: Path, page: str) -> None:
    shown = (root / "docs" / "how-to" / page).read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", shown, re.DOTALL)
    (tmp_path / "channels.toml").write_text(example, encoding="utf-8")
    secrets = dict.fromkeys(("ROTA_SMTP_PASSWORD", "ROTA_ROBOT"), "https://robot.example.com/")
    settings = read_settings(tmp_path / "channels.toml", secrets)
    assert settings.channel_for(Channel.PHONE) == "files"
    assert all(f"`{word}`" in shown for word in (*KINDS, *SAMPLES, *Turn.__dataclass_fields__))
    assert all(f"`{value}`" in shown for sample in SAMPLES.values() for value in sample)
    stated = {field for kind in KINDS.values() for field in kind.model_fields}
    assert all(f"`{field}`" in shown for field in stated - {"kind"})
