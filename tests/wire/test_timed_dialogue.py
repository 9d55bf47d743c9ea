"""Audio with the times of its characters and of its speakers, in lines and as a whole."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.alignment import TimedText
from vivavoce.wire.rest_speech import DialogueInput
from vivavoce.wire.timed_audio import TimestampBody, TimestampLines
from vivavoce.wire.timed_dialogue import SegmentedBody, SegmentedLines

_NOTHING = TimedText("", [])
_INPUTS = [DialogueInput("Hi you.", "anna"), DialogueInput("No.", "bert"), DialogueInput("", "x")]

Span = tuple[float, float]


def _frames(texts: list[str], ms: float = 100.0) -> list[tuple[TimedText, Span]]:
    """Each character sounds so long."""
    frames, begin = [], 0.0
    for text in texts:
        starts = [begin + index * ms for index in range(len(text))]
        end = begin + len(text) * ms
        frames.append((TimedText(text, starts), (begin, end)))
        begin = end
    return frames


def _lines(inputs: list[DialogueInput], frames: list[tuple[TimedText, Span]]) -> list[Any]:
    lines = SegmentedLines(inputs)
    return [json.loads(lines.audio(b"abc", timed, timed, span)) for timed, span in frames]


def _whole(inputs: list[DialogueInput], frames: list[tuple[TimedText, Span]]) -> Any:
    body = SegmentedBody(inputs)
    for timed, span in frames:
        assert body.audio(b"abc", timed, timed, span) == b"abc"
    return json.loads(b"".join(body.parts(b"")))


def _segment(index: int, characters: Span, seconds: Span) -> dict[str, Any]:
    return {
        "voice_id": _INPUTS[index].voice_id,
        "start_time_seconds": seconds[0],
        "end_time_seconds": seconds[1],
        "character_start_index": characters[0],
        "character_end_index": characters[1],
        "dialogue_input_index": index,
    }


def test_a_line_counts_characters_from_its_own_first_and_time_from_the_answers() -> None:
    first, second = _lines(_INPUTS, _frames(["Hi ", "you. No. "]))
    assert first["voice_segments"] == [_segment(0, (0, 3), (0.0, 0.3))]
    assert second["voice_segments"] == [
        _segment(0, (0, 5), (0.3, 0.8)),
        _segment(1, (5, 9), (0.8, 1.2)),
    ]


def test_the_whole_has_one_segment_for_each_line() -> None:
    whole = _whole(_INPUTS, _frames(["Hi ", "you. No", ". "]))
    assert whole["voice_segments"] == [
        _segment(0, (0, 8), (0.0, 0.8)),
        _segment(1, (8, 12), (0.8, 1.2)),
    ]


def test_audio_without_a_character_is_nobodys() -> None:
    frames = [(_NOTHING, (0.0, 50.0))]
    assert _lines(_INPUTS, frames)[0]["voice_segments"] == []
    assert _whole(_INPUTS, frames)["voice_segments"] == []


def test_half_a_character_is_written_too() -> None:
    inputs = [DialogueInput("\ud83d!", "anna")]
    (line,) = _lines(inputs, _frames(["\ud83d! "]))
    assert line["voice_segments"][0]["character_end_index"] == 3


@pytest.mark.parametrize("header", [b"", b"H" * 44])
def test_all_else_is_as_without_speakers(header: bytes) -> None:
    plain, segmented = TimestampBody(len(header)), SegmentedBody(_INPUTS, len(header))
    lines, segmented_lines = TimestampLines(), SegmentedLines(_INPUTS)
    for timed, span in _frames(["Hi ", "you. ", "No. "]):
        for body in (plain, segmented):
            body.audio(b"\x00\x01", timed, _NOTHING, span)
        line = segmented_lines.audio(b"\x00\x01", timed, _NOTHING, span)
        assert line.endswith(b"}\n")
        told = json.loads(line)
        assert told.pop("voice_segments")
        assert told == json.loads(lines.audio(b"\x00\x01", timed, _NOTHING, span))
    told = json.loads(b"".join(segmented.parts(header)))
    assert told.pop("voice_segments")
    assert told == json.loads(b"".join(plain.parts(header)))
    assert base64.b64decode(told["audio_base64"]).startswith(header)


_LINE = st.text(" ab.\n", min_size=1, max_size=6)


@given(lines=st.lists(_LINE, min_size=1, max_size=6), data=st.data())
def test_every_word_is_its_own_lines_however_the_frames_are_cut(
    lines: list[str], data: st.DataObject
) -> None:
    inputs = [DialogueInput(text, str(index)) for index, text in enumerate(lines)]
    # The voices put a space behind what does not end in one.
    spoken = "".join(text if text[-1].isspace() else text + " " for text in lines)
    cuts = data.draw(st.lists(st.integers(0, len(spoken)), max_size=5).map(sorted))
    frames = _frames([spoken[a:b] for a, b in pairwise([0, *cuts, len(spoken)])])
    whole = _whole(inputs, frames)
    parts: list[tuple[int, str]] = []
    for line in _lines(inputs, frames):
        for segment in line["voice_segments"]:
            parts.append((segment["dialogue_input_index"], _said(line, segment)))
    for index, text in enumerate(lines):
        words = "".join(text.split())
        assert "".join("".join(said.split()) for one, said in parts if one == index) == words
        mine = [one for one in whole["voice_segments"] if one["dialogue_input_index"] == index]
        assert "".join("".join(_said(whole, one).split()) for one in mine) == words
        assert len(mine) <= 1


def _said(told: Any, segment: Any) -> str:
    characters = told["alignment"]["characters"]
    begin, end = segment["character_start_index"], segment["character_end_index"]
    return "".join(characters[begin:end])
