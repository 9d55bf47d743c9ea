"""What went wrong at a chat server, in words that give away neither keys nor machines."""

from __future__ import annotations

import re
import ssl
from collections.abc import Collection

import httpx

from vivavoce.engines.guarded_http import UrlRefused

_MOST_CHARACTERS = 200
_HIDDEN = "[hidden]"
_SECRET_LIKE = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+"  # addresses
    r"|\bbearer\s+\S+"
    r"|\b(?:sk|pk|rk|gsk|hf|xai|key)[-_][\w*.-]+"  # keys as vendors make them
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """A server's own words, in one line of at most 200 characters."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    text = _UNPRINTABLE.sub(" ", _SECRET_LIKE.sub(_HIDDEN, text)).strip()
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def answered_with(status: int, complaint: str) -> str:
    """For a status other than 200, and what the body says of it, if anything."""
    said = f"The language model's server answered HTTP {status}"
    return f"{said}: {complaint}" if complaint else said + "."


def transport_failure(error: httpx.HTTPError) -> str:
    """For a request that got no answer, or only a part of one."""
    if isinstance(error, UrlRefused):
        return f"The language model's server cannot be reached. {error}"
    if _has_cause(error, ssl.SSLError):
        return "The language model's server cannot be reached: its certificate is not accepted."
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "The language model's server cannot be reached."
    if isinstance(error, httpx.LocalProtocolError):
        return "The request to the language model's server has a header that cannot be sent."
    return "The language model's server broke off its answer."


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, kind):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
