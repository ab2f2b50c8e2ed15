"""Same origin: a form is taken only from our own pages, whatever another page makes a browser send."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

PROOF = b"rota: form"
"""What the proof in a form is derived for."""


def is_ours(headers: Mapping[str, str], base: str) -> bool:
    """Tell whether a request to change something may come from one of our pages.

    Browsers say by Sec-Fetch-Site where a request began. Older ones say Origin; behind a proxy that changes the header
    Host, the address at which people reach the server counts as well. Where neither is said, or the origin is hidden
    because our pages send no referrer, the proof in the form has to do.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "null")
    if origin == "null":
        return True
    return urlsplit(origin).netloc in {headers.get("host", ""), urlsplit(base).netloc} - {""}


def proof_of(token: str) -> str:
    """Return what a form carries to show that it stood on the page that the secret leads to."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), PROOF, hashlib.sha256).hex()


def is_proved(token: str, said: str) -> bool:
    """Tell whether a form carries the proof of a page."""
    return hmac.compare_digest(proof_of(token), said)
