"""Who thinks for an agent."""

from __future__ import annotations

import pytest

from vivavoce.wire.agent_config import AgentConfig, CustomMind, read_agent_config

_CUSTOM = {
    "url": "https://mind/v1",
    "model_id": "m1",
    "api_key": "k",
    "request_headers": {
        "X-Plain": "a",
        "X-Variable": {"variable_name": "secret__token"},
        "X-Elsewhere": {"secret_id": "s1"},
    },
    "api_type": "chat_completions",
}


def _prompt(**fields: object) -> AgentConfig:
    return read_agent_config({"agent": {"prompt": fields}})


@pytest.mark.parametrize("llm", ["custom-llm", "", None])
def test_an_agent_may_bring_its_own_mind(llm: str | None) -> None:
    assert _prompt(llm=llm, custom_llm=_CUSTOM).custom_mind == CustomMind(
        url="https://mind/v1",
        model_id="m1",
        api_key="k",
        request_headers={"X-Plain": "a", "X-Variable": "{{secret__token}}"},
    )


def test_a_mind_of_ones_own_rests_while_another_is_chosen() -> None:
    assert _prompt(llm="gpt-4o", custom_llm=_CUSTOM).custom_mind is None
    by_socket = {**_CUSTOM, "api_type": "websocket"}
    assert _prompt(llm="gpt-4o", custom_llm=by_socket).speech_engine_url == ""


@pytest.mark.parametrize("custom", [None, {}, {"url": ""}, {"url": 5}, "https://mind/v1"])
def test_a_mind_without_an_address_is_none(custom: object) -> None:
    assert _prompt(llm="custom-llm", custom_llm=custom).custom_mind is None


def test_a_key_in_somebody_elses_store_is_no_key() -> None:
    mind = _prompt(custom_llm={"url": "https://mind/v1", "api_key": {"secret_id": "s"}}).custom_mind
    assert mind == CustomMind(url="https://mind/v1")


def test_a_mind_behind_a_socket_is_a_speech_engine() -> None:
    config = _prompt(custom_llm={"url": "wss://mind/ws", "api_type": "websocket"})
    assert config.custom_mind is None
    assert config.speech_engine_url == "wss://mind/ws"


def test_a_speech_engine_may_stand_beside_the_agent() -> None:
    raw = {"speech_engine": {"ws_url": "wss://mind/ws", "request_headers": {}}}
    assert read_agent_config(raw).speech_engine_url == "wss://mind/ws"


def test_voice_settings_beyond_their_range_are_clamped() -> None:
    speech = read_agent_config({"tts": {"stability": 7, "speed": 0.1}}).speech
    assert (speech.stability, speech.speed) == (1.0, 0.5)
