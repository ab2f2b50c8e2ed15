"""The channel webhook: letters as signed JSON to an address of one's own, after Standard Webhooks 1.0.0.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict

from delivery.channel import Letter, Recipient
from delivery.outcome import Delivered, Outcome
from delivery.posting import Post, PostError, by_status, poster
from rota.text import text

FORMAT_VERSION = 1
TAKEN = range(200, 300)


class Webhook:
    """A channel to a program of one's own. Any answer 2xx means that it took the letter.

    Each request carries the letter's key in `webhook-id`, the same at every try, and is signed with the time.
    """

    label = text("webhook", "网络回调")
    deduplicates = True
    ambiguity = text(
        "The receiver may have the letter. It is to drop what comes again with a webhook-id that it has seen.",
        "对方可能已收到。对方应按消息标识去重。",
    )

    def __init__(
        self,
        name: str,
        url: str,
        secret: str,
        *,
        post: Post | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(tz=dt.UTC),
    ) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._post = post or poster()
        self._now = now

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Post one letter."""
        body = json.dumps(body_of(letter, to, key), ensure_ascii=False).encode()
        now = self._now()
        moment = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": identifier(key),
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._secret, identifier(key), moment, body),
        }
        try:
            reply = self._post(self._url, body, headers)
        except PostError as error:
            return error.outcome
        return Delivered() if reply.status in TAKEN else by_status(reply, now)


def identifier(key: str) -> str:
    """Return a key as it stands in a header: as it is where ASCII letters, digits and `-_:@` do, else its digest."""
    plain = key.isascii() and all(character.isalnum() or character in "-_:@" for character in key)
    return key if plain and key else hashlib.sha256(key.encode()).hexdigest()


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """Sign a request: `v1,` and the HMAC-SHA256 of identifier, time and body in base64.

    A secret that begins with `whsec_` is in base64; any other is taken as it stands.
    """
    seal = hmac.new(_octets(secret), f"{key}.{moment}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(seal.digest()).decode()


def _octets(secret: str) -> bytes:
    encoded = secret.removeprefix("whsec_")
    return secret.encode() if encoded == secret else base64.b64decode(encoded)


def body_of(letter: Letter, to: Recipient, key: str) -> dict[str, object]:
    """Return what the receiver gets."""
    body: dict[str, object] = {
        "format_version": FORMAT_VERSION,
        "key": key,
        "subject": letter.subject,
        "text": letter.body,
        "language": letter.language,
        "to": asdict(to),
    }
    if letter.invitation is not None:
        body["calendar"] = letter.invitation.content.decode()
    return body
