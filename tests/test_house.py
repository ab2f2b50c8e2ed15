"""The house: rooms import one way, pins agree with the project, files name no machine and no registry."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
        ("registry", "yarnpkg", "com"),
        ("tuna", "tsinghua", "edu"),
        ("mirrors", "aliyun", "com"),
    )
)
OPTIONS = tuple(
    "--" + "-".join(words)
    for words in (("index", "url"), ("extra", "index", "url"), ("find", "links"), ("trusted", "host"))
)
FOLDERS = tuple(
    "/" + "/".join(parts)
    for parts in (("work", ""), ("root", ""), ("tmp", "probe"), ("opt", "pypi"), ("opt", "wheels"))
)
FORBIDDEN = re.compile(
    "|".join([re.escape(word) for word in REGISTRIES + OPTIONS] + [rf"(?<![\w.\])}}-]){re.escape(f)}" for f in FOLDERS])
)
HINTS = tuple(word.encode() for word in REGISTRIES + OPTIONS + FOLDERS)
"""Files without any of these need no closer look, which takes longer."""

BARRED = """
import importlib, sys
sys.modules["ortools"] = None  # an import of it now raises
for module in sys.argv[1:]:
    importlib.import_module(module)
"""


def versioned_files(root: Path) -> Iterator[Path]:
    """Every file in version control, or about to be."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=root, capture_output=True, check=True).stdout
    yield from (path for name in output.decode().split("\0") if name and (path := root / name).is_file())


def pins(file: Path) -> Iterator[Requirement]:
    """The requirements of a pinned file, each with its hashes cut off."""
    lines = file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = line.split("--hash=")
            assert hashes, f"{file.name}: no hash for {requirement}"
            yield Requirement(requirement.strip())


def stated(root: Path, *groups: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for: the run-time dependencies and those of `groups`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    yield from map(Requirement, project["project"]["dependencies"])
    for group in groups:
        yield from (Requirement(entry) for entry in project["dependency-groups"][group] if isinstance(entry, str))


def test_rooms_import_one_way(root: Path) -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    result = subprocess.run([*lint, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_rules_and_files_work_where_ortools_is_absent(root: Path) -> None:
    solving = {root / "constraints" / "board", root / "constraints" / "trial"}
    modules = [
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for room in ("rota", "constraints", "calendars", "workbook", "delivery")
        for path in sorted((root / room).rglob("*.py"))
        if solving.isdisjoint((path.with_suffix(""), path.parent))
    ]
    assert "rota" in modules
    result = subprocess.run(
        [sys.executable, "-c", BARRED, *modules], cwd=root, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_files_name_no_registry_and_no_folder_of_a_machine(
    root: Path, require_component: Callable[[str, bool, str], None]
) -> None:
    require_component("git", (root / ".git").exists() and shutil.which("git") is not None, "work in a git clone")
    found = [
        f"{path.relative_to(root)}:{number}: {match.group()}"
        for path in versioned_files(root)
        if any(hint in (content := path.read_bytes()) for hint in HINTS)
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1)
        if (match := FORBIDDEN.search(line))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line", [OPTIONS[0] + " x", f"see https://{REGISTRIES[0]}/simple", f'open("{FOLDERS[0]}main")']
)
def test_the_search_for_addresses_finds_one(line: str) -> None:
    assert FORBIDDEN.search(line)


@pytest.mark.parametrize("line", ["docs/work/notes.md", "../shared/root/x", "${HOME}/work/x"])
def test_the_search_for_addresses_passes_relative_paths(line: str) -> None:
    assert not FORBIDDEN.search(line)


@pytest.mark.parametrize(
    ("file", "groups"), [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])]
)
def test_pins_hold_what_the_project_asks_for(root: Path, file: str, groups: list[str]) -> None:
    pinned = {canonicalize_name(pin.name): pin for pin in pins(root / file)}
    for requirement in stated(root, *groups):
        pin = pinned.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{file} lacks {requirement.name}; run: make pins"
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{pin} is not {requirement}; run: make pins"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_is_one_exact_version(root: Path, file: str) -> None:
    found = list(pins(root / file))
    assert found
    for pin in found:
        assert [specifier.operator for specifier in pin.specifier] == ["=="], str(pin)


def test_tests_run_with_the_versions_that_users_get(root: Path) -> None:
    tested = {str(pin) for pin in pins(root / "requirements-dev.txt")}
    assert {str(pin) for pin in pins(root / "requirements.txt")} <= tested


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_time_zones_and_solver_are_pinned_on_every_system(root: Path, system: str) -> None:
    everywhere = {
        pin.name
        for pin in pins(root / "requirements.txt")
        if not pin.marker or pin.marker.evaluate({"sys_platform": system})
    }
    assert {"tzdata", "ortools"} <= everywhere


def test_the_command_line_answers_before_anything_large_is_loaded(root: Path) -> None:
    heavy = "{'sqlalchemy', 'alembic', 'psycopg', 'ortools', 'numba', 'openpyxl', 'pydantic'} & set(sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", f"import sys, cli; print(sorted({heavy}))"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_journal_is_opened_without_loading_alembic(root: Path) -> None:
    look = "import sys, scheduler.keeping.journal; print('alembic' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", look], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.slow
def test_a_search_loads_no_compiler_before_it_is_a_timetable_s(root: Path) -> None:
    look = "import sys, scheduler.solving.solve; print('numba' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", look], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_foreign_octets_are_read_without_loading_the_case(root: Path) -> None:
    heavy = "{'pydantic', 'holidays', 'rota.case'} & set(sys.modules)"
    look = f"import sys, calendars.answers.message, calendars.incoming.expanding; print(sorted({heavy}))"
    result = subprocess.run([sys.executable, "-c", look], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
