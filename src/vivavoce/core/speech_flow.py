"""When somebody speaks, by the hop: onset, speech and silence."""

from __future__ import annotations

from typing import Final

from vivavoce.core.pieces import HOP, RATE

HOP_S: Final = HOP / RATE
"""Seconds from one judgement of voice activity to the next."""
_THRESHOLD: Final = 0.4
_RELEASE: Final = 0.15
"""How far below the threshold speech that has begun may fall (Silero's own rule)."""
_ONSET_HOPS: Final = 3
"""In a row: clicks and most knocks are shorter, and 96 ms is what an interruption may cost."""


class SpeechFlow:
    """Likelihoods of speech in; whether there is any, and for how long there has been none.

    Hops that might be speech count as such from the third in a row on, those before it included.
    """

    def __init__(self) -> None:
        self._might_be = False
        self._run = 0
        self._quiet_hops = 0
        self._speech_hops = 0

    @property
    def is_speaking(self) -> bool:
        """Whether the last hop was speech."""
        return self._run >= _ONSET_HOPS

    @property
    def quiet_s(self) -> float:
        """Seconds since the last speech."""
        return self._quiet_hops * HOP_S

    @property
    def speech_s(self) -> float:
        """Seconds of speech since `forget`."""
        return self._speech_hops * HOP_S

    def feed(self, likelihood: float) -> bool:
        """One hop; whether speech begins with it, or goes on after a hop without."""
        bar = _THRESHOLD - (_RELEASE if self._might_be else 0.0)
        self._might_be = likelihood >= bar
        self._run = self._run + 1 if self._might_be else 0
        if self._run < _ONSET_HOPS:
            self._quiet_hops += 1
            return False
        self._quiet_hops = 0
        self._speech_hops += _ONSET_HOPS if self._run == _ONSET_HOPS else 1
        return self._run == _ONSET_HOPS

    def forget(self) -> None:
        """What has been said so far is settled."""
        self._speech_hops = 0
