"""The characters that come with the audio, and the audio they come with."""

from __future__ import annotations

from typing import Any

import pytest

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import (
    OPENING,
    Message,
    audio_of,
    converse,
    for_recogniser,
    whole,
)

TEXT = (
    "Good morning! The train to Boston leaves in an hour, from the second track. "
    "Please don't forget your bag, your coat and your umbrella."
)

BYTES_PER_MS = {"pcm_24000": 48.0, "pcm_16000": 32.0, "pcm_44100": 88.2, "ulaw_8000": 8.0}

KINDS = ("alignment", "normalizedAlignment")


def length_ms(frame: dict[str, Any], output_format: str) -> float:
    return len(audio_of(frame)) / BYTES_PER_MS[output_format]


@pytest.mark.parametrize("output_format", BYTES_PER_MS)
async def test_every_frame_carries_its_characters_and_they_fill_its_audio(
    server: ServerProcess, output_format: str
) -> None:
    heard = await converse(server.speech(output_format=output_format), whole(TEXT))
    assert len(heard.audio_frames) > 3
    for frame in heard.audio_frames:
        for kind in KINDS:
            timing = frame[kind]
            chars, starts, durations = (
                timing[key] for key in ("chars", "charStartTimesMs", "charDurationsMs")
            )
            assert len(chars) == len(starts) == len(durations) > 0
            assert all(len(char) == 1 for char in chars)
            assert all(isinstance(ms, int) and ms >= 0 for ms in [*starts, *durations])
            assert starts == sorted(starts)
            assert starts[0] == 0
            span = starts[-1] + durations[-1]
            assert span == pytest.approx(length_ms(frame, output_format), abs=1)


async def test_frames_break_where_words_end_and_segments_end_with_a_space(
    server: ServerProcess,
) -> None:
    heard = await converse(server.speech(output_format="pcm_24000"), whole(TEXT))
    for kind in KINDS:
        assert all(frame[kind]["chars"][-1] == " " for frame in heard.audio_frames)


async def test_alignment_is_what_was_written_and_normalized_alignment_what_was_said(
    server: ServerProcess,
) -> None:
    text = "The meeting is at 10:30 on 3/4/2024 -- don't be late!\n\nBring 2 pens."
    heard = await converse(server.speech(output_format="pcm_24000"), whole(text))
    assert heard.text("alignment") == text + " "
    said = heard.text("normalizedAlignment")
    assert "at ten thirty on March fourth" in said
    assert "10:30" not in said


async def test_characters_stand_where_their_words_sound(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    heard = await converse(server.speech(output_format="pcm_16000"), whole(TEXT))
    characters: list[str] = []
    starts_ms: list[float] = []
    begin_ms = 0.0
    for frame in heard.audio_frames:
        characters += frame["alignment"]["chars"]
        starts_ms += [begin_ms + ms for ms in frame["alignment"]["charStartTimesMs"]]
        begin_ms += length_ms(frame, "pcm_16000")
    first_of_second = "".join(characters).index("Please")
    samples = for_recogniser(heard.audio, "pcm_16000")
    cut = int(starts_ms[first_of_second] * 16)
    first, second = TEXT[:first_of_second], TEXT[first_of_second:]
    assert word_error_rate(first, recogniser.transcribe(samples[:cut])) == 0
    assert word_error_rate(second, recogniser.transcribe(samples[cut:])) == 0


async def test_text_in_single_characters_is_spoken_as_the_whole_text_is(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    url = server.speech(output_format="pcm_16000")
    letters: list[Message] = [OPENING, *({"text": letter} for letter in TEXT), {"text": ""}]
    at_once, trickled = await converse(url, whole(TEXT)), await converse(url, letters)
    assert trickled.code == at_once.code == 1000
    for kind in KINDS:
        assert trickled.text(kind) == at_once.text(kind)
    transcript = recogniser.transcribe(for_recogniser(trickled.audio, "pcm_16000"))
    assert word_error_rate(TEXT, transcript) == 0
