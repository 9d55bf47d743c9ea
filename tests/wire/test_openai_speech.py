"""Speech in OpenAI's words."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest

from vivavoce.errors import InvalidApiKey, InvalidParameter, QuotaExceeded, ServerBusy
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.openai_speech import (
    EventFrames,
    FileFrames,
    SpeechOrder,
    openai_error,
    refusal,
    status_of,
)

_NOTHING = TimedText("", [])


def _order(**fields: object) -> SpeechOrder:
    return msgspec.convert({"input": "Hi.", **fields}, SpeechOrder)


def test_a_voice_is_named_by_a_string_or_by_an_object() -> None:
    assert _order(voice="alloy").voice_name == "alloy"
    assert _order(voice={"id": "Viola"}).voice_name == "Viola"
    assert _order().voice_name is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("input", ""), ("speed", 0.2), ("speed", 4.1), ("response_format", "ogg"), ("voice", 3)],
)
def test_what_cannot_be_meant_is_refused(name: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        _order(**{name: value})


def test_what_makes_no_difference_is_named() -> None:
    order = _order(model="tts-1", instructions="Whisper.", voice="nova")
    assert order.without_effect() == ("model", "instructions")


def test_a_file_has_its_header_once() -> None:
    frames = FileFrames(b"HEAD")
    sent = [frames.audio(data, _NOTHING, _NOTHING, (0.0, 1.0)) for data in (b"ab", b"cd")]
    assert sent == [b"HEADab", b"cd"]
    assert frames.final() is None


def test_events_carry_audio_and_at_the_end_what_it_cost() -> None:
    frames = EventFrames(3, lead=b"HEAD")
    first, second = (
        frames.audio(data, _NOTHING, _NOTHING, (0.0, 1.0)).decode() for data in (b"ab", b"cd")
    )
    events = []
    for sent in (first, second, frames.final()):
        assert sent.startswith("data: ")
        assert sent.endswith("\n\n")
        events.append(json.loads(sent.removeprefix("data: ")))
    assert [event["type"] for event in events] == [
        "speech.audio.delta",
        "speech.audio.delta",
        "speech.audio.done",
    ]
    assert base64.b64decode(events[0]["audio"]) == b"HEADab"
    assert base64.b64decode(events[1]["audio"]) == b"cd"
    assert events[2]["usage"] == {"input_tokens": 3, "output_tokens": 0, "total_tokens": 3}


def test_an_error_has_openais_four_fields() -> None:
    told = msgspec.to_builtins(openai_error(InvalidParameter("No.", param="voice")))
    assert told == {
        "error": {
            "message": "No.",
            "type": "invalid_request_error",
            "param": "voice",
            "code": "invalid_parameters",
        }
    }


def test_a_quota_that_is_used_up_is_no_bad_key() -> None:
    assert status_of(QuotaExceeded("No.")) == 429
    assert openai_error(QuotaExceeded("No.")).error.code == "insufficient_quota"
    assert status_of(InvalidApiKey("No.")) == 401
    assert openai_error(InvalidApiKey("No.")).error.type == "authentication_error"


def test_whose_fault_it_is_shows_in_the_type() -> None:
    assert openai_error(ServerBusy("No.")).error.type == "rate_limit_error"
    assert openai_error(RuntimeError("secret")).error.type == "server_error"
    assert "secret" not in openai_error(RuntimeError("secret")).error.message
    assert refusal(413, "Too large.").error.type == "invalid_request_error"
