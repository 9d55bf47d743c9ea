"""Transcripts as text, in the forms that files have."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vivavoce.commands.transcript_file import Form
from vivavoce.core.spoken_words import Passage
from vivavoce.core.subtitles import to_srt, to_vtt
from vivavoce.wire.heard_languages import three_letters
from vivavoce.wire.timed_words import Word, timed_words


class _Transcript(msgspec.Struct):
    """What `POST /v1/speech-to-text` answers, as far as it says something about the sound."""

    language_code: str
    text: str
    audio_duration_secs: float
    words: Sequence[Word]


class TranscriptText:
    """Passages in, text out: line by line where the form allows it, else all at the end."""

    def __init__(self, form: Form, language: str) -> None:
        """`language` is the one of the passages, by ISO 639-1."""
        self._form = form
        self._language = language
        self._passages: list[Passage] = []
        self.has_speech = False

    def add(self, passage: Passage) -> str:
        """The text that can be written now."""
        self.has_speech = True
        if self._form == "txt":
            return f"{passage.text}\n"
        self._passages.append(passage)
        return ""

    def end(self, duration_s: float) -> str:
        """The rest of the text; there were so many seconds of sound."""
        words = [word for passage in self._passages for word in passage.words]
        if self._form == "srt":
            return to_srt(words)
        if self._form == "vtt":
            return to_vtt(words)
        if self._form == "json":
            return self._json(duration_s)
        return ""

    def _json(self, duration_s: float) -> str:
        words = [word for passage in self._passages for word in passage.words]
        transcript = _Transcript(
            language_code=three_letters(self._language),
            text=" ".join(passage.text for passage in self._passages),
            audio_duration_secs=round(duration_s, 3),
            words=timed_words((w.text, w.start_s, w.end_s, w.logprob) for w in words),
        )
        return msgspec.json.encode(transcript).decode() + "\n"
