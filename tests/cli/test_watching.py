"""channels.toml is read anew while a program runs: what is stated by then counts, and errors change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from console.channels import configured
from console.desk import Desk
from console.screen import Screen
from console.watching import Watched
from rota.document import State
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
