"""What the server says, in each dialect."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import (
    EngineFailed,
    InvalidMessage,
    InvalidParameter,
    ServerBusy,
    VivavoceError,
)
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.flat import Base64Frames, BinaryFrames
from vivavoce.wire.frames import JsonFrames, close_reason, public_text

_ORIGINAL = TimedText("2 ", [0.0, 60.0])
_NORMALIZED = TimedText("two ", [0.0, 20.0, 40.0, 60.0])
_SPAN = (0.0, 120.0)


def test_an_audio_frame_has_the_protocols_four_keys() -> None:
    frame = json.loads(JsonFrames().audio(b"\x00\xff\x10", _ORIGINAL, _NORMALIZED, _SPAN))
    assert frame == {
        "audio": base64.b64encode(b"\x00\xff\x10").decode(),
        "isFinal": None,
        "alignment": {
            "chars": ["2", " "],
            "charStartTimesMs": [0, 60],
            "charDurationsMs": [60, 60],
        },
        "normalizedAlignment": {
            "chars": ["t", "w", "o", " "],
            "charStartTimesMs": [0, 20, 40, 60],
            "charDurationsMs": [20, 20, 20, 60],
        },
    }


def test_the_final_frame_carries_nothing_but_the_end() -> None:
    assert json.loads(JsonFrames().final()) == {
        "audio": None,
        "isFinal": True,
        "alignment": None,
        "normalizedAlignment": None,
    }


def test_an_error_frame_has_message_error_and_code() -> None:
    assert json.loads(JsonFrames().error(InvalidMessage("Not JSON."))) == {
        "message": "Not JSON.",
        "error": "invalid_input_message",
        "code": 1008,
    }


def test_an_error_about_a_parameter_names_it() -> None:
    frame = json.loads(JsonFrames().error(InvalidParameter("No.", param="seed")))
    assert frame["param"] == "seed"


@pytest.mark.parametrize(
    ("error", "code"),
    [(ServerBusy("Full."), 1013), (EngineFailed("Broken."), 1011), (VivavoceError("?"), 1011)],
)
def test_the_code_of_an_error_frame_is_the_close_code(error: VivavoceError, code: int) -> None:
    assert json.loads(JsonFrames().error(error))["code"] == code


def test_a_bug_of_ours_tells_the_caller_nothing_about_itself() -> None:
    frame = json.loads(JsonFrames().error(KeyError("/etc/secret")))
    assert frame == {"message": "The server failed.", "error": "internal_error", "code": 1011}
    assert public_text(EngineFailed()) == "The server failed."


def test_a_flat_text_frame_is_base64_and_nothing_else() -> None:
    frame = Base64Frames().audio(b"\x01\x02\x03\x04", _ORIGINAL, _NORMALIZED, _SPAN)
    assert isinstance(frame, str)
    assert base64.b64decode(frame, validate=True) == b"\x01\x02\x03\x04"


def test_a_binary_frame_is_the_audio_itself() -> None:
    assert BinaryFrames().audio(b"\x01\x02", _ORIGINAL, _NORMALIZED, _SPAN) == b"\x01\x02"


@pytest.mark.parametrize("frames", [Base64Frames(), BinaryFrames()])
def test_the_flat_dialect_is_silent_about_ends_and_errors(
    frames: Base64Frames | BinaryFrames,
) -> None:
    said: list[object] = [frames.final(), frames.error(InvalidMessage("no"))]
    assert said == [None, None]


@given(st.text())
def test_a_close_reason_fits_and_is_never_cut_inside_a_character(text: str) -> None:
    reason = close_reason(text)
    assert len(reason.encode()) <= 123
    assert text.encode("utf-8", "replace").decode().startswith(reason)


def test_a_close_reason_keeps_as_much_as_fits() -> None:
    assert close_reason("x" * 200) == "x" * 123
    assert close_reason("é" * 62) == "é" * 61
