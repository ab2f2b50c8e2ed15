"""The channel Apprise: services that Rota does not speak itself, where the extra `apprise` is installed.

Source: github.com/caronc/apprise, its list of schemes. Only those that are named here are let through: others write
files, run programs or call any address.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from delivery.channel import Letter, Recipient
from delivery.outcome import Delivered, Outcome, Refused, Unknown
from rota.plain import clean, one_line
from rota.problem import RotaError
from rota.text import text

ALLOWED: Final = frozenset(
    {
        "bark",
        "barks",
        "discord",
        "gotify",
        "gotifys",
        "matrix",
        "matrixs",
        "mmost",
        "mmosts",
        "ntfy",
        "ntfys",
        "pover",
        "pushdeer",
        "pushdeers",
        "pushplus",
        "rocket",
        "rockets",
        "schan",
        "slack",
        "tgram",
        "workflows",
        "wxpusher",
        "zulip",
    }
)
"""Schemes that lead to a service that shows people messages."""


class AppriseError(RotaError):
    """Apprise is not installed, or its address may not be used."""


class LongTail:
    """A channel by Apprise, which says no more than whether it takes a message for delivered.

    It takes any answer with the status 200 for that, so `Delivered` is its word, not the service's.
    """

    label = text("Apprise", "通用推送")
    deduplicates = False
    ambiguity = text(
        "Apprise says that it failed, not how far it came; the message may have arrived.",
        "推送库只说失败，不说发到哪一步；消息可能已送达。",
    )

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._service = _library().Apprise.instantiate(checked(url), suppress_exceptions=True)
        if self._service is None:
            raise AppriseError(text("The address is not one of Apprise's", "地址不符合通用推送的格式"))

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Hand one letter to the service."""
        try:
            sent = self._service.notify(body=clean(letter.body).strip(), title=one_line(letter.subject))
        except TypeError:  # what Apprise raises for a message that no service could take
            return Refused(text("Apprise does not take this message", "通用推送不接受此消息"))
        return Delivered() if sent else Unknown(text("Apprise says that it failed", "通用推送报告失败"))


def checked(url: str) -> str:
    """Return an address whose scheme is allowed.

    Raises:
        AppriseError: it is not; the address itself is a secret and never repeated.
    """
    scheme = url.partition("://")[0].strip().lower()
    if scheme not in ALLOWED:
        about = {"scheme": one_line(scheme)[:20], "allowed": tuple(sorted(ALLOWED))}
        raise AppriseError(
            text(
                '"{scheme}" is not among the services allowed: {allowed}',
                "“{scheme}”不在允许的服务之列：{allowed}",
                **about,
            )
        )
    return url.strip()


def _library() -> ModuleType:
    try:
        import apprise  # noqa: PLC0415 - an extra, loaded only where a channel asks for it
    except ImportError:
        raise AppriseError(
            text(
                "Apprise is not installed; install Rota with the extra: pip install 'rota[apprise]'",
                "未安装通用推送库；请安装：pip install 'rota[apprise]'",
            )
        ) from None
    return apprise
