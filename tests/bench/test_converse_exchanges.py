from __future__ import annotations

import numpy as np
import pybase64

from bench.converse_exchanges import witnessed
from vivavoce.testing import Recording, Said
from vivavoce.testing.events import AgentAudio, CallStarted, Event, Received, UserTranscript

SAID = Said(began_at=10.0, first_audible_at=10.0, last_audible_at=12.0, ended_at=12.0)


def recorded(*events: tuple[float, Event]) -> Recording:
    recording = Recording()
    started = CallStarted(conversation_id="conv_1", agent_output_audio_format="pcm_16000")
    for at, event in ((0.0, started), *events):
        recording.take(Received(at, event))
    return recording


def speech(seconds: float, event_id: int) -> AgentAudio:
    loud = np.full(round(seconds * 16_000), 8_000, "<i2")
    encoded = pybase64.b64encode_as_string(loud.tobytes())
    return AgentAudio(audio_base_64=encoded, event_id=event_id)


def test_an_answer_after_one_transcript_is_not_cut_short() -> None:
    found = witnessed(recorded((12.3, UserTranscript("Yes.", 1)), (12.5, speech(1.0, 2))), SAID)
    assert not found.is_cut_short
    assert found.waited_s == 0.5
    assert found.trace == (
        "-2.000 caller begins",
        "+0.000 caller ends",
        "+0.300 user_transcript 1 'Yes.'",
        "+0.500 agent audible for 1.00 s",
    )


def test_an_agent_that_begins_before_the_end_cuts_the_caller_short() -> None:
    assert witnessed(recorded((11.5, speech(1.0, 2))), SAID).is_cut_short


def test_a_turn_that_becomes_two_is_cut_short_though_nobody_was_spoken_over() -> None:
    parts = ((11.0, UserTranscript("I was born", 1)), (12.3, UserTranscript("in May.", 2)))
    found = witnessed(recorded(*parts), SAID)
    assert found.is_cut_short
    assert found.spoken_over_s == 0.0


def test_what_was_said_before_belongs_to_another_exchange() -> None:
    earlier = ((5.0, UserTranscript("Hello.", 1)), (5.5, speech(1.0, 2)))
    found = witnessed(recorded(*earlier), SAID)
    assert found.transcripts == ()
    assert found.waited_s is None
