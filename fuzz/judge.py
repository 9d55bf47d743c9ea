"""What a client heard, held against what it said and the protocol."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from fuzz.expected import expected_lives, heard_lives
from fuzz.odd import Frame, Json
from fuzz.visits import Door, Leave, Visit
from vivavoce.config import Settings
from vivavoce.errors import EngineFailed, InvalidMessage, VivavoceError, wire_code
from vivavoce.sessions.opening import choose_frames
from vivavoce.wire.contexts import ContextMessage, decode_context_message
from vivavoce.wire.dialogue import decode_dialogue_message
from vivavoce.wire.frames import JsonFrames

# With which a WebSocket closes that had a text frame with something else in it.
_NOT_UTF8 = 1007

# With which it closes for a message that is longer than any may be.
_TOO_LARGE, _LARGEST = 1009, Settings().max_message_bytes

# What a client sees of either when the server has not read all it sent.
_RESET = 1006

_REASON_MAX_BYTES = 123
_BROKEN = wire_code(EngineFailed())
_PCM_BYTES_A_MS = {"pcm_24000": 48, "pcm_16000": 32}

# Both ends of a span are rounded to whole ms.
_MS_OFF = 1

Message = dict[str, Any]


def _kinds(kind: type[VivavoceError]) -> Iterator[type[VivavoceError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


_CODES = {wire_code(kind.__new__(kind)) for kind in _kinds(VivavoceError)}


def judge(
    visit: Visit, heard: Sequence[Frame], closed: tuple[int, str] | None, *, cursed: bool
) -> None:
    """Fails unless the server kept to the protocol; only where it is `cursed` may a voice break."""
    stayed = visit.leave is Leave.END and visit.reads
    judge_close(closed, stayed=stayed, frames=visit.frames, cursed=cursed)
    if visit.door is Door.SPEECH:
        frames = choose_frames(visit.segment, visit.query)
        if not isinstance(frames, JsonFrames):
            _judge_flat(heard)
            return
    messages = [_read(frame) for frame in heard]
    for message in messages:
        _judge_message(message, cursed=cursed)
        _judge_span(message, visit.query)
    if visit.door in (Door.SPEECH, Door.DIALOGUE):
        finals = [place for place, message in enumerate(messages) if _is_final(message)]
        assert len(finals) <= 1, "more than one final frame"
        assert not finals or finals[0] == len(messages) - 1, "something after the final frame"
    else:
        _judge_lives(visit, messages)
    if visit.proper:
        assert closed == (1000, ""), closed
        _judge_proper(visit, messages)


def judge_close(
    closed: tuple[int, str] | None, *, stayed: bool, frames: Sequence[Frame], cursed: bool
) -> None:
    """Fails unless the server closed as the protocol has it; it must have if the client `stayed`.

    `frames` are the client's.
    """
    if closed is None:
        assert not stayed, "the server went without a word"
        return
    code, reason = closed
    allowed = {told.close_code for told in _CODES} - {_BROKEN.close_code} | {1000}
    if any(isinstance(frame, bytes) for frame in frames):
        allowed |= {_NOT_UTF8, _RESET}
    if any(len(frame) > _LARGEST for frame in frames):
        allowed |= {_TOO_LARGE, _RESET}
    assert code in allowed or (cursed and code == _BROKEN.close_code), closed
    assert len(reason.encode()) <= _REASON_MAX_BYTES, closed
    assert (code == 1000) is (reason == "") or code in (_NOT_UTF8, _RESET, _TOO_LARGE), closed


def _judge_flat(heard: Sequence[Frame]) -> None:
    for frame in heard:
        assert frame, "an empty frame"
        if isinstance(frame, str):
            base64.b64decode(frame, validate=True)


def _read(frame: Frame) -> Message:
    assert isinstance(frame, str), "a binary frame"
    message = json.loads(frame)
    assert isinstance(message, dict), message
    return message


def _judge_message(message: Message, *, cursed: bool) -> None:
    if "error" in message:
        told = (message["error"], message["code"])
        assert told in {(code.error_id, code.close_code) for code in _CODES}, message
        assert message["message"], message
        assert cursed or message["error"] != _BROKEN.error_id, message
        return
    if not message.get("audio"):
        kinds = {"isFinal", "is_final", "is_final_audio_for_turn"}
        assert message.get("type") == "flush_done" or kinds & {k for k, v in message.items() if v}
        return
    base64.b64decode(message["audio"], validate=True)
    for name in ("alignment", "normalizedAlignment", "normalized_alignment"):
        if message.get(name) is not None:
            _judge_alignment(message[name])


def _judge_alignment(alignment: Message) -> None:
    chars, starts, durations = _columns(alignment)
    assert len(chars) == len(starts) == len(durations) > 0, alignment
    assert all(isinstance(char, str) and len(char) == 1 for char in chars), alignment
    assert all(type(ms) is int and ms >= 0 for ms in [*starts, *durations]), alignment
    ends = [start + duration for start, duration in zip(starts, durations, strict=True)]
    assert ends[:-1] == starts[1:], alignment


def _judge_span(message: Message, query: str) -> None:
    """The times of a frame cover its audio, where that can be counted."""
    alignment = message.get("alignment")
    named = [
        pair.partition("=")[2] for pair in query.split("&") if pair.startswith("output_format=")
    ]
    bytes_a_ms = _PCM_BYTES_A_MS.get(named[-1]) if named else None
    if not message.get("audio") or alignment is None or bytes_a_ms is None:
        return
    _, starts, durations = _columns(alignment)
    span = starts[-1] + durations[-1] - starts[0]
    audio_ms = len(base64.b64decode(message["audio"])) / bytes_a_ms
    assert abs(span - audio_ms) <= _MS_OFF, f"{span} ms of times for {audio_ms} ms of audio"


def _judge_lives(visit: Visit, messages: Sequence[Message]) -> None:
    """Each context ends at most as often as it was opened."""
    opened = [message.context_id for message in _understood(visit) if message.opens]
    for name in {message.get("context_id") for message in messages}:
        own = [message for message in messages if message.get("context_id") == name]
        if name is None:
            assert all("error" in message for message in own), own
            continue
        assert all(message.get("contextId", name) == name for message in own), own
        spoken = [message for message in own if "error" not in message]
        lives = sum(map(_is_final, spoken)) + (bool(spoken) and not _is_final(spoken[-1]))
        assert lives <= opened.count(name), f"{name!r} was opened {opened.count(name)} times: {own}"


def _judge_proper(visit: Visit, messages: Sequence[Message]) -> None:
    expected, spoken = expected_lives(visit), heard_lives(messages)
    assert {name: len(lives) for name, lives in expected.items()} == {
        name: len(lives) for name, lives in spoken.items()
    }, "contexts ended more or less often than they should have"
    for name, lives in expected.items():
        for life, said in zip(lives, spoken[name], strict=True):
            assert life.allows(said), f"{name!r} said {said!r} where it was given {life}"


def _understood(visit: Visit) -> Iterator[ContextMessage]:
    decode = decode_context_message if visit.door is Door.CONTEXTS else decode_dialogue_message
    for frame in visit.frames:
        try:
            yield decode(frame)
        except InvalidMessage:
            continue


def _is_final(message: Message) -> bool:
    return message.get("isFinal") is True or message.get("is_final") is True


def _columns(alignment: Message) -> list[Json]:
    return [
        next(alignment[name] for name in names if name in alignment)
        for names in (
            ("chars",),
            ("charStartTimesMs", "char_start_times_ms"),
            ("charDurationsMs", "char_durations_ms"),
        )
    ]
