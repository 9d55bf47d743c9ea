"""The flat dialect of a conversation."""

from __future__ import annotations

import base64
import json

import pytest

from vivavoce.errors import CallTooLong
from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG, read_agent_config
from vivavoce.wire.agent_overrides import merged
from vivavoce.wire.flat_conversation import (
    flat_agent_response,
    flat_audio,
    flat_error,
    flat_interruption,
    flat_transcript,
    read_flat_setup,
)


def test_every_key_of_a_setup_finds_its_place() -> None:
    setup = read_flat_setup(
        {
            "agent": {
                "prompt": {"text": "Be brief.", "temperature": 0.7},
                "first_message": "Hello.",
                "language": "de",
                "voice": {"voice_id": "v1"},
            }
        }
    )
    assert setup.override == {
        "agent": {
            "prompt": {"prompt": "Be brief.", "temperature": 0.7},
            "first_message": "Hello.",
            "language": "de",
        },
        "tts": {"voice_id": "v1"},
    }
    config = read_agent_config(merged(DEFAULT_CONVERSATION_CONFIG, setup.override))
    assert (config.system_prompt, config.temperature) == ("Be brief.", 0.7)
    assert (config.first_message, config.language) == ("Hello.", "de")
    assert config.speech.voice_id == "v1"


def test_an_agent_that_is_told_to_wait_says_nothing_first() -> None:
    setup = read_flat_setup({"agent": {"first_message": ""}})
    assert setup.override == {"agent": {"first_message": ""}}


@pytest.mark.parametrize(
    "agent",
    [
        None,
        5,
        [],
        {},
        {"prompt": "text", "voice": "v1"},
        {"prompt": {"text": 5, "temperature": "hot"}, "voice": {"voice_id": ""}},
        {"first_message": None, "language": 5, "voice": {"voice_id": None}},
    ],
)
def test_what_is_absent_or_of_an_odd_type_overrides_nothing(agent: object) -> None:
    assert read_flat_setup({"agent": agent}).override == {}


def test_sound_goes_out_on_one_level() -> None:
    assert json.loads(flat_audio(b"\x00\x01\xff")) == {
        "type": "audio",
        "audio": base64.b64encode(b"\x00\x01\xff").decode(),
    }


def test_texts_go_out_on_one_level() -> None:
    said = 'He said "é😀".\n'
    assert json.loads(flat_transcript(said)) == {"type": "transcript", "transcript": said}
    assert json.loads(flat_agent_response(said)) == {
        "type": "agent_response",
        "agent_response": said,
    }


def test_half_a_character_does_not_break_a_frame() -> None:
    assert json.loads(flat_agent_response("a\ud83d"))["agent_response"] == "a�"


def test_an_interruption_has_nothing_more_to_say() -> None:
    assert json.loads(flat_interruption()) == {"type": "interruption"}


def test_an_error_has_a_text_and_the_close_code() -> None:
    assert json.loads(flat_error(CallTooLong("Ten minutes are over."))) == {
        "type": "error",
        "message": "Ten minutes are over.",
        "code": 1000,
    }


def test_an_error_of_ours_keeps_its_details_to_itself() -> None:
    assert json.loads(flat_error(KeyError("secret"))) == {
        "type": "error",
        "message": "The server failed.",
        "code": 1011,
    }
