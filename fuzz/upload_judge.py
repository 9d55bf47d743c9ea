"""What a file was answered with, held against what was in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from fuzz.lures import Lure
from fuzz.media import NoSound, Sound
from fuzz.uploads import OPENAI, Upload
from vivavoce.engines.ears.fake import WORDS

_EVENTS = "text/event-stream"
_DELTA, _DONE = "transcript.text.delta", "transcript.text.done"

# Some codecs add silence in front of the sound, or behind it.
_OFF_S = 0.08

Told = dict[str, Any]


def judge_upload(upload: Upload, answer: httpx.Response) -> None:
    """Fails unless the answer is what the protocol says it should be."""
    assert answer.status_code < 500, f"{answer.status_code}: {answer.text}"
    if answer.status_code >= 400:
        _judge_refusal(upload, answer)
        return
    assert answer.status_code == 200, answer
    assert not isinstance(upload.media, Lure), f"{upload.media} was believed: {answer.text}"
    text = _judge_answer(upload, answer)
    assert set(text.split()) <= set(WORDS), text
    if upload.proper:
        assert isinstance(upload.media, Sound)
        assert text.split() == list(upload.media.words), f"{text!r} for {upload.media}"
        _judge_times(upload.media, answer)


def _judge_refusal(upload: Upload, answer: httpx.Response) -> None:
    assert not upload.proper, answer.text
    told = json.loads(answer.content)
    assert told["error" if upload.path == OPENAI else "detail"], told
    assert answer.headers["content-type"] == "application/json", answer.headers
    if upload.media == NoSound("too large") and upload.damage is None:
        assert answer.status_code in (400, 413, 422), answer.text


def _judge_answer(upload: Upload, answer: httpx.Response) -> str:
    """What was said, according to it."""
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == _EVENTS:
        return _judge_events(answer)
    if media_type != "application/json":
        return " ".join(word for word in answer.text.split() if word in WORDS)
    told: Told = json.loads(answer.content)
    if upload.path == OPENAI:
        _judge_in_order(told.get("words") or (), told.get("duration", 0.0))
        _judge_in_order(told.get("segments") or (), told.get("duration", 0.0))
        return str(told["text"])
    for one in told.get("transcripts", [told]):
        _judge_transcript(one)
    texts = {one["text"] for one in told.get("transcripts", [told])}
    return texts.pop() if len(texts) == 1 else " ".join(texts)


def _judge_transcript(told: Told) -> None:
    assert told["transcription_id"] or "channel_index" in told, told
    if told["words"]:
        assert "".join(word["text"] for word in told["words"]) == told["text"], told
    if told.get("channel_index") is not None:
        assert {word["channel_index"] for word in told["words"]} <= {told["channel_index"]}, told
    _judge_in_order(told["words"], told["audio_duration_secs"])
    for export in told.get("additional_formats") or ():
        assert isinstance(export["content"], str), export


def _judge_in_order(spans: Sequence[Told], seconds: float) -> None:
    now = 0.0
    for span in spans:
        assert now - 0.001 <= span["start"] <= span["end"] <= seconds + _OFF_S, (now, span, seconds)
        now = span["start"]


def _judge_times(sound: Sound, answer: httpx.Response) -> None:
    """Where there are some, they are those of the sound."""
    if answer.headers["content-type"] != "application/json":
        return
    told: Told = json.loads(answer.content)
    for one in told.get("transcripts", [told]):
        words = [word for word in one.get("words") or () if word.get("type") != "spacing"]
        starts = [word["start"] for word in words]
        for heard, said in zip(starts, sound.word_starts_s, strict=bool(words)):
            assert abs(heard - said) <= _OFF_S, f"{starts} for {sound}"


def _judge_events(answer: httpx.Response) -> str:
    events = list(_events(answer.text))
    kinds = [event.get("type") for event in events]
    if "error" in events[-1]:
        return ""
    assert kinds == [_DELTA] * (len(kinds) - 1) + [_DONE], kinds
    text = str(events[-1]["text"])
    assert "".join(event["delta"] for event in events[:-1]) == text, events
    return text


def _events(stream: str) -> Iterator[Told]:
    for line in stream.split("\n"):
        if line:
            assert line.startswith("data: "), line
            yield json.loads(line.removeprefix("data: "))
