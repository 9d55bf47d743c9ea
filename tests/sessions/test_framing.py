"""Blocks of speech cut and encoded into frames."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import av
import pytest

from vivavoce.audio.formats import OUTPUT_FORMATS, parse_output_format
from vivavoce.engines.base import CharTimes, SpeechBlock, SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.sessions.framing import Ending, SpeechFramer, split_block
from vivavoce.wire.frames import JsonFrames

RATE = 24_000
WORDS = "These are quite a few words that are spoken in one go without a break. "
MINUTE = WORDS * 14


def block(text: str, char_samples: int = 100) -> SpeechBlock:
    times = CharTimes(text, [index * char_samples for index in range(len(text))])
    return SpeechBlock(bytes(2 * char_samples * len(text)), times, times)


async def framed(fmt: str, *texts: str, words_per_block: int = 4) -> list[dict[str, Any]]:
    framer = SpeechFramer(JsonFrames(), parse_output_format(fmt), RATE)
    voice = FakeVoice(words_per_block=words_per_block)
    frames = []
    for text in texts:
        blocks = voice.speak(SpeechRequest(text, DEFAULT_VOICE))
        *pieces, last = [piece for spoken in blocks for piece in framer.pieces(spoken)]
        frames += [await framer.frame(piece) for piece in pieces]
        frames.append(await framer.frame(last, Ending.UTTERANCE))
    frames.append(framer.finish())
    return [json.loads(frame.message) for frame in frames if frame is not None]


@pytest.mark.parametrize("fmt", sorted(OUTPUT_FORMATS))
async def test_a_minute_in_one_block_makes_frames_under_64_kib_in_every_format(fmt: str) -> None:
    messages = await framed(fmt, MINUTE, words_per_block=1_000)
    assert max(len(m["audio"]) for m in messages) <= 65_536
    assert "".join("".join(m["alignment"]["chars"]) for m in messages if m["alignment"]) == MINUTE


@pytest.mark.parametrize("fmt", sorted(OUTPUT_FORMATS))
async def test_every_frame_with_speech_has_an_alignment_that_lasts_as_long_as_its_audio(
    fmt: str,
) -> None:
    texts = ["Three words here. ", "And four more words. ", "End. "] * 10
    messages = [m for m in await framed(fmt, *texts) if m["alignment"]]
    spans = []
    for message in messages:
        timing = message["alignment"]
        spans.append(timing["charStartTimesMs"][-1] + timing["charDurationsMs"][-1])
    if fmt.startswith(("pcm", "ulaw", "alaw")):
        rate = OUTPUT_FORMATS[fmt].sample_rate * (2 if fmt.startswith("pcm") else 1)
        lengths = [len(base64.b64decode(m["audio"])) * 1000 / rate for m in messages]
        assert all(abs(a - b) <= 1 for a, b in zip(spans, lengths, strict=True))
    spoken_ms = sum(60 * len(text) + 200 for text in texts)
    assert sum(spans) == pytest.approx(spoken_ms, abs=5)


async def test_no_sample_is_lost_between_utterances() -> None:
    texts = ["Odd lengths, here. ", "And there! "] * 7
    voice = FakeVoice()
    blocks = [b for text in texts for b in voice.speak(SpeechRequest(text, DEFAULT_VOICE))]
    samples = sum(spoken.samples for spoken in blocks)
    for rate in (8_000, 16_000, 44_100, 48_000):
        messages = await framed(f"pcm_{rate}", *texts)
        made = sum(len(base64.b64decode(m["audio"])) // 2 for m in messages)
        assert made == pytest.approx(samples * rate / RATE, abs=len(texts))


async def test_a_block_too_short_for_the_encoder_travels_with_the_next_one() -> None:
    framer = SpeechFramer(JsonFrames(), parse_output_format("mp3_44100_64"), RATE)
    first = await framer.frame(block("Hi ", 80))
    second = await framer.frame(block("there ", 4_000))
    assert first is None
    assert second is not None
    assert "".join(json.loads(second.message)["alignment"]["chars"]) == "Hi there "
    assert second.seconds == pytest.approx((3 * 80 + 6 * 4_000) / RATE)


async def test_the_end_of_a_stream_brings_out_all_of_an_mp3_in_its_last_frame() -> None:
    framer = SpeechFramer(JsonFrames(), parse_output_format("mp3_44100_128"), RATE)
    spoken = block("Hello ", 2_400)
    frames = [await framer.frame(spoken), await framer.frame(spoken, Ending.STREAM)]
    assert framer.finish() is None
    messages = [json.loads(frame.message) for frame in frames if frame is not None]
    assert all(message["alignment"]["chars"] == list("Hello ") for message in messages)
    mp3 = b"".join(base64.b64decode(message["audio"]) for message in messages)
    with av.open(io.BytesIO(mp3)) as container:
        seconds = sum(frame.samples for frame in container.decode(audio=0)) / 44_100
    assert 1.2 <= seconds <= 1.3


async def test_an_end_that_comes_late_brings_the_tail_by_itself() -> None:
    framer = SpeechFramer(JsonFrames(), parse_output_format("mp3_44100_128"), RATE)
    await framer.frame(block("Hello ", 2_400), Ending.UTTERANCE)
    tail = framer.finish()
    assert tail is not None
    assert json.loads(tail.message)["alignment"] is None


def test_a_short_block_is_not_split() -> None:
    whole = block("Hello there. ")
    assert split_block(whole, 10_000) == [whole]


def test_a_long_block_is_split_where_words_begin() -> None:
    pieces = split_block(block("one two three four "), 900)
    assert [piece.original.chars for piece in pieces] == ["one two ", "three ", "four "]
    assert [piece.samples for piece in pieces] == [800, 600, 500]
    assert all(piece.original.starts[0] == 0 for piece in pieces)


def test_a_word_longer_than_a_frame_is_split_between_characters() -> None:
    pieces = split_block(block("abcdefgh "), 300)
    assert [piece.original.chars for piece in pieces] == ["abc", "def", "gh "]


def test_a_character_longer_than_a_frame_is_split_and_said_once() -> None:
    pieces = split_block(block("- ", 1_000), 300)
    assert "".join(piece.original.chars for piece in pieces) == "- "
    assert max(piece.samples for piece in pieces) <= 300
    assert sum(piece.samples for piece in pieces) == 2_000
    assert b"".join(piece.pcm for piece in pieces) == bytes(4_000)


def test_both_texts_are_split_at_the_same_instant() -> None:
    spoken = SpeechBlock(
        bytes(2 * 1_000),
        CharTimes("4 cats ", [0, 300, 400, 500, 600, 700, 800]),
        CharTimes("four cats ", [0, 75, 150, 225, 300, 400, 500, 600, 700, 800]),
    )
    pieces = split_block(spoken, 600)
    assert [piece.original.chars for piece in pieces] == ["4 ", "cats "]
    assert [piece.normalized.chars for piece in pieces] == ["four ", "cats "]
