from __future__ import annotations

import numpy as np
import pytest

from vivavoce.testing.waveform import Samples


@pytest.fixture
def tone() -> Samples:
    """A second at 16 kHz, loud from its first sample to its last."""
    return np.where(np.arange(16_000) % 40 < 20, 8_000, -8_000).astype(np.int16)
