"""What is asked for when REST is to speak."""

from __future__ import annotations

import msgspec
import pytest

from vivavoce.wire.rest_speech import DialogueBody, DialogueInput, SpeechBody

_OPTIONAL = sorted({field.name for field in msgspec.structs.fields(SpeechBody)} - {"text"})
_OF_DIALOGUE = sorted({field.name for field in msgspec.structs.fields(DialogueBody)} - {"inputs"})
_LINE = {"text": "Hi.", "voice_id": "anna"}


def _body(**fields: object) -> SpeechBody:
    return msgspec.convert({"text": "Hi.", **fields}, SpeechBody)


def _dialogue(**fields: object) -> DialogueBody:
    return msgspec.convert({"inputs": [_LINE], **fields}, DialogueBody)


def test_text_alone_is_enough() -> None:
    assert _body() == SpeechBody(text="Hi.")


@pytest.mark.parametrize("name", _OPTIONAL)
def test_null_counts_as_not_given(name: str) -> None:
    assert _body(**{name: None}) == SpeechBody(text="Hi.")


@pytest.mark.parametrize("name", _OF_DIALOGUE)
def test_null_counts_as_not_given_in_a_dialogue_too(name: str) -> None:
    assert _dialogue(**{name: None}) == DialogueBody(inputs=[DialogueInput("Hi.", "anna")])


def test_unknown_fields_are_ignored() -> None:
    assert _body(hologram=True) == SpeechBody(text="Hi.")
    assert _dialogue(hologram=True, inputs=[{**_LINE, "mood": 1}]) == _dialogue()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("text", None),
        ("seed", -1),
        ("seed", 4_294_967_296),
        ("previous_request_ids", ["a", "b", "c", "d"]),
        ("pronunciation_dictionary_locators", [{"pronunciation_dictionary_id": "a"}] * 4),
        ("pronunciation_dictionary_locators", [{"version_id": "a"}]),
        ("apply_text_normalization", "maybe"),
        ("voice_settings", []),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        _body(**{name: value})


@pytest.mark.parametrize(
    "inputs", [[], None, [{"text": "Hi."}], [{**_LINE, "text": ""}], [{**_LINE, "voice_id": None}]]
)
def test_a_dialogue_is_lines_that_say_who_speaks(inputs: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        _dialogue(inputs=inputs)


def test_what_no_voice_honours_in_a_dialogue_is_named() -> None:
    body = _dialogue(
        model_id="eleven_v3",
        previous_text="Before.",
        future_text="And on.",
        settings={"stability": 0.5, "similarity": 0.4, "clone_strength": 0},
    )
    assert body.without_effect() == ("model_id", "previous_text", "similarity", "clone_strength")


def test_what_no_voice_honours_is_named() -> None:
    body = _body(
        model_id="eleven_v9",
        previous_text="",
        audio_effects={"echo": 1},
        voice_settings={"style": 0.3, "speed": 1.2},
        seed=3,
        next_text="And on.",
    )
    assert body.without_effect() == ("model_id", "audio_effects", "style")
