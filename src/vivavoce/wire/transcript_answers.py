"""Transcription of a file over REST: what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from vivavoce.wire.timed_words import Word
from vivavoce.wire.transcripts import ExportName

# By name: the ending of a file of its kind, and its media type.
_FILES: Final[dict[ExportName, tuple[str, str]]] = {
    "segmented_json": ("json", "application/json"),
    "srt": ("srt", "application/x-subrip"),
    "txt": ("txt", "text/plain"),
}


class AdditionalFormat(msgspec.Struct, frozen=True, kw_only=True):
    """The transcript as a file of another kind."""

    requested_format: str
    file_extension: str
    content_type: str
    content: str
    is_base64_encoded: bool = False


class Transcript(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was said in a file, or in one channel of it.

    `language_code` has three letters; `language_probability` is from 0 to 1.
    """

    language_code: str
    language_probability: float
    text: str
    words: tuple[Word, ...]
    transcription_id: str
    audio_duration_secs: float
    channel_index: int | None = None
    additional_formats: tuple[AdditionalFormat, ...] | None = None


class MultichannelTranscript(msgspec.Struct, frozen=True):
    """What was said in each channel of a file."""

    transcripts: tuple[Transcript, ...]
    transcription_id: str
    audio_duration_secs: float


class Segment(msgspec.Struct, frozen=True):
    """A part of a transcript, up to a pause."""

    text: str
    words: Sequence[Word]


class _SegmentedTranscript(msgspec.Struct):
    language_code: str
    language_probability: float
    segments: Sequence[Segment]


def additional_format(name: ExportName, content: str) -> AdditionalFormat:
    """`content` as the file that was asked for under `name`."""
    extension, media_type = _FILES[name]
    return AdditionalFormat(
        requested_format=name,
        file_extension=extension,
        content_type=media_type,
        content=content,
    )


def segmented_json(transcript: Transcript, segments: Sequence[Segment]) -> str:
    """The content of `segmented_json`: the transcript in parts."""
    return msgspec.json.encode(
        _SegmentedTranscript(transcript.language_code, transcript.language_probability, segments)
    ).decode()
