"""What lies in deploy/: systemd takes the units, the container holds what the wheel does, the proxy tells no secret."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from constraints.registry import catalogue
from scheduler.keeping.journal import Journal
from tests.cli.process import served
from tests.conftest import ROOT, RequireComponent
from tests.keeping.conftest import Ticking
from tests.keeping.station import filled, station
from tests.test_wheel import ROOMS
from workbook.folder import write_folder

DEPLOY = ROOT / "deploy"
UNITS = ("rota@.service", "rota-backup.service", "rota-backup.timer")
EXPOSED_AT_MOST = 20
"""Tenths on the scale of `systemd-analyze security`, where 100 is no protection at all."""
HOST = "rota.example.org"


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with the program where it is here, and an instance of the one that has several."""
    folder = tmp_path_factory.mktemp("systemd")
    program = Path(sys.executable).with_name("rota")
    for name in UNITS:
        said = (DEPLOY / "systemd" / name).read_text("utf-8").replace("/opt/rota/bin/rota", str(program))
        (folder / name.replace("@.", "@8734.")).write_text(said, "utf-8")
    return folder


def test_systemd_accepts_the_units_and_finds_them_guarded(units: Path, require_component: RequireComponent) -> None:
    require_component("systemd-analyze", shutil.which("systemd-analyze") is not None, "apt-get install systemd")
    verified = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, units.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    for service in units.glob("*.service"):
        ask = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", str(service)]
        guarded = subprocess.run(ask, capture_output=True, text=True, check=False)
        assert guarded.returncode == 0, guarded.stdout


def instructions(name: str) -> list[tuple[str, str]]:
    """The instructions of a Containerfile; a line that ends in a backslash goes on in the next."""
    joined = (DEPLOY / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, rest in lines]


def test_the_container_holds_what_the_wheel_is_made_of_and_runs_as_nobody_in_particular() -> None:
    found = instructions("Containerfile")
    copied = [source for word, rest in found if word == "COPY" and "--from" not in rest for source in rest.split()[:-1]]
    assert sorted(copied) == sorted(["pyproject.toml", "LICENSE", "cli.py", "deploy/requirements.txt", *ROOMS])
    assert all((ROOT / source).exists() for source in copied)
    last = found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :]
    said = dict(last)
    assert said["USER"] == "10001:10001"
    assert "/healthz" in said["HEALTHCHECK"]
    assert all("--require-hashes" in rest or "--no-index" in rest for _, rest in found if "pip install" in rest)


def test_what_is_installed_on_a_server_is_pinned_as_everywhere_with_postgresql_beside() -> None:
    everywhere, server = (pins(ROOT / "requirements.txt"), pins(DEPLOY / "requirements.txt"))
    assert everywhere <= server
    assert {pin.partition("==")[0] for pin in server - everywhere} == {"psycopg", "psycopg-binary"}


def pins(file: Path) -> set[str]:
    return set(re.findall(r"^[a-z0-9.-]+==\S+", file.read_text("utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a published journal, and the secret of a link."""
    folder = tmp_path_factory.mktemp("served") / "station"
    folder.mkdir()
    write_folder(station(), folder, catalogue())
    with Journal.open(folder / "journal.db", clock=Ticking(), create=True) as journal:
        return folder, filled(journal).subscribers.issue("all", "zh").token


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def nginx(folder: Path, behind: str) -> Iterator[int]:
    """Run nginx with our file before a server, with a certificate of its own; say its port."""
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    keys = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{folder}/privkey.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-days", "2", *subject, *keys, "-out", f"{folder}/fullchain.pem"],
        check=True,
        capture_output=True,
    )
    port = free_port()
    said = (DEPLOY / "proxy" / "nginx.conf").read_text("utf-8")
    for ours, here in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("127.0.0.1:8734", behind.removeprefix("http://")),
        ("/etc/ssl/rota", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        assert ours in said
        said = said.replace(ours, here)
    around = f"daemon off; pid {folder}/pid; error_log {folder}/all.log info; events {{}}\n"
    (folder / "nginx.conf").write_text(f"{around}http {{ access_log {folder}/access.log;\n{said}\n}}\n", "utf-8")
    command = ["nginx", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            waited(port)
            yield port
        finally:
            process.terminate()


def waited(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def ask(port: int, folder: Path, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, str]:
    """Ask over HTTPS as a calendar program does, believing this one certificate; return the status and the tag."""
    trusted = ssl.create_default_context(cafile=folder / "fullchain.pem")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.sock = trusted.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=HOST)
    try:
        connection.request(method, path, body, {"Host": HOST, **{k.replace("_", "-"): v for k, v in headers.items()}})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["ETag"] or ""
    finally:
        connection.close()


@pytest.mark.slow
def test_behind_nginx_a_feed_is_served_over_https_and_its_secret_stands_in_no_log(
    linked: tuple[Path, str], tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("nginx", shutil.which("nginx") is not None, "apt-get install nginx-light")
    require_component("openssl", shutil.which("openssl") is not None, "apt-get install openssl")
    folder, token = linked
    path = f"/f/{token}.ics"
    with served(folder, "--no-engine", "--no-sending") as server, nginx(tmp_path, server.address) as port:
        status, tag = ask(port, tmp_path, path)
        assert (status, ask(port, tmp_path, path, If_None_Match=tag)) == (200, (304, tag))
        assert ask(port, tmp_path, path, "POST", b"x" * 100_000)[0] == 413
        assert ask(port, tmp_path, "/api/replies", "POST", b"x" * 100_000)[0] == 401
        assert [ask(port, tmp_path, other)[0] for other in ("/metrics", "/healthz", "/f/x.ics")] == [404, 200, 404]
        server.process.terminate()
        server.process.wait(60)
        assert ask(port, tmp_path, path)[0] == 502
    logs = [server.log, *tmp_path.glob("*.log")]
    assert len(logs) >= 2
    for log in logs:
        assert token not in log.read_text("utf-8"), log.name
