"""Audio with the times of its characters, in lines and as a whole."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.alignment import TimedText
from vivavoce.wire.timed_audio import TimestampBody, TimestampLines

_NOTHING = TimedText("", [])
_HI = TimedText("Hi ", [0.0, 90.4, 180.0])


def _line(timed: TimedText, span: tuple[float, float]) -> Any:
    line = TimestampLines().audio(b"\x00\x01", timed, _NOTHING, span)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return json.loads(line)


def _whole(frames: list[tuple[bytes, TimedText, tuple[float, float]]], header: bytes) -> Any:
    body = TimestampBody(header_bytes=len(header))
    for data, timed, span in frames:
        assert body.audio(data, timed, timed, span) == data
    assert body.data_bytes == sum(len(data) for data, _, _ in frames)
    return json.loads(b"".join(body.parts(header)))


def test_a_line_has_audio_and_both_alignments() -> None:
    line = TimestampLines().audio(b"\x00\xff\x10", TimedText("2 ", [0.0, 60.0]), _HI, (0.0, 220.0))
    assert json.loads(line) == {
        "audio_base64": base64.b64encode(b"\x00\xff\x10").decode(),
        "alignment": {
            "characters": ["2", " "],
            "character_start_times_seconds": [0.0, 0.06],
            "character_end_times_seconds": [0.06, 0.22],
        },
        "normalized_alignment": {
            "characters": ["H", "i", " "],
            "character_start_times_seconds": [0.0, 0.09, 0.18],
            "character_end_times_seconds": [0.09, 0.18, 0.22],
        },
    }


def test_times_are_those_of_the_whole_answer() -> None:
    alignment = _line(TimedText("ab", [1003.0, 1100.0]), (1000.0, 1200.0))["alignment"]
    assert alignment["character_start_times_seconds"] == [1.0, 1.1]
    assert alignment["character_end_times_seconds"] == [1.1, 1.2]


def test_an_alignment_without_characters_is_null() -> None:
    assert _line(_NOTHING, (0.0, 100.0))["alignment"] is None
    assert _whole([(b"abc", _NOTHING, (0.0, 1.0))], b"")["alignment"] is None


def test_half_a_character_is_written_too() -> None:
    characters = _line(TimedText("\ud83d!", [0.0, 1.0]), (0.0, 2.0))["alignment"]["characters"]
    assert characters == ["\ud83d", "!"]


def test_nothing_but_audio_is_said() -> None:
    for frames in (TimestampLines(), TimestampBody()):
        assert (frames.final(), frames.flushed(), frames.error(ValueError())) == (None,) * 3


@pytest.mark.parametrize("header", [b"", b"RIFF", b"H" * 44, b"x" * 45])
@given(pieces=st.lists(st.binary(max_size=7), max_size=9))
def test_a_whole_is_one_base64_of_header_and_all_audio(header: bytes, pieces: list[bytes]) -> None:
    frames = [(piece, _NOTHING, (0.0, 0.0)) for piece in pieces]
    told = _whole(frames, header)["audio_base64"]
    assert base64.b64decode(told, validate=True) == header + b"".join(pieces)


@given(
    texts=st.lists(st.text(max_size=5), max_size=6),
    lengths=st.lists(st.floats(0.2, 900.0), min_size=6, max_size=6),
)
def test_characters_share_the_whole_answer_without_a_gap(
    texts: list[str], lengths: list[float]
) -> None:
    ends = [sum(lengths[: index + 1]) for index in range(6)]
    frames = []
    for text, length, end in zip(texts, lengths, ends, strict=False):
        starts = [end - length + length * index / len(text) for index in range(len(text))]
        frames.append((b"abc", TimedText(text, starts), (end - length, end)))
    alignment = _whole(frames, b"")["alignment"]
    if not any(texts):
        assert alignment is None
        return
    assert alignment["characters"] == list("".join(texts))
    starts_s = alignment["character_start_times_seconds"]
    ends_s = alignment["character_end_times_seconds"]
    assert all(start <= end for start, end in zip(starts_s, ends_s, strict=True))
    assert all(earlier <= later for earlier, later in pairwise(starts_s))
    if all(texts):
        assert ends_s[:-1] == starts_s[1:]


def test_lines_and_the_whole_tell_the_same_times() -> None:
    frames = [
        (b"ab", TimedText("Hi ", [0.0, 90.4, 180.0]), (0.0, 219.6)),
        (b"cde", TimedText("you", [219.6, 300.0, 390.0]), (219.6, 600.2)),
    ]
    lines = [_line(timed, span)["alignment"] for _, timed, span in frames]
    whole = _whole(frames, b"")["alignment"]
    assert whole == {key: lines[0][key] + lines[1][key] for key in whole}
