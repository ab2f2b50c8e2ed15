"""The forms of a page as a browser without scripts sees them: where they go, and what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from scheduler.keeping.journal import Journal
from tests.keeping.station import STREAM
from tests.web.conftest import Answer, Running

CONFIRM, DECLINE, EXCHANGE = "确认到岗", "无法到岗", "换班"
EVIL = "<script>alert(1)</script>\"'&"


@dataclass
class Form:
    """One form: its address and method, its fields as they are filled in, and its buttons by their labels."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._button: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said["action"], said.get("method", "get")))
        elif tag == "input" and self.forms and "name" in said:
            if said.get("type") != "radio" or "checked" in said:
                self.forms[-1].fields[said["name"]] = said.get("value", "")
        elif tag == "button":
            self._button = said.get("name", ""), said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.forms[-1].buttons[data.strip()] = self._button
            self._button = None


def forms_of(page: bytes) -> list[Form]:
    """All forms of a page."""
    reader = _Reader()
    reader.feed(page.decode())
    return reader.forms


def form_with(page: bytes, button: str, **about: str) -> Form:
    """The first form with a button, and with the fields that are named."""
    return next(form for form in forms_of(page) if button in form.buttons and about.items() <= form.fields.items())


@dataclass(frozen=True)
class Sent:
    """A form that was sent: where to, and what came back."""

    path: str
    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def said(self) -> str:
        return self.answer.body.decode()

    def followed(self, running: Running) -> str:
        """What the page says to which the browser is sent."""
        assert self.status == 303, self.said
        return running.ask(urljoin(self.path, self.answer.headers["location"])).body.decode()


def send(
    running: Running, at: str, form: Form, button: str, headers: dict[str, str] | None = None, /, **typed: str
) -> Sent:
    """Press a button of a form on the page `at`, with what was typed; an empty header is left out."""
    name, value = form.buttons[button]
    pressed = {name: value} if name else {}
    body = urlencode({**form.fields, **typed, **pressed}).encode()
    said = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **(headers or {})}
    said = {name: value for name, value in said.items() if value}
    path = urljoin(at, form.action)
    return Sent(path, running.ask(path, form.method.upper(), body, **said))


def kinds(journal: Journal) -> list[str]:
    return [change.kind for change in journal.changes(STREAM)][6:]
