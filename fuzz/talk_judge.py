"""What a client of the transcription socket was told, held against what it said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from fuzz.judge import judge_close
from fuzz.odd import Frame
from fuzz.talk_expected import Segment, expected_segments, owed
from fuzz.talks import Parting, Talk
from vivavoce.engines.ears.fake import WORDS
from vivavoce.errors import EngineFailed, ServerDraining
from vivavoce.wire.scribe import error_kind

_PARTIAL, _COMMIT = "partial_transcript", "committed_transcript"
_TIMED = "committed_transcript_with_timestamps"
_STARTED = "session_started"
_ERRORS = frozenset(
    (
        *("error", "auth_error", "quota_exceeded", "rate_limited", "resource_exhausted"),
        *("input_error", "invalid_request", "session_time_limit_exceeded", "transcriber_error"),
    )
)
_BROKEN, _DRAINING = error_kind(EngineFailed()), error_kind(ServerDraining())
_COMMIT_MARK = f'"message_type":"{_COMMIT}"'

# With which a WebSocket closes by itself: a lost connection, no UTF-8, a message too large.
_CLOSED_FROM_BELOW = (1006, 1007, 1009)

# After which a segment is committed by itself.
_LONGEST_SEGMENT_S = 90.0

# The ears hear in steps of 10 ms, and resampling smears a little.
_WORD_OFF_S = 0.05

Message = dict[str, Any]


def judge_talk(
    talk: Talk,
    heard: Sequence[Frame],
    closed: tuple[int, str] | None,
    *,
    taken: int | None = None,
    stayed: bool,
    cursed: bool,
) -> None:
    """Fails unless the server kept to the protocol; only where it is `cursed` may the ears break.

    It took so many messages before it shut down, or all that were sent if that is None. Who
    `stayed` was there for all that it had to say; it did not close if the client did.
    """
    messages = [_read(frame) for frame in heard]
    stayed = stayed and talk.reads
    for message in messages:
        _judge_message(message, cursed=cursed)
    _judge_order(talk, messages, stayed=stayed)
    left = talk.parting is Parting.CLOSE or taken is None
    judge_close(closed, stayed=stayed and not left, frames=talk.frames, cursed=cursed)
    if messages and messages[0]["message_type"] == _STARTED:
        is_cut = closed is not None and closed[0] in _CLOSED_FROM_BELOW
        is_whole = stayed and not (cursed or is_cut or talk.parting is Parting.CUT_OFF)
        _judge_commits(talk, messages, closed, taken=taken, is_whole=is_whole)
    if talk.proper:
        _judge_proper(talk, messages, is_shown_out=closed is not None)


def commits_in(heard: Sequence[Frame]) -> int:
    """How many there have been."""
    return sum(isinstance(frame, str) and _COMMIT_MARK in frame for frame in heard)


def _read(frame: Frame) -> Message:
    assert isinstance(frame, str), "a binary frame"
    message = json.loads(frame)
    assert isinstance(message, dict), message
    return message


def _judge_message(message: Message, *, cursed: bool) -> None:
    kind = message["message_type"]
    if kind in _ERRORS:
        assert message["error"] == message["message"] != "", message
        assert cursed or kind != _BROKEN, message
    elif kind == _STARTED:
        assert message["session_id"], message
        assert message["config"]["sample_rate"] > 0, message
    else:
        assert kind in (_PARTIAL, _COMMIT, _TIMED), message
        assert set(message["text"].split()) <= set(WORDS), message
        assert message["text"] or kind != _PARTIAL, message


def _judge_order(talk: Talk, messages: Sequence[Message], *, stayed: bool) -> None:
    kinds = [message["message_type"] for message in messages]
    assert not kinds or kinds[0] == _STARTED or (len(kinds) == 1 and kinds[0] in _ERRORS), kinds
    assert kinds.count(_STARTED) <= 1, kinds
    assert not _ERRORS.intersection(kinds[:-1]), kinds
    for one, then in pairwise(messages):
        assert one != then or one["message_type"] == _COMMIT, f"twice in a row: {one}"
    config = messages[0].get("config", {}) if messages else {}
    has_twins = config.get("include_timestamps") or config.get("include_language_detection")
    for place, message in enumerate(messages):
        behind = messages[place + 1] if place + 1 < len(messages) else None
        if message["message_type"] == _TIMED:
            assert kinds[place - 1] == _COMMIT, "a twin alone"
            _judge_twin(config, messages[place - 1], message)
        elif message["message_type"] == _COMMIT:
            is_twin = behind is not None and behind["message_type"] == _TIMED
            assert is_twin == bool(has_twins) or _is_cut(talk, behind, stayed=stayed), (
                f"behind {message}: {behind}"
            )


def _is_cut(talk: Talk, behind: Message | None, *, stayed: bool) -> bool:
    """Whether there is a reason that nothing but this comes behind a commit."""
    if behind is None:
        return not stayed or talk.parting is Parting.CUT_OFF
    kind = behind["message_type"]
    return kind == _BROKEN or (kind in _ERRORS and talk.parting is Parting.CUT_OFF)


def _judge_twin(config: Message, plain: Message, timed: Message) -> None:
    assert timed["text"] == plain["text"], (plain, timed)
    assert timed["language_code"] == "en", timed
    words = timed["words"]
    if not config["include_timestamps"]:
        assert words is None, timed
        return
    assert "".join(word["text"] for word in words) == timed["text"], timed


def _judge_commits(
    talk: Talk,
    messages: Sequence[Message],
    closed: tuple[int, str] | None,
    *,
    taken: int | None,
    is_whole: bool,
) -> None:
    due = owed(talk, talk.frames[:taken])
    commits = [message for message in messages if message["message_type"] == _COMMIT]
    config = messages[0]["config"]
    unasked = 1 + int(due.seconds / _LONGEST_SEGMENT_S)
    if config["commit_strategy"] == "vad":
        unasked += int(due.seconds / 0.3)
    assert len(commits) <= due.commits + unasked, f"{len(commits)} commits, for {due}"
    assert sum(not one["text"] for one in commits) <= due.commits, "an empty one nobody asked for"
    _judge_times(messages, due.seconds)
    if not is_whole:
        return
    assert len(commits) >= due.commits, f"{len(commits)} commits, for {due}"
    kinds = [one["message_type"] for one in messages if one["message_type"] != _TIMED]
    if closed is not None:
        assert kinds.pop() == ("input_error" if due.refuses else _DRAINING), messages[-1]
    if due.is_quiet and config["commit_strategy"] == "manual":
        assert kinds[-1] in (_COMMIT, _STARTED, "input_error"), "something behind the last commit"


def _judge_times(messages: Sequence[Message], seconds: float) -> None:
    """Words are in order, also from one commit to the next, and within the sound."""
    now = 0.0
    for message in messages:
        for word in message.get("words") or ():
            assert word["type"] in ("word", "spacing"), word
            assert now <= word["start"] <= word["end"] <= seconds + _WORD_OFF_S, (now, word)
            now = word["end"]


def _judge_proper(talk: Talk, messages: Sequence[Message], *, is_shown_out: bool) -> None:
    # Who leaves without a commit wants none, unless it never says so.
    is_vad = talk.asked.get("commit_strategy") == "vad"
    segments = expected_segments(talk, finished=is_shown_out or is_vad)
    commits = [message for message in messages if message["message_type"] == _COMMIT]
    said = [" ".join(segment.words) for segment in segments]
    assert [one["text"] for one in commits] == said, f"{commits} instead of {said}"
    timed = [message for message in messages if message["message_type"] == _TIMED]
    for segment, twin in zip(segments, timed, strict=bool(timed)):
        if twin["words"] is not None:
            _judge_words(segment, twin["words"])
    _judge_partials(messages, [one.words for one in expected_segments(talk, finished=True)])


def _judge_partials(messages: Sequence[Message], segments: Sequence[Sequence[str]]) -> None:
    """Each is the beginning of what comes of it."""
    place = 0
    for message in messages:
        if message["message_type"] == _PARTIAL:
            words, whole = message["text"].split(), segments[place] if place < len(segments) else ()
            assert words == list(whole[: len(words)]), f"{words} on the way to {whole}"
        place += message["message_type"] == _COMMIT


def _judge_words(segment: Segment, words: Sequence[Message]) -> None:
    starts = [word["start"] for word in words if word["type"] == "word"]
    for told, said in zip(starts, segment.starts_s, strict=True):
        assert abs(told - said) <= _WORD_OFF_S, f"{told} s for a word at {said} s"
