"""Rules of other distributions: found, presented, obeyed and tried like ours; refused with a reason where they fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from constraints.plugins import GROUP, PluginError, added_rules
from constraints.registry import ADDED, OURS, RULES
from constraints.rule import Rule, param
from constraints.rules.wanted import Wanted
from constraints.trial import DisagreementError, agree, cases_of, stated
from rota.text import text
from tests.constraints.building import case_of, demand, seats, series, units
from tests.constraints.plugin import thirteenth

HERE = "tests.constraints.plugin.thirteenth"


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


class Nameless(thirteenth.NotOnDay):
    kind = "nameless"
    unit = "sessions"  # type: ignore[assignment]  # a plain string is the mistake


class OtherTitle(thirteenth.NotOnDay):
    kind = "other_title"
    activities: tuple[str, ...] = param("项目", "only these", "只限这些", ())


class Unfinished(Rule):
    kind = "unfinished"
    label = summary = unit = text("unfinished", "未完成")


# What is accepted and what is refused.


def test_rules_of_others_come_after_ours_in_the_order_of_their_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    first = type("First", (thirteenth.NotOnDay,), {"kind": "also", "__module__": HERE})
    monkeypatch.setattr(thirteenth, "First", first, raising=False)
    entries = [entry("not_on_day", f"{HERE}:NotOnDay"), entry("also", f"{HERE}:First")]
    assert [rule.kind for rule in added_rules(OURS, entries)] == ["also", "not_on_day"]
    assert added_rules(OURS, []) == ()
    assert (*OURS, *ADDED) == RULES


@pytest.mark.parametrize(
    ("name", "value", "en", "zh"),
    [
        ("gone", "nowhere:Rule", "loading it fails with ModuleNotFoundError: No module named 'nowhere'", "加载失败"),
        ("gone", f"{HERE}:Nothing", "loading it fails with AttributeError", "加载失败"),
        ("path", "pathlib:Path", "it is no subclass of constraints.rule.Rule", "不是 constraints.rule.Rule 的子类"),
        ("text", f"{HERE}:text", "it is no subclass of constraints.rule.Rule", "不是 constraints.rule.Rule 的子类"),
        ("unfinished", f"{__name__}:Unfinished", "it does not define check, describe, post", "没有定义 check"),
        ("other", f"{HERE}:NotOnDay", "its `kind` is not the name of its entry point", "入口点的名称不一致"),
        ("nameless", f"{__name__}:Nameless", "it has no unit in both languages", "缺少中英文的 unit"),
        ("wanted", "constraints.rules.wanted:Wanted", "there is a rule of this kind already", "已有同名的规则"),
        (
            "other_title",
            f"{__name__}:OtherTitle",
            "its parameter activities is called 项目; other rules call it 活动项目",
            "名为“项目”",
        ),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_reason(name: str, value: str, en: str, zh: str) -> None:
    with pytest.raises(PluginError) as refused:
        added_rules(OURS, [entry(name, value)])
    assert en in refused.value.say("en")
    assert zh in refused.value.say("zh")
    assert f'The rule "{name}" ({value}) of the distribution ?' in refused.value.say("en")


def test_two_distributions_cannot_add_the_same_kind() -> None:
    both = entry("not_on_day", f"{HERE}:NotOnDay")
    with pytest.raises(PluginError, match="there is a rule of this kind already"):
        added_rules(OURS, [both, both])


# The trial.


def test_tiny_cases_that_say_nothing_are_no_trial() -> None:
    nothing_to_want = case_of(*units("a"), series(), seats(), demand("wanted"))
    with pytest.raises(DisagreementError, match="say nothing"):
        agree("wanted", [nothing_to_want])
    with pytest.raises(DisagreementError, match="say nothing"):
        agree("wanted", [])
    with pytest.raises(DisagreementError, match="not tiny"):
        agree(
            "wanted", [case_of(*units("a b c d e f"), series(rounds="1-4", presence="may"), seats(), demand("wanted"))]
        )


def test_a_case_states_the_rule_that_it_tries() -> None:
    assert isinstance(stated(case_of(series(), demand("wanted")), "wanted"), Wanted)
    with pytest.raises(LookupError, match="states no rule of the kind no_overlap"):
        stated(case_of(series()), "no_overlap")  # it stands by itself


def test_a_rule_whose_distribution_brings_no_cases_is_not_taken_for_tried() -> None:
    with pytest.raises(LookupError, match=r"the entry point unheard_of of the group rota\.trials"):
        cases_of("unheard_of")


# A real distribution, installed.

Install = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def install(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Install the distribution of `plugin/` into a folder of its own, with one text of its rule replaced."""

    def install(before: str = "", after: str = "") -> Path:
        source = shutil.copytree(
            root / "tests" / "constraints" / "plugin", tmp_path_factory.mktemp("source") / "plugin"
        )
        module = source / "thirteenth.py"
        code = module.read_text(encoding="utf-8")
        assert before in code
        module.write_text(code.replace(before, after) if before else code, encoding="utf-8")
        target = tmp_path_factory.mktemp("target")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        offline = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
        subprocess.run([*pip, *offline, str(source)], check=True, capture_output=True)
        return target

    return install


def python(root: Path, target: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(root)]), "PYTHONUTF8": "1"}
    command = [sys.executable, *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=target, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.slow
def test_an_installed_rule_is_presented_obeyed_and_tried(root: Path, tmp_path: Path, install: Install) -> None:
    target = install("", "")
    script = tmp_path / "write.py"
    script.write_text(
        "import sys, pathlib\n"
        "from constraints.registry import catalogue\n"
        "from thirteenth_trial import case_of\n"
        "from workbook.folder import write_folder\n"
        "for name, params in (('case', {}), ('wrong', {'day_of_month': '40'})):\n"
        "    write_folder(case_of(**params), pathlib.Path(sys.argv[1]) / name, catalogue())\n"
        "print(catalogue()[-1].kind)\n",
        encoding="utf-8",
    )
    written = python(root, target, script, tmp_path)
    assert written.stdout.split() == ["not_on_day"], written.stderr
    assert "几号" in next((tmp_path / "case").glob("*demands*.csv")).read_text(encoding="utf-8-sig")

    wrong = python(root, target, "-m", "cli", "check", tmp_path / "wrong", "--lang", "en")
    assert (wrong.returncode, '"40"' in wrong.stdout) == (5, True), wrong.stdout + wrong.stderr

    planned = python(root, target, "-m", "cli", "plan", tmp_path / "case", "-o", tmp_path / "plan.json")
    assert planned.returncode == 0, planned.stderr
    sessions = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["sessions"]
    assert len(sessions) >= 2
    assert all(session["start"][8:10] != "13" for session in sessions)

    tried = python(root, target, "-m", "constraints.trial")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert tried.stdout.startswith("not_on_day: agrees on")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("self.breach(1,", "self.breach(2,", "preferred"),  # it charges less than it says
        ("if self._falls_on_day(held", "if held.start.hour == 9 and self._falls_on_day(held", "required"),
        ("board.forbid([", "board.forbid([False, ", "required"),  # it encodes nothing
    ],
)
def test_a_rule_that_lies_is_found_out(root: Path, install: Install, before: str, after: str, said: str) -> None:
    tried = python(root, install(before, after), "-m", "constraints.trial", "not_on_day")
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert tried.stdout.startswith(f"not_on_day: {said}")


@pytest.mark.slow
def test_a_distribution_that_fails_is_named_in_the_reader_s_language(
    root: Path, tmp_path: Path, install: Install
) -> None:
    target = install('kind = "not_on_day"', 'kind = "wanted"')
    for lang, said in (
        ("en", "of the distribution rota-thirteenth cannot be used"),
        ("zh", "无法使用扩展包 rota-thirteenth"),
    ):
        checked = python(root, target, "-m", "cli", "check", tmp_path, "--lang", lang)
        assert checked.returncode == 1
        assert said in checked.stderr
        assert "Traceback" not in checked.stderr
    assert python(root, target, "-m", "cli", "--help").returncode == 0
