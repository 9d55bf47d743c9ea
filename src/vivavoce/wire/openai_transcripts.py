"""Transcription in OpenAI's words: what is asked for, and the answer as a whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from vivavoce.errors import InvalidParameter
from vivavoce.wire.form import read_form
from vivavoce.wire.heard_languages import asked_language, english_name
from vivavoce.wire.timed_words import Spoken, plain_logprob

TranscriptFormat: TypeAlias = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]


class TranscriptionForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields beside the file."""

    model: Annotated[str | None, Meta(description="Any; this server has one model.")] = None
    language: Annotated[str | None, Meta(description="What is spoken, such as `en`.")] = None
    response_format: Annotated[
        TranscriptFormat | None, Meta(description="`json` unless said otherwise.")
    ] = None
    timestamp_granularities: Annotated[
        tuple[Literal["word", "segment"], ...],
        Meta(description="What `verbose_json` has times of; segments unless said otherwise."),
    ] = ()
    stream: Annotated[
        bool | None, Meta(description="Server-sent events, as soon as something was heard.")
    ] = None
    include: Annotated[
        tuple[str, ...], Meta(description="`logprobs` are those of words, not of tokens.")
    ] = ()
    prompt: Annotated[str | None, Meta(description="Makes no difference.")] = None
    temperature: Annotated[float, Meta(ge=0, le=1)] | None = None
    chunking_strategy: str | None = None
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    known_speaker_names: tuple[str, ...] = ()
    known_speaker_references: tuple[str, ...] = ()

    @property
    def asked_language(self) -> str | None:
        """The ISO 639-1 code of what is spoken, None where it is left to the server."""
        return asked_language(self.language)

    @property
    def answer_format(self) -> TranscriptFormat:
        """How the transcript is to be written."""
        return self.response_format or "json"

    @property
    def includes_logprobs(self) -> bool:
        """Whether JSON and events are to say how likely each word was."""
        return "logprobs" in self.include

    @property
    def wants_words(self) -> bool:
        """Whether the answer cannot be written without words and their times."""
        if self.stream or self.answer_format == "json":
            return self.includes_logprobs
        if self.answer_format == "verbose_json":
            return "word" in self.timestamp_granularities
        return self.answer_format in ("srt", "vtt")

    @property
    def wants_segments(self) -> bool:
        """Whether `verbose_json` is to have segments."""
        return not self.timestamp_granularities or "segment" in self.timestamp_granularities

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and makes no difference."""
        given = {
            "model": self.model,
            "prompt": self.prompt,
            "temperature": self.temperature,
            # "auto" cuts at pauses, which is what happens here.
            "chunking_strategy": self.chunking_strategy not in (None, "auto"),
            "keywords": self.keywords,
            "languages": self.languages,
            "known_speaker_names": self.known_speaker_names,
            "known_speaker_references": self.known_speaker_references,
        }
        return tuple(name for name, value in given.items() if value)


class Duration(msgspec.Struct, frozen=True, tag_field="type", tag="duration"):
    """What a transcript cost: seconds of sound."""

    seconds: float


class Logprob(msgspec.Struct, frozen=True):
    """How likely a word was; the space before it belongs to it. `bytes` are those of UTF-8."""

    token: str
    bytes: tuple[int, ...]
    logprob: float


class Transcription(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer in `json`."""

    text: str
    usage: Duration
    logprobs: tuple[Logprob, ...] | None = None


class TimedWord(msgspec.Struct, frozen=True):
    """A word; times in seconds."""

    word: str
    start: float
    end: float


class TranscriptionSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the sound in which somebody spoke; times in seconds, `seek` in 10 ms.

    There are no tokens here that a caller could make something of.
    """

    id: int
    seek: int
    start: float
    end: float
    text: str
    avg_logprob: float
    compression_ratio: float
    temperature: float = 0.0
    no_speech_prob: float = 0.0
    tokens: tuple[int, ...] = ()


class VerboseTranscription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer in `verbose_json`; `language` is a word such as "english"."""

    task: str
    language: str
    duration: float
    text: str
    usage: Duration
    segments: tuple[TranscriptionSegment, ...] | None = None
    words: tuple[TimedWord, ...] | None = None


def read_transcription_form(fields: Mapping[str, object]) -> TranscriptionForm:
    """The form of `/v1/audio/transcriptions`; `fields` are those of `read_form`.

    Raises msgspec.ValidationError for what is not of its field's kind, and InvalidParameter, which
    names the field, for what cannot be done.
    """
    form = read_form(fields, TranscriptionForm)
    if form.response_format == "diarized_json":
        raise InvalidParameter(
            "This server cannot tell speakers apart: response_format must not be diarized_json.",
            param="response_format",
        )
    return form


def transcription(
    text: str, seconds: float, words: Iterable[Spoken] | None = None
) -> Transcription:
    """The answer in `json` for so many seconds of sound, and how likely `words` were."""
    told = None if words is None else word_logprobs(words, starts=True)
    return Transcription(text, Duration(round(seconds, 3)), told)


def verbose_transcription(
    form: TranscriptionForm,
    language: str,
    seconds: float,
    passages: Iterable[Spoken],
    words: Iterable[Spoken],
) -> VerboseTranscription:
    """The answer in `verbose_json`; `language` is a code of ISO 639-1.

    `words` are needed only where the form wants them.
    """
    spoken = tuple(passages)
    return VerboseTranscription(
        task="transcribe",
        language=english_name(language),
        duration=round(seconds, 3),
        text=" ".join(text for text, *_ in spoken),
        usage=Duration(round(seconds, 3)),
        segments=tuple(map(_segment, range(len(spoken)), spoken)) if form.wants_segments else None,
        words=tuple(map(_timed_word, words)) if form.wants_words else None,
    )


def word_logprobs(words: Iterable[Spoken], *, starts: bool) -> tuple[Logprob, ...]:
    """How likely each word was; none stands before the first one if it `starts` the transcript."""
    found = []
    for place, (text, _, _, logprob) in enumerate(words):
        token = text if starts and place == 0 else f" {text}"
        found.append(Logprob(token, tuple(token.encode()), plain_logprob(logprob)))
    return tuple(found)


def _segment(number: int, passage: Spoken) -> TranscriptionSegment:
    text, start_s, end_s, logprob = passage
    raw = text.encode()
    return TranscriptionSegment(
        id=number,
        seek=round(start_s * 100),
        start=round(start_s, 3),
        end=round(end_s, 3),
        # Whisper's segments begin with the space that stood before them.
        text=f" {text}",
        avg_logprob=plain_logprob(logprob),
        compression_ratio=round(len(raw) / len(zlib.compress(raw)), 4),
    )


def _timed_word(word: Spoken) -> TimedWord:
    text, start_s, end_s, _ = word
    return TimedWord(text, round(start_s, 3), round(end_s, 3))
