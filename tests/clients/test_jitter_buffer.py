from __future__ import annotations

import array
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.jitter_buffer import FADE_MS, JitterBuffer
from vivavoce.errors import InvalidParameter

RATE = 8_000
FADE = RATE * FADE_MS // 1000
HEIGHT = 20_000

# The network brings some samples, or the player takes some, or the sound ends or is given up.
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(0, 900)),
        st.tuples(st.just("pull"), st.integers(0, 400)),
        st.tuples(st.sampled_from(["end", "clear"]), st.just(0)),
    ),
    max_size=60,
)


def sine(samples: int, hertz: float, start: int = 0) -> bytes:
    return array.array(
        "h",
        (
            round(HEIGHT * math.sin(2 * math.pi * hertz * (start + at) / RATE))
            for at in range(samples)
        ),
    ).tobytes()


def samples_of(pcm: bytes) -> list[int]:
    return array.array("h", pcm).tolist()


def largest_jump(pcm: bytes) -> int:
    samples = [0, *samples_of(pcm), 0]
    return max(abs(after - before) for before, after in itertools.pairwise(samples))


def allowed_jump(hertz: float) -> float:
    return 2 * math.pi * hertz / RATE * HEIGHT + HEIGHT / FADE + 2


@given(_STEPS, st.sampled_from([60.0, 110.0, 440.0]), st.integers(0, 60))
def test_two_samples_never_differ_by_more_than_sound_and_fade_allow(
    steps: list[tuple[str, int]], hertz: float, target_ms: int
) -> None:
    buffer, played, pushed = JitterBuffer(RATE, target_ms=target_ms), b"", 0
    for step, samples in [*steps, ("end", 0), ("pull", 40_000)]:
        if step == "push":
            buffer.push(sine(samples, hertz, pushed))
            pushed += samples
        elif step == "pull":
            played += buffer.pull(samples)
        elif step == "end":
            buffer.end()
        elif pushed:
            # What follows another sound begins anywhere; it is the fades that must hide it.
            buffer.clear()
            played += buffer.pull(FADE)
    assert largest_jump(played) <= allowed_jump(hertz)


@given(_STEPS, st.integers(0, 100))
def test_a_pull_gives_exactly_what_was_asked_for(
    steps: list[tuple[str, int]], target_ms: int
) -> None:
    buffer = JitterBuffer(RATE, target_ms=target_ms)
    for step, samples in steps:
        if step == "pull":
            assert len(buffer.pull(samples)) == 2 * samples
        elif step == "push":
            buffer.push(bytes(2 * samples))
        else:
            getattr(buffer, step)()


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30), st.lists(st.integers(1, 300)))
def test_no_sample_is_lost_or_played_twice(pushes: list[int], pulls: list[int]) -> None:
    buffer, pushed, played = JitterBuffer(RATE, target_ms=20), 0, b""
    for number, samples in enumerate(pushes):
        buffer.push(array.array("h", [1_000] * samples).tobytes())
        pushed += samples
        if number < len(pulls):
            played += buffer.pull(pulls[number])
    buffer.end()
    played += buffer.pull(pushed + FADE)
    assert not buffer.is_playing
    assert round(buffer.statistics.played_ms * RATE / 1000) == pushed
    assert len(played) // 2 == sum(pulls[: len(pushes)]) + pushed + FADE


@given(st.integers(2 * FADE, 5_000), st.integers(1, 500))
def test_sound_that_comes_in_time_is_played_as_it_is_but_for_its_ends(
    samples: int, step: int
) -> None:
    sound = sine(samples, 200)
    buffer = JitterBuffer(RATE, target_ms=0)
    buffer.push(sound)
    buffer.end()
    played = b"".join(buffer.pull(step) for _ in range(samples // step + 1))
    middle = slice(2 * FADE, 2 * (samples - FADE))
    assert played[middle] == sound[middle]
    assert buffer.statistics.underruns == 0


def test_it_is_silent_until_the_target_is_there() -> None:
    buffer = JitterBuffer(RATE, target_ms=100)
    buffer.push(sine(799, 200))
    assert not buffer.is_playing
    assert buffer.pull(50) == bytes(100)
    buffer.push(sine(1, 200, 799))
    assert buffer.is_playing
    assert any(buffer.pull(50))
    assert buffer.statistics.missing_ms == 0


def test_it_does_not_wait_for_the_target_when_the_end_is_known() -> None:
    buffer = JitterBuffer(RATE, target_ms=100)
    buffer.push(sine(400, 200))
    buffer.end()
    assert any(buffer.pull(400))


def test_an_underrun_is_counted_once_and_its_silence_measured() -> None:
    buffer = JitterBuffer(RATE, target_ms=10)
    buffer.push(sine(800, 200))
    buffer.pull(800)
    assert buffer.statistics.underruns == 1
    assert buffer.pull(80) == bytes(160)
    assert buffer.statistics.underruns == 1
    assert buffer.statistics.missing_ms == 10
    assert buffer.statistics.played_ms == 100


def test_after_an_underrun_it_waits_for_the_target_again() -> None:
    buffer = JitterBuffer(RATE, target_ms=50)
    buffer.push(sine(400, 200))
    buffer.pull(500)
    buffer.push(sine(399, 200))
    assert buffer.pull(100) == bytes(200)
    buffer.push(sine(1, 200))
    assert any(buffer.pull(100))


def test_the_end_of_a_sound_is_no_underrun() -> None:
    buffer = JitterBuffer(RATE, target_ms=10)
    buffer.push(sine(800, 200))
    buffer.end()
    buffer.pull(2_000)
    assert buffer.statistics.underruns == 0
    assert buffer.statistics.missing_ms == 0


def test_what_is_cleared_fades_out_within_five_ms() -> None:
    buffer = JitterBuffer(RATE, target_ms=10)
    buffer.push(sine(4_000, 200))
    before = buffer.pull(1_000)
    buffer.clear()
    after = buffer.pull(1_000)
    assert any(after[: 2 * FADE])
    assert not any(after[2 * FADE :])
    assert largest_jump(before + after) <= allowed_jump(200)
    assert buffer.depth_ms == 0


def test_a_sample_that_arrives_in_halves_is_put_together() -> None:
    sound = sine(800, 200)
    halves, whole = JitterBuffer(RATE, target_ms=0), JitterBuffer(RATE, target_ms=0)
    whole.push(sound)
    for at in range(0, len(sound), 3):
        halves.push(sound[at : at + 3])
    assert halves.pull(800) == whole.pull(800)


def test_half_a_sample_at_the_end_does_not_shift_the_next_sound() -> None:
    buffer = JitterBuffer(RATE, target_ms=0)
    buffer.push(b"\x01")
    buffer.end()
    sound = sine(800, 200)
    buffer.push(sound)
    assert buffer.pull(800)[2 * FADE : -2 * FADE] == sound[2 * FADE : -2 * FADE]


def test_it_takes_no_more_than_it_has_room_for_and_says_so() -> None:
    buffer = JitterBuffer(RATE, target_ms=10, capacity_ms=20)
    sound = sine(400, 200)
    assert buffer.push(sound) == 320
    assert buffer.push(sound) == 0
    assert buffer.depth_ms == 20
    buffer.pull(80)
    assert buffer.push(sound) == 160


@pytest.mark.parametrize(
    ("rate", "target_ms", "capacity_ms"), [(0, 10, 20), (RATE, -1, 20), (RATE, 30, 20)]
)
def test_lengths_that_cannot_be_are_refused(
    rate: int, target_ms: float, capacity_ms: float
) -> None:
    with pytest.raises(InvalidParameter):
        JitterBuffer(rate, target_ms=target_ms, capacity_ms=capacity_ms)
    with pytest.raises(InvalidParameter):
        JitterBuffer(RATE).pull(-1)
