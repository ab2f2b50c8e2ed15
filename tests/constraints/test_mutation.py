"""The command that mutates rules finds what tests let through, and says where the tests hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutation import JUDGES, file_of, mutants_of, suite_of
from constraints.registry import OURS

SOURCE = '''"""A rule."""


def check(n: int, least: int, most: int | None) -> int:
    """Say nothing about this sentence: 1 < 2."""
    if most is not None and n > most:
        return abs(n - most)
    return max(0, least - n)


def describe() -> Message:
    return text("at least {n}", n=1)
'''

CHANGES = [
    ("most is not None and n > most", "True"),
    ("most is not None and n > most", "False"),
    ("most is not None and n > most", "most is not None or n > most"),
    ("most is not None and n > most", "n > most"),
    ("most is not None and n > most", "most is not None"),
    ("most is not None", "most is None"),
    ("most", "least"),
    ("n > most", "n >= most"),
    ("n > most", "n <= most"),
    ("most", "least"),
    ("abs(n - most)", "n - most"),
    ("n - most", "n + most"),
    ("n - most", "n"),
    ("n - most", "most"),
    ("most", "least"),
    ("max(0, least - n)", "0"),
    ("max(0, least - n)", "least - n"),
    ("max", "min"),
    ("0", "1"),
    ("0", "-1"),
    ("least - n", "least + n"),
    ("least - n", "least"),
    ("least - n", "n"),
    ("least", "most"),
]


def test_every_expression_is_changed_by_one_and_sentences_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "rule.py"
    file.write_text(SOURCE, encoding="utf-8")
    found = [(mutant.before, mutant.after) for mutant, _ in mutants_of(file)]
    assert sorted(found) == sorted(CHANGES)
    assert {mutant.function for mutant, _ in mutants_of(file)} == {"check"}
    assert ast.unparse(ast.parse(SOURCE)) == ast.unparse(ast.parse(file.read_text(encoding="utf-8")))


def test_every_rule_and_judge_has_a_file_and_tests_that_have_to_notice(root: Path) -> None:
    for name in [*(rule.kind for rule in OURS), *JUDGES]:
        assert file_of(name).is_file(), name
        assert all((root / test.partition("::")[0]).is_file() for test in suite_of(name))


@pytest.mark.slow
def test_no_mutant_of_a_rule_survives_its_tests(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.mutation", "wanted", "pairing"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    survivors, _, table = result.stdout.partition("| file |")
    assert survivors.strip() == ""
    assert table.splitlines()[-1].split("|")[-2].strip() == "0"
