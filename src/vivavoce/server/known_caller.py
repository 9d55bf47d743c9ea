"""A caller known by a key: what the key is for, what it may have, and what it has had."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from vivavoce.core.limits import Limits, MonthlyCharacters, RequestRate, Turns
from vivavoce.core.periods import period_end
from vivavoce.errors import InvalidApiKey, NotAllowed
from vivavoce.store.usage import UsageLedger


class KnownCaller:
    """One for each key, whichever connections it is shown on; see `sessions.caller.Caller`.

    It outlives its key's end while a connection holds it: what has begun may finish.
    """

    def __init__(
        self,
        key_id: str,
        name: str,
        *,
        ledger: UsageLedger,
        clock: Callable[[], float],
        scopes: Collection[str] = (),
        limits: Limits | None = None,
    ) -> None:
        """No `scopes` are all of them. `clock` gives seconds since 1970."""
        self.key_id = key_id
        self.name = name
        self._scopes = frozenset(scopes)
        self._limits = limits or Limits()
        self._ledger = ledger
        self._clock = clock
        self._requests = RequestRate(self._limits.requests_a_minute)
        self._turns = Turns(self._limits.turns_at_once)
        self._characters = MonthlyCharacters(self._limits.characters_a_month)
        self._is_revoked = False

    def revoke(self) -> None:
        """From now on nothing new begins; what is under way may finish."""
        self._is_revoked = True

    def may(self, permission: str) -> bool:
        """Whether the key is for `permission`."""
        return not self._scopes or permission in self._scopes

    def require(self, permission: str) -> None:
        """Raises NotAllowed unless the key is for `permission`."""
        if not self.may(permission):
            raise NotAllowed(f"The API key {self.name} is missing the permission {permission}.")

    def count_request(self) -> None:
        """One more request. Raises RateLimited, or InvalidApiKey once the key is revoked."""
        self._check_key()
        self._requests.count(time.monotonic())

    def enter_turn(self) -> None:
        """One more generation.

        Raises ConcurrencyLimited, or InvalidApiKey once the key is revoked, and then it is not.
        """
        self._check_key()
        self._turns.enter()

    def leave_turn(self) -> None:
        """A generation that entered has ended."""
        self._turns.leave()

    def spend(self, characters: int) -> None:
        """So many are about to be spoken. Raises QuotaExceeded, and then they are not."""
        now = self._clock()
        self._characters.spend(characters, now)
        self._ledger.add(self.key_id, characters, now)

    def recount(self, written: int, now_s: float) -> None:
        """The store has `written` characters for the month of `now_s`, the ledger all others."""
        self._characters.recount(written + self._ledger.of_month(self.key_id, now_s), now_s)

    def _check_key(self) -> None:
        if self._is_revoked:
            raise InvalidApiKey("The API key has been revoked.")

    @property
    def concurrent(self) -> int:
        """Generations under way."""
        return self._turns.under_way

    @property
    def most_concurrent(self) -> int | None:
        """Generations there may be under way at once; None for no limit."""
        return self._limits.turns_at_once

    @property
    def characters_used(self) -> int:
        """Characters spoken in this calendar month, UTC."""
        return self._characters.used(self._clock())

    @property
    def characters_limit(self) -> int | None:
        """Characters there may be in a calendar month; None for no limit."""
        return self._limits.characters_a_month

    @property
    def resets_at(self) -> int:
        """When `characters_used` is 0 again, in seconds since 1970."""
        return period_end(self._clock(), "month")
