"""Ctrl-C and its like in the middle of a search: the best plan is written, verified, and said to be not proved."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from console import planning
from console.interrupt import said_to_stop
from console.screen import Screen
from rota.plan import load_plan
from rota.text import Language, Message
from scheduler.solving.control import Progress
from tests.cli.conftest import Rota

if sys.platform != "win32":
    import pty


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
@pytest.mark.parametrize("sent_as", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_leaves_a_plan_that_verifies(
    rota: Rota, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, sent_as: str
) -> None:
    @contextmanager
    def interrupting(_language: str) -> Iterator[Callable[[Progress], None]]:
        sent: list[Progress] = []

        def report(progress: Progress) -> None:
            if not sent:
                sent.append(progress)
                os.kill(os.getpid(), getattr(signal, sent_as))

        yield report

    monkeypatch.setattr(planning, "progress_line", interrupting)
    case, target = root / "examples" / "suzhou", tmp_path / "plan.json"

    ended = rota("plan", case, "-o", target)

    assert ended.code == 130
    plan = load_plan(target.read_text("utf-8"))
    assert not plan.proved
    assert not plan.solver.reproducible
    assert rota("verify", case, target).code == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no terminals that hang up")
def test_a_terminal_that_is_closed_leaves_a_plan(rota: Rota, tmp_path: Path, root: Path) -> None:
    case, target = root / "examples" / "suzhou", tmp_path / "plan.json"
    process, terminal = pty.fork()
    if process == 0:
        command = [sys.executable, str(root / "cli.py"), "plan", str(case), "-o", str(target), "--lang", "zh"]
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
    said = b""
    while "优先级".encode() not in said:  # a priority is searched, so there is a plan
        said += os.read(terminal, 1024)
    os.close(terminal)
    os.waitpid(process, 0)
    assert rota("verify", case, target).code == 0


class Noted(Screen):
    """A screen that tells when something was said."""

    def __init__(self, language: Language) -> None:
        super().__init__(language)
        self.noted = Event()

    def note(self, message: Message | str) -> None:
        super().note(message)
        self.noted.set()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Stopping; what has been found is kept. Ctrl-C once more ends the program.\n"),
        ("zh", "正在停止，会保留已求得的结果；再按一次 Ctrl-C 则直接退出。\n"),
    ],
)
def test_who_interrupts_a_search_that_goes_on_is_told_that_it_is_stopping(
    language: Language, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stop, screen = Event(), Noted(language)
    with said_to_stop(stop, screen):
        stop.set()
        assert screen.noted.wait(60.0)
    assert capsys.readouterr() == ("", said)


def test_nothing_is_said_of_stopping_where_nobody_interrupts(capsys: pytest.CaptureFixture[str]) -> None:
    with said_to_stop(Event(), Screen("en")):
        pass
    assert capsys.readouterr() == ("", "")
