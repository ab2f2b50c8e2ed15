"""README and docs are true: their commands print what they show, their links lead somewhere, both languages agree."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from cli import main, rota
from docs import console
from tests.conftest import ROOT

PAGES = console.documents()
RUN = [page for page in PAGES if console.setup(page)]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TWINS = [
    (page, page.with_name(f"{page.stem}.zh.md")) for page in PAGES if page.with_name(f"{page.stem}.zh.md").is_file()
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def shown_commands(page: Path) -> list[str]:
    """The commands of a page without their comments: those at a prompt, and the lines of `sh` blocks."""
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    lines = [(kind, line) for kind, body in blocks for line in body.splitlines()]
    kept = [line for kind, line in lines if kind in {"sh", "bat"} or (kind == "console" and line.startswith("$ "))]
    return [re.sub(r"\s+#.*", "", line) for line in kept]


@pytest.fixture
def run_here(monkeypatch: pytest.MonkeyPatch) -> console.Run:
    """Run commands in this process: to start a program for each of a hundred takes longer than what they do."""

    def run(command: str, folder: Path, language: str) -> console.Ran:
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        monkeypatch.chdir(folder)
        monkeypatch.setenv("ROTA_LANG", language)
        monkeypatch.setattr("console.desk.now", lambda: console.MOMENT)
        octets = BytesIO()
        printed = TextIOWrapper(octets, encoding="utf-8", write_through=True)
        code = 0
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        monkeypatch.chdir(ROOT)
        said = octets.getvalue().decode()
        return console.Ran(tuple(line.rstrip() for line in said.splitlines()), code)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=named)
def test_commands_of_a_page_print_what_it_shows(page: Path, run_here: console.Run) -> None:
    content, faults = console.rewritten(page, run_here)
    assert not faults
    assert console.alike(content, page.read_text(encoding="utf-8")), (
        f"{named(page)} is stale; run: python docs/console.py"
    )


def test_pages_with_commands_are_found() -> None:
    assert len(RUN) >= 2


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_lead_to_files(page: Path) -> None:
    targets = [target for target in LINK.findall(prose(page)) if "://" not in target and not target.startswith("#")]
    missing = [target for target in targets if not (page.parent / target.partition("#")[0]).exists()]
    assert not missing


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=[named(page) for page, _ in TWINS])
def test_both_languages_have_the_same_headings_and_commands(english: Path, chinese: Path) -> None:
    levels = [
        [line.split(" ")[0] for line in prose(page).splitlines() if line.startswith("#")] for page in (english, chinese)
    ]
    assert levels[0] == levels[1]
    assert shown_commands(english) == shown_commands(chinese)


def test_readme_and_tutorial_exist_in_both_languages() -> None:
    assert {named(page) for page, _ in TWINS} >= {"README.md", "docs/tutorial.md"}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_rota_commands_in_pages_are_known(page: Path) -> None:
    # What stands in code and begins with `rota`, be it a line of a block or words in a sentence.
    said = re.findall(r"(?:^|`|\$ |bin/|Scripts\\)rota ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [command for command in said if command not in rota.commands]


@pytest.mark.slow
def test_a_page_that_shows_something_else_is_stale(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- console: en -->\n```console\n$ rota --version\nRota, version 0\n```\n", encoding="utf-8")
    content, faults = console.rewritten(page)
    assert faults == []
    assert "rota, version" in content


def test_lines_left_out_stay_left_out() -> None:
    ran = console.Ran(("one", "two", "three", "four"), 3)
    assert console.refreshed(["1", "…", "4", "(exit code 3)"], ran) == ["one", "…", "four", "(exit code 3)"]
    assert console.refreshed([], ran) == ["(exit code 3)"]
    assert console.refreshed(["x"], ran) == ["one", "two", "three", "four", "(exit code 3)"]
