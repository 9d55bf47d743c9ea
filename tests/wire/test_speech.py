"""Reading what a client says on stream-input."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidMessage
from vivavoce.wire.dictionaries import Locator
from vivavoce.wire.speech import decode_message
from vivavoce.wire.voice_settings import VoiceSettings


def test_a_message_carries_text_and_its_two_switches() -> None:
    message = decode_message('{"text":"Hi. ","flush":true,"try_trigger_generation":true}')
    assert (message.text, message.flush, message.try_trigger) == ("Hi. ", True, True)


def test_switches_that_are_absent_or_null_are_off() -> None:
    message = decode_message('{"text":"Hi. ","flush":null}')
    assert (message.flush, message.try_trigger) == (False, False)


def test_the_first_message_of_the_python_sdk_is_read() -> None:
    message = decode_message(
        '{"text":" ","try_trigger_generation":true,"voice_settings":null,'
        '"generation_config":{"chunk_length_schedule":[50]}}'
    )
    assert message.is_blank
    assert message.voice_settings is None
    assert message.chunk_length_schedule == (50,)


def test_every_optional_field_may_be_null() -> None:
    fields = [
        "flush",
        "try_trigger_generation",
        "voice_settings",
        "generation_config",
        "generator_config",
        "pronunciation_dictionary_locators",
        "voice_id",
        "xi_api_key",
        "xi-api-key",
        "authorization",
        "single_use_token",
    ]
    message = decode_message(json.dumps({"text": "a", **dict.fromkeys(fields)}))
    assert message.text == "a"
    assert not message.credentials


@pytest.mark.parametrize("key", ["generation_config", "generator_config"])
def test_the_schedule_is_found_under_both_of_its_names(key: str) -> None:
    message = decode_message(json.dumps({"text": "a", key: {"chunk_length_schedule": [80, 120.0]}}))
    assert message.chunk_length_schedule == (80, 120)


@pytest.mark.parametrize("config", [{}, {"chunk_length_schedule": None}, {"other": 1}])
def test_a_generation_config_without_a_schedule_changes_nothing(config: object) -> None:
    message = decode_message(json.dumps({"text": "a", "generation_config": config}))
    assert message.chunk_length_schedule is None


def test_keys_are_found_under_every_spelling() -> None:
    keys = {
        "xi_api_key": "a",
        "xi-api-key": "b",
        "authorization": "Bearer c",
        "single_use_token": "d",
    }
    assert decode_message(json.dumps({"text": " ", **keys})).credentials == tuple(keys.values())


def test_only_the_empty_text_ends_the_input() -> None:
    assert decode_message('{"text":"","flush":true}').ends_input
    assert not decode_message('{"text":" "}').ends_input
    assert not decode_message('{"flush":true}').ends_input


def test_unknown_keys_are_ignored() -> None:
    assert decode_message('{"text":"a","new_thing":{"deep":[1]}}').text == "a"


def test_json_in_a_binary_frame_is_read_too() -> None:
    assert decode_message(b'{"text":"caf\xc3\xa9"}').text == "café"


@pytest.mark.parametrize(
    ("given", "stability", "speed"),
    [
        ({"stability": 0.4, "speed": 1.1}, 0.4, 1.1),
        ({"stability": -1, "speed": 0.1}, 0.0, 0.5),
        ({"stability": 7, "speed": 5}, 1.0, 2.0),
        ({"stability": "0.25", "speed": "1"}, 0.25, 1.0),
        ({"stability": "high", "speed": [1]}, None, None),
        ({"stability": True, "speed": None}, None, None),
        ({"stability": "nan", "speed": {}}, None, None),
        ({}, None, None),
    ],
)
def test_voice_settings_are_clamped_and_odd_ones_left_out(
    given: dict[str, object], stability: float | None, speed: float | None
) -> None:
    message = decode_message(json.dumps({"text": " ", "voice_settings": given}))
    assert message.voice_settings == VoiceSettings(stability, speed)


def test_settings_that_no_voice_honours_are_named() -> None:
    message = decode_message(
        '{"text":" ","voice_settings":{"similarity_boost":0.75,"style":0,"use_speaker_boost":null}}'
    )
    assert message.without_effect == ("similarity_boost", "style")


def test_dictionaries_are_named_by_their_locators() -> None:
    message = decode_message(
        '{"text":" ","pronunciation_dictionary_locators":[{"pronunciation_dictionary_id":"p"},'
        '{"pronunciation_dictionary_id":"q","version_id":"v"}]}'
    )
    assert message.locators == (Locator("p"), Locator("q", "v"))
    assert decode_message('{"text":" "}').locators is None


def test_later_voice_settings_change_only_what_they_name() -> None:
    settings = VoiceSettings(stability=0.2, speed=1.1).updated(VoiceSettings(speed=0.9))
    assert settings == VoiceSettings(stability=0.2, speed=0.9)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        "{",
        '{"text":"a"',
        "[]",
        "null",
        '"text"',
        "{}",
        '{"unknown":1}',
        '{"text":5}',
        '{"text":["a"]}',
        '{"text":"a","flush":"perhaps"}',
        '{"text":"a","voice_settings":"fast"}',
        '{"text":"a","generation_config":{"chunk_length_schedule":"long"}}',
        '{"text":"a","generation_config":{"chunk_length_schedule":[null]}}',
        '{"text":"\\ud83d"',
        '{"text":["\\ud83d"]}',
        '{"a":' + "[" * 100_000,
        '{"text":"\\u0041","a":' + "[" * 100_000,
        b"\xff\xfe",
        b'{"text":"\xff"}',
    ],
)
def test_anything_else_is_an_invalid_message_that_says_why(frame: str | bytes) -> None:
    with pytest.raises(InvalidMessage, match=r"^The message .+\.$"):
        decode_message(frame)


def test_half_an_emoji_becomes_a_replacement_character() -> None:
    assert decode_message('{"text":"a\\ud83d b","flush":true}').text == "a\ufffd b"
    assert decode_message('{"text":"\\ude00\\ud83d\\ude00"}').text == "\ufffd😀"
    assert decode_message(b'{"text":"\\ud83d"}').text == "\ufffd"


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_arrives_as_it_was_sent(text: str) -> None:
    assert decode_message(json.dumps({"text": text})).text == text


@given(st.binary() | st.text(st.characters(codec="utf-8")))
def test_no_frame_raises_anything_but_an_invalid_message(frame: str | bytes) -> None:
    with contextlib.suppress(InvalidMessage):
        decode_message(frame)


@pytest.mark.parametrize("item", ['"nan"', '"inf"', "1e308", "-1e308"])
def test_a_schedule_of_odd_numbers_is_read_without_breaking(item: str) -> None:
    frame = f'{{"text":"a","generation_config":{{"chunk_length_schedule":[{item}, 80]}}}}'
    schedule = decode_message(frame).chunk_length_schedule
    assert schedule is not None
    assert schedule[-1] == 80
