"""The time of a call, which stands still while its caller is away."""

from __future__ import annotations

from collections.abc import Callable


class CallClock:
    """Seconds; those of `monotonic` as long as it has never been stopped. Never runs backwards."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._behind_s = 0.0
        self._stopped_at: float | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    def now(self) -> float:
        """The call's time."""
        at = self._monotonic() if self._stopped_at is None else self._stopped_at
        return at - self._behind_s

    def real(self, moment: float) -> float:
        """When `moment` is, in the time of `monotonic`, unless the clock is stopped before it.

        For a moment before the last stop it is too late by as much as the clock stood.
        """
        return moment + self._behind_s

    def stop(self) -> None:
        """Stands still from now on. Idempotent."""
        if self._stopped_at is None:
            self._stopped_at = self._monotonic()

    def go_on(self, *, ran_s: float = 0.0) -> float:
        """Goes on, as if it had been stopped `ran_s` later, at most now.

        Gives the seconds that it has stood; 0 if it did not.
        """
        if self._stopped_at is None:
            return 0.0
        gone_s = self._monotonic() - self._stopped_at
        stood_s = gone_s - min(max(ran_s, 0.0), gone_s)
        self._stopped_at = None
        self._behind_s += stood_s
        return stood_s
