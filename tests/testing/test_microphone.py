from __future__ import annotations

import numpy as np
import pytest

from vivavoce.testing.microphone import Microphone
from vivavoce.testing.waveform import Samples

FRAME = 320


def microphone() -> Microphone:
    return Microphone(100.0, FRAME, noise_dbfs=-60.0)


def level_dbfs(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean((samples / 32768) ** 2))))


def test_a_frame_is_due_when_its_last_sample_has_sounded() -> None:
    line = microphone()
    due = []
    for _ in range(1000):
        due.append(line.due_at)
        line.next_frame()
    assert due[0] == pytest.approx(100.02)
    assert due[-1] == pytest.approx(120.0)


def test_a_silent_caller_sends_the_noise_of_the_room() -> None:
    line = microphone()
    frames = [line.next_frame() for _ in range(500)]
    assert level_dbfs(np.concatenate(frames)) == pytest.approx(-60, abs=0.2)


def test_speech_begins_with_the_next_frame(tone: Samples) -> None:
    line = microphone()
    line.next_frame()
    said = line.say(tone.tobytes())
    assert said.began_at == pytest.approx(100.02)
    sent = np.concatenate([line.next_frame() for _ in range(60)]).astype(int)
    assert np.abs(sent[:16_000] - tone).max() < 200
    assert np.abs(sent[16_000:]).max() < 200


def test_the_last_audible_sample_is_known_although_silence_follows(tone: Samples) -> None:
    quiet = np.zeros(8_000, np.int16)
    said = microphone().say(np.concatenate([quiet, tone, quiet]).tobytes())
    assert said.first_audible_at == pytest.approx(100.5)
    assert said.last_audible_at == pytest.approx(101.5 - 1 / 16_000)
    assert said.ended_at == pytest.approx(102.0)


def test_floats_sound_like_the_same_in_pcm(tone: Samples) -> None:
    one, other = microphone(), microphone()
    one.say(tone.tobytes())
    other.say(tone.astype(np.float32) / 32768)
    assert one.next_frame().tolist() == other.next_frame().tolist()


def test_saying_nothing_audible_is_refused() -> None:
    with pytest.raises(ValueError, match="audible"):
        microphone().say(bytes(32_000))


def test_two_things_said_at_once_are_mixed(tone: Samples) -> None:
    line = Microphone(0.0, FRAME, noise_dbfs=-120.0)
    line.say(tone.tobytes())
    line.say(tone.tobytes())
    assert np.abs(line.next_frame().astype(int) - 2 * tone[:FRAME].astype(int)).max() <= 4


def test_echo_is_added_to_what_is_sent() -> None:
    line = Microphone(0.0, FRAME, noise_dbfs=-120.0)
    sent = line.next_frame(np.full(FRAME, 0.25, np.float32))
    assert level_dbfs(sent) == pytest.approx(-12.04, abs=0.05)
