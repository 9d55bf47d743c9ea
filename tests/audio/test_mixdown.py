from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest

from vivavoce.audio.inlet import HEARING_RATE
from vivavoce.audio.mixdown import Mixdown

RATE = 48_000
LEVEL = 0.25


def _frame(at_s: float | None, seconds: float = 0.02, rate: int = RATE) -> av.AudioFrame:
    """A constant that begins at `at_s`; None for a frame without a time stamp."""
    samples = np.full((1, round(seconds * rate)), LEVEL, np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate = rate
    frame.time_base = Fraction(1, rate)
    frame.pts = None if at_s is None else round(at_s * rate)
    return frame


def _heard_s(frames: Iterable[av.AudioFrame], start_s: float | None = None) -> float:
    return sum(map(len, _blocks(frames, start_s))) / 2 / HEARING_RATE


def _blocks(frames: Iterable[av.AudioFrame], start_s: float | None = None) -> list[bytes]:
    mixdown = Mixdown(None, start_s)
    blocks = [block for frame in frames for block in mixdown.add(frame)]
    return [*blocks, *mixdown.finish()]


def test_frames_without_time_stamps_follow_each_other() -> None:
    assert _heard_s(_frame(None) for _ in range(50)) == pytest.approx(1)


@pytest.mark.parametrize(("gap_s", "heard_s"), [(0.1, 0.04), (0.5, 0.54), (90, 90.04)])
def test_a_gap_is_filled_unless_it_is_no_longer_than_a_lost_frame(
    gap_s: float, heard_s: float
) -> None:
    assert _heard_s([_frame(0), _frame(0.02 + gap_s)]) == pytest.approx(heard_s, abs=0.001)


def test_what_comes_after_a_gap_has_its_time() -> None:
    joined = b"".join(_blocks([_frame(10.0), _frame(12.0), _frame(12.02)]))
    heard = np.frombuffer(joined, "<i2")
    loud = np.flatnonzero(heard > LEVEL * 32768 / 2) / HEARING_RATE
    assert loud[0] == pytest.approx(0, abs=0.001)
    assert loud[loud > 1][0] == pytest.approx(2, abs=0.001)
    assert len(heard) / HEARING_RATE == pytest.approx(2.04, abs=0.001)


def test_a_clock_that_jumps_far_ahead_or_back_begins_anew() -> None:
    jumping = [_frame(0), _frame(90_000), _frame(90_001), _frame(3), _frame(4)]
    # Twice the second that is missing behind a jump.
    assert _heard_s(jumping) == pytest.approx(5 * 0.02 + 2 * 0.98, abs=0.001)


def test_time_stamps_cannot_ask_for_days_of_silence() -> None:
    mixdown = Mixdown(None, None)
    leaping = (_frame(599.0 * leap) for leap in range(100))
    samples = sum(len(block) // 2 for frame in leaping for block in mixdown.add(frame))
    assert samples / HEARING_RATE < 4 * 3600 + 60


def test_long_silence_comes_in_blocks() -> None:
    blocks = _blocks([_frame(0), _frame(30)])
    assert max(map(len, blocks)) <= 2 * 5.1 * HEARING_RATE


def test_the_time_of_a_file_may_begin_before_its_sound() -> None:
    assert _heard_s([_frame(3.0)], start_s=1.0) == pytest.approx(2.02, abs=0.001)


def test_frames_may_change_their_rate_and_layout_midway() -> None:
    stereo = av.AudioFrame.from_ndarray(np.full((1, 32_000), 8192, np.int16), layout="stereo")
    stereo.sample_rate = HEARING_RATE
    joined = b"".join(_blocks([_frame(None, 1.0), stereo, _frame(None, 1.0, 22_050)]))
    heard = np.frombuffer(joined, "<i2")
    assert len(heard) == 3 * HEARING_RATE
    inside = [heard[second * HEARING_RATE + 100 :][: HEARING_RATE - 200] for second in range(3)]
    assert all(np.abs(part - 8192.0).max() <= 1 for part in inside)


def test_a_stream_that_loses_the_channel_asked_for_goes_on_with_the_last() -> None:
    mixdown = Mixdown(1, None)
    blocks = [block for _ in range(3) for block in mixdown.add(_frame(None))]
    heard = np.frombuffer(b"".join([*blocks, *mixdown.finish()]), "<i2")
    assert heard.max() > 8000


def test_nothing_in_gives_nothing_out() -> None:
    assert b"".join(Mixdown(None, None).finish()) == b""
