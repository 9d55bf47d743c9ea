"""A transcript in OpenAI's words as it is made: server-sent events."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vivavoce.wire.openai_speech import openai_error
from vivavoce.wire.openai_transcripts import Logprob, word_logprobs
from vivavoce.wire.timed_words import Spoken


class _Delta(msgspec.Struct, tag_field="type", tag="transcript.text.delta", omit_defaults=True):
    delta: str
    logprobs: tuple[Logprob, ...] | None = None


class _Done(msgspec.Struct, tag_field="type", tag="transcript.text.done", omit_defaults=True):
    text: str
    logprobs: tuple[Logprob, ...] | None = None


class TranscriptEvents:
    """Writes passages as they are heard; the deltas joined are the text at the end."""

    def __init__(self, *, logprobs: bool = False) -> None:
        """With `logprobs` each event says how likely its words were."""
        self._text = ""
        self._logprobs: list[Logprob] | None = [] if logprobs else None

    def passage(self, text: str, words: Iterable[Spoken] = ()) -> bytes:
        """One `transcript.text.delta`; `words` are needed for `logprobs` only."""
        starts = not self._text
        delta = text if starts else f" {text}"
        self._text += delta
        if self._logprobs is None:
            return _event(_Delta(delta))
        logprobs = word_logprobs(words, starts=starts)
        self._logprobs += logprobs
        return _event(_Delta(delta, logprobs))

    def done(self) -> bytes:
        """`transcript.text.done`, the last event."""
        return _event(_Done(self._text, None if self._logprobs is None else tuple(self._logprobs)))

    def failed(self, error: BaseException) -> bytes:
        """Says what went wrong, after which nothing comes; OpenAI's clients raise it."""
        return _event(openai_error(error))


def _event(data: msgspec.Struct) -> bytes:
    return b"data: " + msgspec.json.encode(data) + b"\n\n"
