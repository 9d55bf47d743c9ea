"""Sound that was kept while it could not be sent, and comes faster than it was heard."""

from __future__ import annotations

from typing import Final

JITTER_S: Final = 0.3
"""As long as players' buffers usually are: networks that work are no later."""
_NO_LATER_S: Final = 0.05
"""Than the newest sound ever was: all has come that was kept."""
_WITHIN_S: Final = 1.0
"""Of sound that gets no newer: a client on the worst line sends faster than it hears."""
_NEWER_S: Final = 0.01


class LateSound:
    """Follows how late a client's sound is, in seconds, from when it has come back."""

    def __init__(self, now: float) -> None:
        self._least_s = float("inf")
        self._least_at = now

    def is_over(self, late_s: float, now: float) -> bool:
        """Whether sound that is `late_s` old is as new as this client's sound gets."""
        if late_s <= _NO_LATER_S:
            return True
        if late_s < self._least_s - _NEWER_S:
            self._least_s, self._least_at = late_s, now
        return now - self._least_at >= _WITHIN_S
