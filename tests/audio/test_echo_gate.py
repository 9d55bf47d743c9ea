"""The agent's own voice, told from the caller's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from tests.audio.echoes import RATE, Sound, as_pcm, hiss, room, syllables
from vivavoce.audio.echo_gate import HOP, EchoGate
from vivavoce.audio.echo_suppressor import LAG

VOICE_S, TURN_S = 3.0, 5.0
VOICE, TURN = round(VOICE_S * RATE), round(TURN_S * RATE)
FIRST = RATE // 2
HOPS_TO_NOTICE = 3


class LoudnessJudge:
    """Takes everything above -50 dBFS for speech."""

    def feed(self, pcm: bytes) -> list[float]:
        hops = np.frombuffer(pcm, "<i2").reshape(-1, HOP).astype(np.float64) / 32_768
        return [float(power > 1e-5) for power in np.mean(hops**2, axis=1)]


class Call(NamedTuple):
    """What the microphone hears, and what is said when by the agent."""

    microphone: Sound
    voices: list[tuple[int, Sound]]


def call(turns: int, level: float, delays: list[int]) -> Call:
    microphone = hiss(3, FIRST + turns * TURN)
    voices = []
    for turn in range(turns):
        voice, at = syllables(10 + turn, VOICE_S), FIRST + turn * TURN
        voices.append((at, voice))
        heard = np.convolve(voice, room(2)).astype(np.float32)
        start = at + delays[turn % len(delays)]
        microphone[start : start + len(heard)] += level * heard
    return Call(microphone, voices)


def hear(
    gate: EchoGate, spoken: Call, chunk: int = HOP, ahead: int = HOP
) -> tuple[Sound, list[float]]:
    """The cleaned sound and the likelihoods, the agent's voice told when it is time."""
    waiting = list(spoken.voices)
    pcm, sound, likelihoods = as_pcm(spoken.microphone), b"", list[float]()
    for start in range(0, len(pcm) // 2, chunk):
        while waiting and waiting[0][0] <= start + ahead:
            at, voice = waiting.pop(0)
            gate.played(as_pcm(voice), at)
        part = gate.feed(pcm[2 * start : 2 * (start + chunk)])
        sound += part.pcm
        likelihoods += part.likelihoods
    return np.frombuffer(sound, "<i2").astype(np.float32) / 32_768, likelihoods


def new_gate() -> EchoGate:
    return EchoGate(LoudnessJudge().feed)


def noticed(likelihoods: list[float], since: int = 0) -> float | None:
    """Seconds from sample `since` to the end of the third hop of speech in a row."""
    run = 0
    for hop, likelihood in enumerate(likelihoods):
        run = run + 1 if likelihood >= 0.4 and hop * HOP >= since else 0
        if run == HOPS_TO_NOTICE:
            return ((hop + 1) * HOP - since) / RATE
    return None


@pytest.mark.parametrize("level", [0.1, 0.3, 1.0])
def test_an_echo_never_passes_for_the_caller(level: float) -> None:
    spoken = call(4, level, [4_000])
    hops = len(spoken.microphone) // HOP * HOP
    assert noticed(LoudnessJudge().feed(as_pcm(spoken.microphone[:hops]))) is not None
    assert noticed(hear(new_gate(), spoken)[1]) is None


@pytest.mark.parametrize("delay", [-700, 0, 9_000, 14_300])
def test_the_delay_may_be_anything_and_different_in_every_turn(delay: int) -> None:
    delays = [delay, delay + 400, delay - 150, delay + 77]
    assert noticed(hear(new_gate(), call(4, 0.3, delays))[1]) is None


def test_a_buffer_more_in_mid_call_is_found_again() -> None:
    spoken = call(6, 0.3, [3_000, 3_000, 3_000, 6_200, 6_200, 6_200])
    assert noticed(hear(new_gate(), spoken)[1]) is None


def test_a_client_that_runs_out_of_sound_in_the_middle_of_a_word_interrupts_nothing() -> None:
    spoken, late = call(4, 0.3, [4_000]), 1_440
    hole = FIRST + 3 * TURN + 4_000 + RATE + RATE // 8
    rest = spoken.microphone[hole:-late].copy()
    spoken.microphone[hole : hole + late] = hiss(5, late)
    spoken.microphone[hole + late :] = rest
    assert noticed(hear(new_gate(), spoken)[1]) is None


@pytest.mark.parametrize("turn", [0, 2])
def test_a_caller_who_speaks_over_the_agent_is_noticed(turn: int) -> None:
    spoken = call(3, 0.1, [4_000])
    onset = FIRST + turn * TURN + 4_000 + RATE
    spoken.microphone[onset : onset + RATE] += syllables(99, 1.0, 0.08)
    _, likelihoods = hear(new_gate(), spoken)
    found = noticed(likelihoods, onset)
    assert found is not None
    assert found <= 0.2
    assert noticed(likelihoods[: onset // HOP]) is None


def test_without_any_echo_the_first_to_speak_over_the_agent_is_heard_in_half_a_second() -> None:
    spoken = call(1, 0.0, [4_000])
    onset = FIRST + RATE // 2
    spoken.microphone[onset : onset + 2 * RATE] += syllables(99, 2.0)
    found = noticed(hear(new_gate(), spoken)[1], onset)
    assert found is not None
    assert found <= 0.5


def test_where_no_echo_was_heard_so_far_the_caller_is_believed_at_once() -> None:
    spoken = call(3, 0.0, [4_000])
    onset = FIRST + 2 * TURN + RATE
    spoken.microphone[onset : onset + RATE] += syllables(99, 1.0)
    found = noticed(hear(new_gate(), spoken)[1], onset)
    assert found is not None
    assert found <= 0.2


def test_what_is_louder_than_any_echo_is_the_callers_from_the_first_sentence_on() -> None:
    spoken = call(1, 0.1, [4_000])
    onset = FIRST + 4_000
    spoken.microphone[onset : onset + RATE] += syllables(99, 1.0, 0.4)
    found = noticed(hear(new_gate(), spoken)[1], onset)
    assert found is not None
    assert found <= 0.3


def test_the_echo_is_taken_out_of_the_sound_and_the_caller_is_not() -> None:
    spoken = call(4, 0.3, [4_000])
    echo = slice(FIRST + 3 * TURN + 12_000, FIRST + 3 * TURN + 28_000)
    talk = slice(FIRST + 3 * TURN + 28_000, FIRST + 3 * TURN + 44_000)
    caller = syllables(99, 1.0)
    spoken.microphone[talk] += caller
    sound, _ = hear(new_gate(), spoken)
    later = np.roll(sound, -LAG)
    assert np.std(later[echo]) < 0.1 * np.std(spoken.microphone[echo])
    assert np.corrcoef(later[talk], caller)[0, 1] > 0.97


def test_while_nothing_is_played_the_microphone_comes_through_untouched_8_ms_later() -> None:
    pcm = as_pcm(syllables(99, 1.0))
    pcm = pcm[: len(pcm) // (2 * HOP) * 2 * HOP]
    heard = new_gate().feed(pcm)
    assert heard.pcm == bytes(2 * LAG) + pcm[: -2 * LAG]
    assert heard.likelihoods == LoudnessJudge().feed(heard.pcm)


def test_what_was_stopped_keeps_nobody_from_being_heard_for_long() -> None:
    gate, spoken = new_gate(), call(1, 0.3, [4_000])
    gate.played(as_pcm(syllables(1, 20.0)), 0)
    gate.stopped(RATE)
    gate.feed(as_pcm(spoken.microphone[: 3 * RATE // HOP * HOP]))
    heard = gate.feed(as_pcm(syllables(99, 1.024)))
    assert heard.likelihoods[:10] == [1.0] * 10


def test_how_sound_is_cut_makes_no_difference_and_what_is_short_of_a_hop_waits() -> None:
    spoken = call(2, 0.3, [4_000])
    whole = hear(new_gate(), spoken, ahead=RATE)
    cut = hear(new_gate(), spoken, chunk=333, ahead=RATE)
    assert np.array_equal(whole[0], cut[0][: len(whole[0])])
    assert whole[1] == cut[1]


def test_samples_are_counted_as_they_come() -> None:
    gate = new_gate()
    assert gate.feed(bytes(2 * 700)).likelihoods == [0.0]
    assert gate.now == 700
    assert len(gate.feed(bytes(2 * 324)).pcm) == 2 * HOP
