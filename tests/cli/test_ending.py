"""How errors end: in one sentence for people, in one JSON object for programs, with the same exit code."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from cli import rota as commands
from tests.cli.conftest import Rota


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("check", "nowhere"), 5, "nowhere"),
        (("why", "nowhere.json", "第3场"), 5, ""),
        (("rules", "nosuch"), 5, 'There is no rule "nosuch"'),
        (("whynot", "税务"), 2, "say who, and in which session"),
        (("frontier",), 2, "--between"),
    ],
)
def test_an_error_is_one_json_object_where_json_is_asked_for(
    rota: Rota, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    plain, ended = rota(*words), rota(*words, "--json")
    assert (plain.code, plain.out, ended.code) == (code, "", code)
    error = json.loads(ended.out)["error"]
    assert said in error["message"]
    assert error["message"] in plain.err
    assert set(error) == {"message", "hint", "where"}


def test_what_a_command_says_before_it_fails_carries_the_error(rota: Rota, case_folder: Path) -> None:
    with (case_folder / "demands.csv").open("a", encoding="utf-8") as file:
        file.write("D11,nosuch,必须\r\n")
    ended = rota("plan", case_folder, "--json")
    body = json.loads(ended.out)
    assert ended.code == 5
    assert body["errors"] == 1
    assert body["error"]["where"] == [problem["place"] for problem in body["problems"]]


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (("nosuch",), "错误：没有命令“nosuch”。", "Error: No such command 'nosuch'."),
        (("chek",), "错误：没有命令“chek”。是否应为 check、", "Error: No such command 'chek'."),
        (("check", "--nosuch"), "错误：没有选项“--nosuch”。", "Error: No such option"),
        (("frontier",), "错误：缺少选项 '--between'", "Error: Missing option '--between'"),
        (("export",), "错误：缺少参数 'PLAN'", "Error: Missing argument 'PLAN'"),
        (("plan", "--seed", "soon"), "错误：'--seed' 的值无效：", "Error: Invalid value for '--seed': "),
        (
            ("check", "a", "--case", "b"),
            "错误：'[CASE]' 的值无效：与 --case 重复。",
            "Error: Invalid value for '[CASE]': named twice, by --case too.\n",
        ),
    ],
)
def test_a_wrong_command_line_is_said_in_the_readers_language(
    rota: Rota, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], chinese: str, english: str
) -> None:
    for language, said in (("zh", chinese), ("en", english)):
        monkeypatch.setenv("ROTA_LANG", language)
        ended = rota(*words)
        assert ended.code == 2
        assert said in ended.err


LIMITED = [each for each in commands.commands.values() if any("--time-limit" in option.opts for option in each.params)]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "0", "-5", "1e999", "soon"])
@pytest.mark.parametrize("command", LIMITED, ids=lambda command: command.name)
def test_a_time_limit_that_never_comes_or_is_none_is_refused(
    rota: Rota, monkeypatch: pytest.MonkeyPatch, command: click.Command, seconds: str
) -> None:
    for language, said in (
        ("zh", f"的值无效：{seconds} 不是有效的秒数：请写不小于 0.01 的数，例如 60。\n"),
        ("en", f"{seconds} is no number of seconds from 0.01 on, e.g. 60.\n"),
    ):
        monkeypatch.setenv("ROTA_LANG", language)
        ended = rota(command.name, f"--time-limit={seconds}")
        assert ended.code == 2
        assert ended.err.endswith(said)


@pytest.mark.parametrize(
    ("language", "usage", "listed"),
    [
        ("zh", "用法：rota change", "可用的有：\n  unit_joined        单位加入。\n"),
        ("en", "Usage: rota change", "There are:\n  unit_joined        A unit becomes a member.\n"),
    ],
)
def test_an_unknown_kind_of_change_is_answered_with_all_of_them(
    rota: Rota, monkeypatch: pytest.MonkeyPatch, language: str, usage: str, listed: str
) -> None:
    monkeypatch.setenv("ROTA_LANG", language)
    ended = rota("change", "nonsense")
    assert ended.code == 2
    assert ended.err.startswith(usage)
    assert listed in ended.err
    assert "\n  unit_left" not in rota("change", "outcome_record").err  # what is near is enough
    assert "Error" not in rota("change").err
    assert "错误" not in rota("change").err
