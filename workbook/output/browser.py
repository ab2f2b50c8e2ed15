"""A headless Chromium that turns a page of HTML into PDF and PNG; it opens that page and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rota.problem import RotaError
from rota.text import text

VARIABLE = "ROTA_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
TIMEOUT = 60
"""Seconds that one picture or document may take."""
SHARPNESS = 2
"""Device pixels per pixel of a picture."""
TALLEST = 6000
"""Pixels; a taller page is none to send as a picture."""
UNMEASURED = 1200
MEASURE = (
    "<script>document.documentElement.dataset.tall="
    "Math.ceil(document.body.getBoundingClientRect().bottom+scrollY)</script></body>"
)


class BrowserError(RotaError):
    """Chromium did not make what was asked of it."""


@dataclass(frozen=True)
class Browser:
    """One Chromium, run afresh for each document with a profile of its own that is thrown away."""

    program: str
    timeout: float = TIMEOUT

    def pdf(self, html: str) -> bytes:
        """Print a page to PDF on the paper that its style names.

        Raises:
            BrowserError: Chromium failed or took too long.
        """
        with tempfile.TemporaryDirectory(prefix="rota-", ignore_cleanup_errors=True) as room:
            made = Path(room) / "page.pdf"
            return self._made(Path(room), html, made, ["--no-pdf-header-footer", f"--print-to-pdf={made}"])

    def png(self, html: str, width: int) -> bytes | None:
        """Take a picture of a page `width` pixels wide and as tall as its content; None where that is too tall.

        Raises:
            BrowserError: Chromium failed or took too long.
        """
        with tempfile.TemporaryDirectory(prefix="rota-", ignore_cleanup_errors=True) as room:
            made = Path(room) / "page.png"
            tall = self._height(Path(room), html, width)
            if tall > TALLEST:
                return None
            size = [f"--window-size={width},{tall}"]
            scale = [f"--force-device-scale-factor={SHARPNESS}"]
            return self._made(Path(room), html, made, [*size, *scale, f"--screenshot={made}"])

    def _height(self, room: Path, html: str, width: int) -> int:
        """Measure the content in a first run: a line of script, only in this copy of the page, notes its height."""
        flags = [f"--window-size={width},1000", "--dump-dom"]
        told = self._run(room, html.replace("</body>", MEASURE), flags)
        found = re.search(r'data-tall="(\d+)"', told)
        return int(found[1]) if found else UNMEASURED

    def _made(self, room: Path, html: str, made: Path, flags: Sequence[str]) -> bytes:
        told = self._run(room, html, flags)
        if not made.is_file() or not made.stat().st_size:
            raise _failed(self.program, told)
        return made.read_bytes()

    def _run(self, room: Path, html: str, flags: Sequence[str]) -> str:
        page = room / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [self.program, *FLAGS, *_unboxed(), f"--user-data-dir={room / 'profile'}", *flags, page.as_uri()]
        try:
            ended = subprocess.run(  # noqa: S603 - the browser that was found or named, our own page
                command, capture_output=True, timeout=self.timeout, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(self.program, str(error)) from error
        if ended.returncode:
            raise _failed(self.program, ended.stderr.decode(errors="replace"))
        return ended.stdout.decode(errors="replace")


def found_browser(environment: Mapping[str, str] = os.environ) -> Browser | None:
    """Return the Chromium named in ROTA_CHROMIUM, else the first on the path, else None."""
    named = environment.get(VARIABLE)
    for program in (named,) if named else PROGRAMS:
        if found := shutil.which(program, path=environment.get("PATH")):
            return Browser(found)
    return None


def _unboxed() -> tuple[str, ...]:
    """Chromium refuses its sandbox to root, e.g. in a container."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ("--no-sandbox",) if is_root else ()


def _failed(program: str, told: str) -> BrowserError:
    last = next((line for line in reversed(told.splitlines()) if line.strip()), "")
    return BrowserError(
        text(
            "{program} made no PDF or picture ({told}). The HTML is written; any browser prints it.",
            "{program} 未能生成 PDF 或图片（{told}）。HTML 已写好，用任何浏览器都可打印。",
            program=program,
            told=last[-200:],
        )
    )
