"""The official Python SDK lets two voices talk to each other over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.clients.running import Ran
from tests.integration.clients.timing import Timed, cut
from tests.integration.end_to_end.pitch import median_pitch_hz
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import Floats, for_recogniser, seconds_of

RACHEL, ADAM = "21m00Tcm4TlvDq8ikWAM", "pNInz6obpgDQGcFmaJgB"
QUESTION, ANSWER = "Good morning. Is the train late?", "It leaves in an hour."
WORDS = f"{QUESTION} {ANSWER}"
PCM = "pcm_24000"
CALLS = ("convert_with_timestamps", "stream_with_timestamps")

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def sdk(server: ServerProcess, python_client: RunProgram) -> Ran:
    """All that it can ask for, asked for."""
    return python_client("elevenlabs_dialogue", server.http)


def spoken_by(sdk: Ran, call: str) -> tuple[list[str], list[Floats]]:
    """The voices in order, and the sound (16 kHz) of each as its segments say."""
    told: list[Any] = [
        segment for answer in sdk.answer(call)["answers"] for segment in answer["voice_segments"]
    ]
    voices = list(dict.fromkeys(segment["voice_id"] for segment in told))
    turn = next(one["start_time_seconds"] for one in told if one["dialogue_input_index"] == 1)
    return voices, list(cut(for_recogniser(sdk.file(f"{call}.pcm"), PCM), turn))


def test_convert_says_what_both_say(sdk: Ran, must_say: MustSay) -> None:
    sdk.answer("convert")
    must_say(WORDS, sdk.file("convert.mp3"), "mp3_44100_128")


def test_stream_says_it_while_it_is_made(sdk: Ran, must_say: MustSay) -> None:
    assert sdk.answer("stream") > 1
    must_say(WORDS, sdk.file("stream.pcm"), PCM)


@pytest.mark.parametrize("call", CALLS)
def test_answers_are_what_their_types_say_and_their_times_fill_them(sdk: Ran, call: str) -> None:
    told = sdk.answer(call)
    assert told["problems"] == []
    timed = Timed.of_alignments(answer["alignment"] for answer in told["answers"])
    assert timed.text.rstrip() == WORDS
    timed.must_fill(seconds_of(sdk.file(f"{call}.pcm"), PCM))


@pytest.mark.parametrize("call", CALLS)
def test_a_segment_has_the_sound_of_its_own_line(sdk: Ran, must_say: MustSay, call: str) -> None:
    voices, (question, answer) = spoken_by(sdk, call)
    assert voices == [RACHEL, ADAM]
    must_say(QUESTION, question)
    must_say(ANSWER, answer)


@pytest.mark.parametrize("call", CALLS)
def test_two_voices_are_two_voices(sdk: Ran, call: str) -> None:
    _, (question, answer) = spoken_by(sdk, call)
    # The catalogue's factors are 1 and 0.61; a question moves its pitch more than an answer.
    assert median_pitch_hz(answer) < 0.8 * median_pitch_hz(question)
