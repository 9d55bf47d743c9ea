"""What of an agent's `conversation_config` this server acts on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.agent_config import (
    DEFAULT_CLIENT_EVENTS,
    DEFAULT_CONVERSATION_CONFIG,
    AgentConfig,
    SoftTimeout,
    SpeechConfig,
    TurnConfig,
    read_agent_config,
)
from vivavoce.wire.rules import Rule

_SECTIONS: dict[str, dict[str, object]] = {
    section: fields
    for section, fields in DEFAULT_CONVERSATION_CONFIG.items()
    if isinstance(fields, dict)
}


def _prompt(**fields: object) -> AgentConfig:
    return read_agent_config({"agent": {"prompt": fields}})


def test_every_setting_finds_its_place() -> None:
    config = read_agent_config(
        {
            "agent": {
                "first_message": "Hi {{name}}",
                "language": "de",
                "disable_first_message_interruptions": True,
                "dynamic_variables": {
                    "dynamic_variable_placeholders": {"name": "Ann", "n": 1, "no": None}
                },
                "prompt": {
                    "prompt": "Be brief.",
                    "llm": "gpt-4o",
                    "temperature": 0.7,
                    "max_tokens": 200,
                },
            },
            "asr": {"user_input_audio_format": "ulaw_8000", "keywords": ["Foo"]},
            "tts": {
                "voice_id": "v1",
                "model_id": "m1",
                "agent_output_audio_format": "pcm_24000",
                "stability": 0.3,
                "speed": 1.1,
                "similarity_boost": 0.8,
                "pronunciation_dictionary_locators": [
                    {"pronunciation_dictionary_id": "d1", "version_id": None},
                    {"pronunciation_dictionary_id": "d2", "version_id": "2"},
                ],
            },
            "turn": {
                "turn_timeout": 5,
                "initial_wait_time": 3,
                "silence_end_call_timeout": 20,
                "turn_eagerness": "eager",
                "mode": "silence",
                "interruption_ignore_terms": ["yeah"],
                "soft_timeout_config": {"timeout_seconds": 2, "message": "One moment."},
            },
            "conversation": {
                "text_only": True,
                "max_duration_seconds": 60,
                "client_events": ["audio", "vad_score"],
            },
        }
    )
    assert config == AgentConfig(
        first_message="Hi {{name}}",
        language="de",
        system_prompt="Be brief.",
        llm="gpt-4o",
        temperature=0.7,
        max_tokens=200,
        variables={"name": "Ann", "n": 1},
        disable_first_message_interruptions=True,
        speech=SpeechConfig(
            voice_id="v1",
            output_format="pcm_24000",
            stability=0.3,
            speed=1.1,
            dictionaries=(("d1", None), ("d2", "2")),
        ),
        input_format="ulaw_8000",
        turn=TurnConfig(
            turn_timeout_s=5.0,
            initial_wait_s=3.0,
            silence_end_call_timeout_s=20.0,
            eagerness="eager",
            interruption_ignore_terms=("yeah",),
            soft_timeout=SoftTimeout(2.0, "One moment."),
        ),
        text_only=True,
        max_duration_s=60.0,
        client_events=("audio", "vad_score"),
    )


def test_an_agent_of_which_nothing_is_said_has_the_defaults() -> None:
    assert read_agent_config({}) == AgentConfig()


@pytest.mark.parametrize("odd", [None, 5, "text", [5], True])
def test_what_is_of_an_odd_type_counts_as_absent(odd: object) -> None:
    sections = (*_SECTIONS, "speech_engine")
    assert read_agent_config(dict.fromkeys(sections, odd)) == AgentConfig()


@pytest.mark.parametrize("odd", [None, {}, [5], True, float("nan")])
def test_single_settings_of_an_odd_type_count_as_absent(odd: object) -> None:
    settings = {section: dict.fromkeys(_SECTIONS[section], odd) for section in _SECTIONS}
    settings["agent"]["disable_first_message_interruptions"] = "yes"
    settings["agent"]["prompt"] = dict.fromkeys(("prompt", "llm", "temperature", "tools"), odd)
    settings["conversation"] |= {"text_only": 1, "client_events": None}
    assert read_agent_config(settings) == AgentConfig()


@pytest.mark.parametrize("place", ["top", "conversation"])
def test_text_only_may_stand_in_two_places(place: str) -> None:
    raw: dict[str, object] = {"conversation": {"text_only": place == "conversation"}}
    assert read_agent_config({**raw, "text_only": place == "top"}).text_only


def test_formats_are_taken_as_they_are_named() -> None:
    config = read_agent_config(
        {
            "tts": {"agent_output_audio_format": "mp3_44100_128"},
            "asr": {"user_input_audio_format": ""},
        }
    )
    assert (config.speech.output_format, config.input_format) == ("mp3_44100_128", "pcm_16000")


def test_times_below_zero_stand_for_never() -> None:
    turn = read_agent_config(
        {"turn": {"turn_timeout": -5, "soft_timeout_config": {"timeout_seconds": -0.1}}}
    ).turn
    assert (turn.turn_timeout_s, turn.soft_timeout.after_s) == (-1.0, -1.0)


@pytest.mark.parametrize("unlimited", [-1, 0, None])
def test_a_limit_of_tokens_below_one_is_none(unlimited: object) -> None:
    assert _prompt(max_tokens=unlimited).max_tokens is None


def test_an_agent_that_asks_for_no_events_gets_none_by_default() -> None:
    assert read_agent_config({"conversation": {"client_events": []}}).client_events == ()
    assert read_agent_config({"conversation": {}}).client_events == DEFAULT_CLIENT_EVENTS


def test_rules_that_do_something_are_kept_in_order() -> None:
    rules = [
        {"when": "hello", "say": "Hi {0}."},
        {"when": "does nothing"},
        {"when": "bye", "say": ["Bye.", 5, "", "So long."]},
        "text",
        {"tool": "t", "parameters": {"q": "{1}"}, "then": "{result}"},
    ]
    assert _prompt(rules=rules).rules == (
        Rule(when="hello", say="Hi {0}."),
        Rule(when="bye", say=("Bye.", "So long.")),
        Rule(when="", tool="t", parameters={"q": "{1}"}, then="{result}"),
    )


def test_knowledge_is_what_has_a_text() -> None:
    base = [
        "We close at six.",
        {"type": "text", "name": "hours", "id": "k1", "text": "We open at nine."},
        {"type": "text", "content": "We are in Rome."},
        {"type": "file", "name": "manual", "id": "k2"},
        5,
    ]
    assert _prompt(knowledge_base=base).knowledge == (
        "We close at six.",
        "We open at nine.",
        "We are in Rome.",
    )


_KEYS = [
    "agent",
    "prompt",
    "tools",
    "type",
    "name",
    "turn",
    "custom_llm",
    "url",
    "built_in_tools",
    "mcp_servers",
    "rules",
    "client",
    "dynamic_variables",
    "dynamic_variable_placeholders",
    "soft_timeout_config",
    "knowledge_base",
    "text",
    "config",
    "request_headers",
    "variable_name",
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(_KEYS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["agent", "tts", "asr", "turn", "conversation"]), _JSON))
def test_no_configuration_breaks_the_reading(raw: dict[str, object]) -> None:
    assert isinstance(read_agent_config(raw), AgentConfig)
