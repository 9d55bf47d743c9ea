"""Who may come in: the places where a caller may show a key, and the keys that count."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import chain, islice

import msgspec

from vivavoce.errors import InvalidApiKey, MissingApiKey
from vivavoce.server.accounts import Accounts
from vivavoce.server.known_caller import KnownCaller
from vivavoce.store.keys import KEY_PREFIX, key_digest
from vivavoce.store.store import Store
from vivavoce.store.tokens import Tokens

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

# More than there are places for. Each costs a comparison with every key, and perhaps a query.
_MOST_CANDIDATES = 16


class Credentials(msgspec.Struct, frozen=True):
    """What a caller showed, each value once, in the protocol's order: the first 16."""

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
        places = chain(map(lower.get, _HEADERS), map(query.get, _QUERY))
        return cls(_distinct(chain(places, islice(bearers, _MOST_CANDIDATES))))

    def with_first_message(self, shown: Iterable[str]) -> Credentials:
        """These, and after them what the first message of a socket carried."""
        return Credentials(_distinct(chain(self.candidates, shown)))

    def __repr__(self) -> str:
        """How many, not which: a repr ends up in logs."""
        return f"Credentials(<{len(self.candidates)}>)"


class Gate:
    """Lets callers in by the keys of the settings, those of the store, and single-use tokens.

    The database is waited for only where no key or token in memory fits. Made by `open_gate`.
    """

    def __init__(self, accounts: Accounts, tokens: Tokens) -> None:
        self._accounts = accounts
        self._tokens = tokens

    async def admit(
        self, candidates: Sequence[str], *, token_kind: str | None = None
    ) -> KnownCaller:
        """Whose key or token one of the candidates is; tokens count for their kind only.

        A server that has no key lets everyone in. Raises MissingApiKey when there is no candidate,
        InvalidApiKey when none fits.
        """
        if not self.asks:
            return self.anyone
        shown = [candidate for candidate in candidates if candidate]
        if not shown:
            raise MissingApiKey(
                "This server asks for an API key: send it in the header xi-api-key, in the query "
                "parameter authorization, or as xi_api_key in the first message."
            )
        caller = self._by_key(shown)
        if caller is None and token_kind is not None:
            caller = await self._by_token(shown, token_kind)
        if caller is None and any(candidate.startswith(KEY_PREFIX) for candidate in shown):
            await self._accounts.read_since(time.monotonic())
            caller = self._by_key(shown)
        if caller is None:
            raise InvalidApiKey("The API key is not one of this server's.")
        self._accounts.mark_used(caller)
        return caller

    @property
    def asks(self) -> bool:
        """Whether a key must be shown; without one, everyone is `anyone`."""
        return self._accounts.asks

    @property
    def anyone(self) -> KnownCaller:
        """Who has shown no key, where none is needed."""
        return self._accounts.anyone

    def holder(self, key_id: str) -> KnownCaller | None:
        """For whom something was issued that names a key by its id; None once the key is revoked.

        Everyone is `anyone` on a server that asks for no key.
        """
        return self._accounts.by_id(key_id) if self.asks else self.anyone

    def _by_key(self, shown: Sequence[str]) -> KnownCaller | None:
        """Compares every candidate with every key, so that the time taken tells nothing."""
        fitting = [
            caller
            for candidate in map(key_digest, shown)
            for digest, caller in self._accounts.digests
            if hmac.compare_digest(candidate, digest)
        ]
        return fitting[0] if fitting else None

    async def _by_token(self, shown: Sequence[str], kind: str) -> KnownCaller | None:
        for candidate in shown:
            key_id = await self._tokens.key_id(candidate, kind)
            if key_id is not None:
                return self._accounts.by_id(key_id)
        return None


@asynccontextmanager
async def open_gate(
    api_keys: Sequence[str], store: Store, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Gate]:
    """A gate for the keys of the settings, `api_keys`, and those of the store.

    Reads the store every second meanwhile, so that keys made or revoked by other processes count,
    and writes to it what was used; on leaving, all that is left. `clock` gives seconds since 1970.
    """
    accounts = Accounts(api_keys, store, clock=clock)
    await accounts.read()
    ended = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(accounts.keep(ended))
            try:
                yield Gate(accounts, store.tokens)
            finally:
                ended.set()
    finally:
        await accounts.close()


def _distinct(shown: Iterable[str | None]) -> tuple[str, ...]:
    keys = map(_without_scheme, filter(None, shown))
    distinct: dict[str, None] = {}
    while len(distinct) < _MOST_CANDIDATES and (key := next(keys, None)) is not None:
        if key:
            distinct[key] = None
    return tuple(distinct)


def _without_scheme(value: str) -> str:
    value = value.strip()
    return value[len(_SCHEME) :].strip() if value.lower().startswith(_SCHEME) else value
