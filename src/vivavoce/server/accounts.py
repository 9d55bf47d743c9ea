"""The callers of a server in memory, kept in step with the store."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence

import structlog

from vivavoce.server.known_caller import KnownCaller
from vivavoce.store.keys import StoredKey, key_digest
from vivavoce.store.store import Store
from vivavoce.store.usage import UsageLedger

# Soon enough for a key that was revoked elsewhere, seldom enough to cost nothing.
_STEP_S = 1.0

# What a flood of keys that nobody has may cost: ten steps a second, however many are shown.
_STEPS_APART_S = 0.1

_TOUCHES_APART_S = 60.0

_log = structlog.get_logger(__name__)


class Accounts:
    """Who may come in, and what they have used: read from the store and written to it.

    One step writes what was used, then reads keys and counts again. As only one step is under way
    at a time, what the store has and what the ledger has always add up to what was used.
    """

    def __init__(
        self, api_keys: Sequence[str], store: Store, *, clock: Callable[[], float]
    ) -> None:
        """`api_keys` are those of the settings; `clock` gives seconds since 1970."""
        self._store = store
        self._clock = clock
        self._ledger = UsageLedger()
        self.anyone = KnownCaller("", "anyone", ledger=self._ledger, clock=clock)
        self._owner = KnownCaller("settings", "settings", ledger=self._ledger, clock=clock)
        self._of_settings = [(key_digest(key.strip()), self._owner) for key in api_keys]
        self._stored: dict[str, KnownCaller] = {}
        self.digests: tuple[tuple[bytes, KnownCaller], ...] = ()
        """Of all keys that count, and whose they are."""
        self.asks = bool(api_keys)
        """Whether a key must be shown: from the first there is, as long as this server runs."""
        self._used: set[str] = set()
        self._touched_at: dict[str, float] = {}
        self._one_step = asyncio.Lock()
        self._stepped_at = -math.inf
        self._in_step = True

    def by_id(self, key_id: str) -> KnownCaller | None:
        """Whose key id this is, if the key counts."""
        if key_id == self._owner.key_id and self._of_settings:
            return self._owner
        return self._stored.get(key_id)

    def mark_used(self, caller: KnownCaller) -> None:
        """The caller's key was shown just now."""
        if caller is not self._owner:
            self._used.add(caller.key_id)

    async def read(self) -> None:
        """Reads keys and counts. Raises what the database raises."""
        now = self._clock()
        keys = await self._store.keys.all()
        characters = await self._store.usage.of_month(now)
        live = [key for key in keys if key.revoked_at is None]
        before = self._stored
        self._stored = {key.key_id: before.get(key.key_id) or self._of(key) for key in live}
        for key_id in before.keys() - self._stored.keys():
            before[key_id].revoke()
        self.digests = (
            *self._of_settings,
            *((key.digest, self._stored[key.key_id]) for key in live),
        )
        # A revoked key still asks: that the last one is revoked must not open the server to all.
        self.asks = self.asks or bool(keys)
        for caller in (self.anyone, self._owner, *self._stored.values()):
            caller.recount(characters.get(caller.key_id, 0), now)

    async def keep(self, ended: asyncio.Event) -> None:
        """A step each second until `ended`."""
        while not ended.is_set():
            try:
                async with asyncio.timeout(_STEP_S):
                    await ended.wait()
            except TimeoutError:
                await self.read_since(time.monotonic())

    async def read_since(self, asked_at: float) -> None:
        """Waits for a step that began at the `time.monotonic()` of `asked_at` or later."""
        async with self._one_step:
            if self._stepped_at < asked_at:
                await asyncio.sleep(self._stepped_at + _STEPS_APART_S - time.monotonic())
                self._stepped_at = time.monotonic()
                await self._step()

    async def close(self) -> None:
        """Writes down what is left."""
        async with self._one_step:
            try:
                await self._write()
            except Exception as error:
                lost = sum(self._ledger.take().values())
                _log.error("counts of use are lost", characters=lost, exc_info=error)

    async def _step(self) -> None:
        try:
            await self._write()
            await self.read()
        except Exception as error:  # whatever ails the database, speech must go on
            if self._in_step:
                _log.warning("keys and counts of use cannot be read or written", exc_info=error)
            self._in_step = False
        else:
            if not self._in_step:
                _log.info("keys and counts of use are read and written again")
            self._in_step = True

    async def _write(self) -> None:
        characters = self._ledger.take()
        try:
            if characters:
                await self._store.usage.add(characters)
        except BaseException:
            self._ledger.give_back(characters)
            raise
        now = time.monotonic()
        used, self._used = self._used, set()
        long_ago = now - _TOUCHES_APART_S
        touched = {one for one in used if self._touched_at.get(one, -math.inf) <= long_ago}
        if touched:
            await self._store.keys.touch(touched)
            self._touched_at.update(dict.fromkeys(touched, now))

    def _of(self, key: StoredKey) -> KnownCaller:
        return KnownCaller(
            key.key_id,
            key.name,
            ledger=self._ledger,
            clock=self._clock,
            scopes=key.scopes,
            limits=key.limits,
        )
