from __future__ import annotations

import pytest

from vivavoce.clients.overrides import conversation_override, initiation

DOCUMENT = {
    "agent": {
        "prompt": {"text": "You are a helpful assistant.", "temperature": 0.7},
        "first_message": "Hello! How can I help you?",
        "language": "en",
        "voice": {"voice_id": "JBFqnCBsd6RMkjVDRZzb"},
    }
}
LONG = {
    "agent": {"prompt": {"prompt": "Be brief."}, "first_message": "Hi"},
    "tts": {"voice_id": "v1", "speed": 1.1},
    "asr": {"user_input_audio_format": "pcm_8000"},
}


def message(config: dict[str, object], **wanted: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "dynamic_variables": {},
        "user_id": None,
        "text_only": False,
        "is_greeting": True,
    }
    return initiation(config, **{**usual, **wanted})


def test_the_documents_shape_becomes_that_of_the_protocol() -> None:
    assert conversation_override(DOCUMENT) == {
        "agent": {
            "prompt": {"prompt": "You are a helpful assistant.", "temperature": 0.7},
            "first_message": "Hello! How can I help you?",
            "language": "en",
        },
        "tts": {"voice_id": "JBFqnCBsd6RMkjVDRZzb"},
    }


@pytest.mark.parametrize("config", [LONG, {}, {"agent": {"first_message": ""}}])
def test_the_protocols_own_shape_stays_as_it_is(config: dict[str, object]) -> None:
    assert conversation_override(config) == config


def test_the_settings_given_are_not_changed() -> None:
    before = repr(DOCUMENT)
    message(DOCUMENT, is_greeting=False, text_only=True)
    assert repr(DOCUMENT) == before


def test_a_greeting_of_the_calls_own_is_left_out_where_none_is_wanted() -> None:
    override = message(LONG, is_greeting=False)["conversation_config_override"]
    assert override == {**LONG, "agent": {"prompt": {"prompt": "Be brief."}, "first_message": ""}}


def test_a_greeting_of_the_agents_own_is_left_out_too() -> None:
    override = message({}, is_greeting=False)["conversation_config_override"]
    assert override == {"agent": {"first_message": ""}}


def test_variables_and_the_user_are_told() -> None:
    told = message({}, dynamic_variables={"name": "Ann"}, user_id="u1")
    assert (told["dynamic_variables"], told["user_id"]) == ({"name": "Ann"}, "u1")
    assert "user_id" not in message({})
