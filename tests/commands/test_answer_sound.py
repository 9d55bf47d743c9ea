from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.commands.answer_sound import AnswerSound

RATE = 16_000
FADE = 80
LOUD = 10_000


def loud(samples: int) -> bytes:
    return np.full(samples, LOUD, dtype="<i2").tobytes()


def heard(data: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(data, dtype="<i2")


def add(sound: AnswerSound, samples: int, event_id: int = 1) -> bool:
    return sound.add(loud(samples), event_id, (), ())


def steepest(data: bytes) -> int:
    """The greatest step from one sample to the next, before and after silence."""
    around = np.concatenate(([0], heard(data).astype(int), [0]))
    return int(np.abs(np.diff(around)).max())


def test_nothing_is_silence() -> None:
    assert AnswerSound(RATE).pull(3) == bytes(6)


def test_sound_comes_out_in_order_and_unchanged_between_its_ends() -> None:
    sound = AnswerSound(RATE)
    wave = (np.arange(1000) * 7).astype("<i2")
    sound.add(wave[:400].tobytes(), 1, (), ())
    sound.add(wave[400:].tobytes(), 1, (), ())
    got = heard(sound.pull(300) + sound.pull(300) + sound.pull(400))
    assert (got[FADE:-FADE] == wave[FADE:-FADE]).all()
    assert not sound.is_waiting


def test_what_runs_dry_fades_out_and_what_goes_on_fades_in() -> None:
    sound = AnswerSound(RATE)
    add(sound, 1000)
    first = sound.pull(1200)
    add(sound, 1000)
    assert steepest(first + sound.pull(1200)) <= LOUD // FADE + 2


def test_what_is_dropped_falls_silent_within_five_milliseconds_and_does_not_click() -> None:
    sound = AnswerSound(RATE)
    add(sound, 16_000)
    before = sound.pull(320)
    sound.drop(1)
    after = sound.pull(320)
    assert not heard(after)[FADE:].any()
    assert steepest(before + after) <= LOUD // FADE + 2


def test_sound_of_an_answer_that_was_dropped_is_dropped_and_that_of_the_next_is_not() -> None:
    sound = AnswerSound(RATE)
    sound.drop(4)
    assert not add(sound, 100, event_id=4)
    assert sound.pull(100) == bytes(200)
    assert add(sound, 100, event_id=5)
    assert heard(sound.pull(100)).any()


def test_text_is_heard_as_its_characters_begin_to_sound() -> None:
    sound = AnswerSound(RATE)
    sound.add(loud(1600), 1, "Hello", (0.0, 20.0, 40.0, 60.0, 80.0))
    sound.add(loud(1600), 1, "!", (0.0,))
    assert sound.heard_text(1) == ""
    sound.pull(640)
    assert sound.heard_text(1) == "He"
    sound.pull(1600)
    assert sound.heard_text(1) == "Hello!"
    assert sound.heard_text(2) == ""


def test_text_that_was_dropped_is_never_heard() -> None:
    sound = AnswerSound(RATE)
    sound.add(loud(1600), 1, "ab", (0.0, 50.0))
    sound.pull(160)
    sound.drop(1)
    sound.pull(16_000)
    sound.add(loud(1600), 2, "c", (0.0,))
    sound.pull(16_000)
    assert (sound.heard_text(1), sound.heard_text(2)) == ("a", "c")


@given(st.lists(st.one_of(st.integers(-400, 400), st.none()), max_size=30))
def test_whatever_comes_when_nothing_clicks(steps: list[int | None]) -> None:
    """Positive numbers of samples are added, negative ones pulled, None drops."""
    sound = AnswerSound(RATE)
    event_id = 1
    out = b""
    for step in steps:
        if step is None:
            sound.drop(event_id)
            event_id += 1
        elif step > 0:
            add(sound, step, event_id)
        else:
            out += sound.pull(-step)
    out += sound.pull(20_000)
    # What is shorter than a fade is faded at both of its ends, and is as loud as it can be.
    assert steepest(out) <= LOUD
    assert not heard(out)[-1]
