from __future__ import annotations

import msgspec
import pytest

from vivavoce.testing.events import (
    AgentAudio,
    AgentCorrection,
    OtherEvent,
    Ping,
    UserTranscript,
    read_event,
)
from vivavoce.wire import conversation_events as events


def test_the_servers_frames_are_read_as_what_they_are() -> None:
    sound = read_event(events.audio(b"\x01\x02", 7))
    assert isinstance(sound, AgentAudio)
    assert (sound.data, sound.event_id) == (b"\x01\x02", 7)
    assert read_event(events.user_transcript("Hi.", 3)) == UserTranscript("Hi.", 3)
    correction = read_event(events.agent_response_correction("One, two.", "One,", 4))
    assert correction == AgentCorrection("One, two.", "One,", 4)


def test_a_type_nobody_knows_is_kept_whole() -> None:
    assert read_event('{"type":"news","x":1}') == OtherEvent("news", {"type": "news", "x": 1})


@pytest.mark.parametrize(
    "frame",
    [
        '{"audio_event":{}}',
        '{"type":"ping","ping_event":{"event_id":1}}',
        '{"type":"audio","audio_event":{"audio_base_64":"","event_id":1,"alignment":null}}',
        '{"type":"user_transcript","user_transcription_event":{"user_transcript":null}}',
        '{"type":"client_tool_call","client_tool_call":{"tool_name":"t","parameters":{}}}',
        '{"type":"interruption"}',
    ],
)
def test_a_frame_that_breaks_an_sdk_is_refused(frame: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_event(frame)


def test_a_ping_may_know_no_round_trip() -> None:
    assert read_event(events.ping(1, None)) == Ping(1, None)
