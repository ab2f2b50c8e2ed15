"""channels.toml is read anew while a program runs: what is stated by then counts, and errors change nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import pytest

from console.channels import configured
from console.desk import Desk
from console.screen import Screen
from console.watching import Watched
from rota.document import State
from tests.conftest import RequireComponent
from tests.delivery.receivers import certificate
from tests.delivery.test_settings import ALL
from tests.keeping.station import station

GROUP = 'url = "https://oapi.dingtalk.com/robot/send?access_token=abc"'


class Watching:
    """A file that is watched, and what was said of it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self._capsys = folder / "channels.toml", capsys
        self.write('[channels.ding]\nkind = "dingtalk"\n' + GROUP)

        class Standing:
            place, screen, state = folder, Screen("zh"), State(case=station())

        self.watched = Watched(cast("Desk", Standing()))

    def write(self, content: str) -> None:
        self.file.write_text(content, "utf-8")

    def after(self, content: str, *, looks: int = 2) -> str:
        """Write the file, look at it, and return what was said."""
        self.write(content)
        for _ in range(looks):
            self.watched.turn()
        return self._capsys.readouterr().err


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory, require_component: RequireComponent) -> Path:
    """A certificate that nobody needs to trust."""
    require_component("openssl", shutil.which("openssl") is not None, "install openssl")
    folder = tmp_path_factory.mktemp("authority")
    certificate(folder)
    return folder / "cert.pem"


@pytest.fixture
def watching(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Watching:
    return Watching(tmp_path, capsys)


def test_a_channel_that_is_added_is_used_and_the_others_go_on(watching: Watching) -> None:
    before = watching.watched.found.channels["ding"]
    stated = watching.file.read_text("utf-8")
    said = watching.after(stated + '\n[channels.files]\nkind = "folder"\n[replies]\ntoken = "' + "t" * 20 + '"\n')
    assert "已重新读取 channels.toml，现有渠道：ding、files" in said
    assert watching.watched.found.channels["ding"] is before, "it knows how many messages the group has had"
    assert watching.watched.token == "t" * 20
    assert watching.after(watching.file.read_text("utf-8")) == "", "what is written anew and says the same"


def test_a_file_with_errors_changes_nothing_and_is_said_once(watching: Watching) -> None:
    before = watching.watched.found
    said = watching.after('[channels.mail]\nkind = "smtp"\n')
    assert "channels.mail.host 必填" in said
    assert "仍沿用原来的渠道设置" in said
    assert watching.watched.found is before
    watching.watched.turn()
    assert watching.after('[channels.f]\nkind = "folder"\n') != ""
    assert list(watching.watched.found.channels) == ["f"]


def test_a_file_that_is_being_written_is_left_alone(watching: Watching) -> None:
    assert watching.after("[channels.f]\n", looks=1) == ""
    assert "f" in watching.after('[channels.f]\nkind = "folder"\n')


def test_a_channel_whose_settings_change_is_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROTA_SMTP", "geheim")
    monkeypatch.setenv("ROTA_WECOM", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc")
    (tmp_path / "channels.toml").write_text(ALL.partition("[channels.phone]")[0], "utf-8")
    before = configured(tmp_path)
    monkeypatch.setenv("ROTA_WECOM", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=def")
    after = configured(tmp_path, before)
    assert [name for name in after.channels if after.channels[name] is not before.channels[name]] == ["联络群"]


def test_certificates_that_are_exchanged_are_read_with_the_channel_that_names_them(
    watching: Watching, tmp_path: Path, authority: Path
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.read_bytes())
    stated = watching.file.read_text("utf-8")
    secret = "s" * 32
    hook = f'\n[channels.hook]\nkind = "webhook"\nurl = "https://x.example/"\nsecret = "{secret}"\nca = "ca.pem"\n'
    assert "hook" in watching.after(stated + hook)
    before = watching.watched.found.channels
    assert watching.after(stated + hook) == ""
    ca.write_bytes(authority.read_bytes() + b"\n")
    assert "已重新读取" in watching.after(stated + hook, looks=3)
    after = watching.watched.found.channels
    assert (after["ding"] is before["ding"], after["hook"] is before["hook"]) == (True, False)
    ca.write_text("none", "utf-8")
    assert "不是证书文件" in watching.after(stated + hook, looks=3)
    assert watching.watched.found.channels["hook"] is after["hook"]
    watching.watched.turn()
    ca.write_bytes(authority.read_bytes())
    assert "已重新读取" in watching.after(stated + hook, looks=3)


def test_a_file_of_certificates_that_comes_later_is_enough(watching: Watching, tmp_path: Path, authority: Path) -> None:
    stated = watching.file.read_text("utf-8") + '\nca = "ca.pem"\n'
    assert "不存在" in watching.after(stated)
    assert watching.after(stated) == "", "said once"
    (tmp_path / "ca.pem").write_bytes(authority.read_bytes())
    assert "已重新读取" in watching.after(stated)


def test_letters_in_ones_own_words_are_read_anew(watching: Watching, tmp_path: Path) -> None:
    stated, folder = watching.file.read_text("utf-8"), tmp_path / "templates"
    folder.mkdir()
    (folder / "trial.zh.txt").write_text("测试\n\n您好\n", "utf-8")
    assert "采用自定义模板：trial.zh" in watching.after(stated)
    (folder / "trial.zh.txt").write_text("测试\n\n{{ nobody }}\n", "utf-8")
    assert "nobody" in watching.after(stated)
    assert watching.watched.templates.overridden == ()
    (folder / "trial.zh.txt").unlink()
    assert "内置" in watching.after(stated)
