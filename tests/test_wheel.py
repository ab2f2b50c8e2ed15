"""What gets installed: the wheel, in an environment of its own, used from another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.slow

ROOMS = ("rota", "constraints", "scheduler", "calendars", "workbook", "console", "delivery", "web")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints, run as a user would: nothing of the checkout on its path."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    result = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def source(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is made from: building leaves files behind, and must not find those of other builds."""
    folder = tmp_path_factory.mktemp("source")
    for file in ("pyproject.toml", "LICENSE", "cli.py"):
        shutil.copy(root / file, folder)
    for room in ROOMS:
        if (root / room).is_dir():
            shutil.copytree(root / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the setuptools of this environment: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    run(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, source, cwd=folder)
    (built,) = folder.glob("rota-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh environment that holds the wheel, and sees the dependencies of this one."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = {"base": str(folder), "platbase": str(folder)}
    scripts = Path(sysconfig.get_path("scripts", "venv", vars=paths))
    site_packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(scripts / "python")]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    # Only now, so that pip does not take this environment's own Rota for the installed one. A .pth file inside a folder
    # that is added like this is not read: the editable checkout stays out of sight.
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def test_the_wheel_holds_every_file_of_every_package(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {PurePosixPath(name) for name in archive.namelist()}
    expected = {
        PurePosixPath(path.relative_to(source).as_posix())
        for room in ROOMS
        for path in (source / room).rglob("*")
        if path.is_file()
    }
    assert expected
    assert expected <= inside, f"left behind, see package-data in pyproject.toml: {sorted(map(str, expected - inside))}"


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {PurePosixPath(name).parts[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} <= {*ROOMS, "cli.py"}


def test_the_installed_packages_are_those_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "import cli, rota; print(cli.__file__, rota.__file__, sep='\\n')", cwd=tmp_path
    )
    for file in where.split():
        assert Path(file).is_relative_to(installed.parent)


def test_the_command_says_its_version_and_its_use(installed: Path, root: Path, tmp_path: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in run(installed / "rota", "--version", cwd=tmp_path)
    assert "plan" in run(installed / "rota", "--help", cwd=tmp_path)


def test_the_command_writes_a_case_and_plans_its_year_from_another_folder(installed: Path, tmp_path: Path) -> None:
    rota = installed / "rota"
    run(rota, "new", "alliance", cwd=tmp_path)
    run(rota, "plan", "alliance", "-o", "plan.json", cwd=tmp_path)
    run(rota, "verify", "alliance", "plan.json", cwd=tmp_path)
