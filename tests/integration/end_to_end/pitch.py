"""How high a voice is."""

from __future__ import annotations

import numpy as np

from tests.integration.end_to_end.speech_client import RECOGNISER_RATE, Floats

# Pitch of a human voice, in samples of one period.
_SHORTEST, _LONGEST = RECOGNISER_RATE // 400, RECOGNISER_RATE // 60
_FRAME = 1024


def median_pitch_hz(samples: Floats) -> float:
    """Of samples at 16 kHz, by autocorrelation, over the frames that have a pitch."""
    found: list[float] = []
    for start in range(0, len(samples) - _FRAME - _LONGEST, _FRAME // 2):
        head = samples[start : start + _FRAME].astype(np.float64)
        energy = float(head @ head)
        if energy < 1.0:
            continue
        likeness = []
        for lag in range(_SHORTEST, _LONGEST):
            later = samples[start + lag : start + lag + _FRAME].astype(np.float64)
            likeness.append(float(head @ later) / np.sqrt(energy * float(later @ later) + 1e-9))
        if max(likeness) > 0.8:
            # The first lag nearly as good as the best: its multiples are as good.
            lag = next(i for i, value in enumerate(likeness) if value > 0.93 * max(likeness))
            peak = lag + int(np.argmax(likeness[lag : lag + 20]))
            found.append(RECOGNISER_RATE / (peak + _SHORTEST))
    return float(np.median(found))
