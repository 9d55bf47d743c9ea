"""Who may come in: the places where a caller may show a key, and the keys that count."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vivavoce.errors import InvalidApiKey, MissingApiKey

# In the order in which the protocol's clients are served: what was meant for keys comes first.
_HEADERS = ("xi-api-key", "authorization")
_QUERY = (
    "authorization",
    "single_use_token",
    "token",
    "conversation_signature",
    "xi-api-key",
    "xi_api_key",
)
_SUBPROTOCOL = "bearer."
_SCHEME = "bearer "


class Credentials(msgspec.Struct, frozen=True):
    """Everything that a caller showed, each value once, in the protocol's order."""

    candidates: tuple[str, ...] = ()

    @classmethod
    def from_handshake(
        cls, headers: Mapping[str, str], query: Mapping[str, str], subprotocols: Iterable[str] = ()
    ) -> Credentials:
        """What stands in an HTTP request or a WebSocket handshake; header names in any case."""
        lower = {name.lower(): value for name, value in headers.items()}
        bearers = (
            protocol.removeprefix(_SUBPROTOCOL)
            for protocol in subprotocols
            if protocol.startswith(_SUBPROTOCOL)
        )
        return cls(_distinct([*map(lower.get, _HEADERS), *map(query.get, _QUERY), *bearers]))

    def with_first_message(self, shown: Iterable[str]) -> Credentials:
        """These, and after them what the first message of a socket carried."""
        return Credentials(_distinct([*self.candidates, *shown]))

    def __repr__(self) -> str:
        """How many, not which: a repr ends up in logs."""
        return f"Credentials(<{len(self.candidates)}>)"


class KeyRing:
    """The keys of this server; an empty ring lets everyone in."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = tuple(_digest(key.strip()) for key in keys)

    def check(self, candidates: Iterable[str]) -> None:
        """Returns if one candidate is one of the keys.

        Every candidate is compared with every key, so that the time taken tells nothing about
        either. Raises MissingApiKey when there is no candidate, InvalidApiKey when none fits.
        """
        if not self._digests:
            return
        shown = [_digest(candidate) for candidate in candidates if candidate]
        if not shown:
            raise MissingApiKey(
                "This server asks for an API key: send it in the header xi-api-key, in the query "
                "parameter authorization, or as xi_api_key in the first message."
            )
        if not sum(hmac.compare_digest(one, key) for one in shown for key in self._digests):
            raise InvalidApiKey("The API key is not one of this server's.")


def _distinct(shown: Iterable[str | None]) -> tuple[str, ...]:
    keys = [_without_scheme(value) for value in shown if value]
    return tuple(dict.fromkeys(key for key in keys if key))


def _without_scheme(value: str) -> str:
    value = value.strip()
    return value[len(_SCHEME) :].strip() if value.lower().startswith(_SCHEME) else value


def _digest(key: str) -> bytes:
    # A lone surrogate can come out of JSON; it must fail to match, not to encode.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
