"""When a listener runs dry."""

from __future__ import annotations


class PlayClock:
    """Follows a listener who plays each piece of audio as soon as it has come and its turn is due.

    Times are `time.monotonic()` seconds.
    """

    def __init__(self) -> None:
        self._dry_at = 0.0

    def dry_at(self, now: float) -> float:
        """When all audio sent so far will have been heard; `now` for a listener who waits."""
        return max(self._dry_at, now)

    def sent(self, seconds: float, now: float) -> None:
        """Another piece of audio is on its way."""
        self._dry_at = self.dry_at(now) + seconds
