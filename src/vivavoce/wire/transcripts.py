"""Transcription of a file over REST: what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from vivavoce.errors import InvalidParameter
from vivavoce.wire.form import read_form
from vivavoce.wire.heard_languages import asked_language
from vivavoce.wire.timed_words import Spoken, Word, timed_words

_KEYTERMS_MAX: Final = 1000
_KEYTERM_CHARACTERS: Final = 50
_SEED_MAX: Final = 2_147_483_647

ExportName: TypeAlias = Literal["docx", "html", "pdf", "segmented_json", "srt", "txt"]
_NOT_WRITTEN_HERE: Final[tuple[ExportName, ...]] = ("docx", "html", "pdf")

_Count: TypeAlias = Annotated[int, Meta(ge=1)]
_Seconds: TypeAlias = Annotated[float, Meta(gt=0, le=86_400)]


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Another form in which the transcript is wanted; None leaves a choice to the server.

    The two `max_segment_…` and the silence (in seconds) say where a segment ends.
    """

    format: ExportName
    include_speakers: bool | None = None
    include_timestamps: bool | None = None
    max_characters_per_line: _Count | None = None
    max_segment_chars: _Count | None = None
    max_segment_duration_s: _Seconds | None = None
    segment_on_silence_longer_than_s: _Seconds | None = None


class TranscriptForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields beside the file."""

    model_id: Annotated[str | None, Meta(description="Any; this server has one model.")] = None
    language_code: Annotated[
        str | None, Meta(description="What is spoken, such as `en` or `eng`.")
    ] = None
    source_url: Annotated[
        str | None, Meta(description="Where the file lies, instead of the file itself.")
    ] = None
    cloud_storage_url: Annotated[
        str | None, Meta(description="An older name for `source_url`.")
    ] = None
    file_format: Annotated[
        Literal["other", "pcm_s16le_16"] | None,
        Meta(description="`pcm_s16le_16` is bare PCM: 16 bits, little-endian, mono, 16 kHz."),
    ] = None
    timestamps_granularity: Annotated[
        Literal["none", "word", "character"] | None,
        Meta(description="`none` leaves out the words; `word` unless said otherwise."),
    ] = None
    no_verbatim: Annotated[bool | None, Meta(description="Without words that only fill.")] = None
    use_multi_channel: Annotated[
        bool | None, Meta(description="Each channel by itself, with words of its own.")
    ] = None
    multichannel_output_style: Literal["separate", "combined"] | None = None
    additional_formats: Annotated[
        tuple[ExportOptions, ...], Meta(description="A list as JSON: txt, srt, segmented_json.")
    ] = ()
    diarize: Annotated[
        bool | None, Meta(description="Names a speaker for each word: one for each channel.")
    ] = None
    num_speakers: Annotated[int, Meta(ge=1, le=32)] | None = None
    diarization_threshold: Annotated[float, Meta(ge=0, le=1)] | None = None
    use_speaker_library: bool | None = None
    detect_speaker_roles: bool | None = None
    tag_audio_events: bool | None = None
    keyterms: tuple[str, ...] = ()
    secondary_language_codes: tuple[str, ...] = ()
    numbers_format: Literal["digits", "words"] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    seed: Annotated[int, Meta(ge=0, le=_SEED_MAX)] | None = None
    webhook: bool | None = None
    entity_detection: tuple[str, ...] = ()
    entity_redaction: tuple[str, ...] = ()
    entity_redaction_mode: str | None = None
    transcript_edit: str | None = None

    @property
    def language(self) -> str | None:
        """The ISO 639-1 code of what is spoken, None where it is left to the server."""
        return asked_language(self.language_code)

    @property
    def url(self) -> str | None:
        """Where the file lies, if it does not come with the form."""
        return self.source_url or self.cloud_storage_url

    @property
    def is_bare_pcm(self) -> bool:
        """Whether the file has no header: 16-bit little-endian mono at 16 kHz."""
        return self.file_format == "pcm_s16le_16"

    @property
    def combines_channels(self) -> bool:
        """Whether the words of all channels are wanted in one transcript, in order of time."""
        return bool(self.use_multi_channel) and self.multichannel_output_style == "combined"

    @property
    def wants_words(self) -> bool:
        """Whether the answer cannot be written without words and their times."""
        return self.timestamps_granularity != "none" or bool(self.additional_formats)

    def words(self, spoken: Iterable[Spoken], *, channel: int | None = None) -> tuple[Word, ...]:
        """The words as far as they are wanted; those of a `channel` are one speaker's."""
        if self.timestamps_granularity == "none":
            return ()
        # Without channels all words are one speaker's, too: no more can be told here.
        names_speakers = self.diarize or channel is not None
        return timed_words(
            spoken,
            speaker_id=f"speaker_{channel or 0}" if names_speakers else None,
            channel_index=channel,
            characters=self.timestamps_granularity == "character",
        )

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and makes no difference."""
        given = {
            "model_id": self.model_id,
            "diarize": self.diarize,
            "num_speakers": self.num_speakers,
            "diarization_threshold": self.diarization_threshold,
            "use_speaker_library": self.use_speaker_library,
            "detect_speaker_roles": self.detect_speaker_roles,
            "tag_audio_events": self.tag_audio_events,
            "keyterms": self.keyterms,
            "secondary_language_codes": self.secondary_language_codes,
            "numbers_format": self.numbers_format,
            "temperature": self.temperature,
            "include_speakers": any(one.include_speakers for one in self.additional_formats),
        }
        return tuple(name for name, value in given.items() if value)


def read_transcript_form(fields: Mapping[str, object]) -> TranscriptForm:
    """The form of `/v1/speech-to-text`; `fields` are those of `read_form`.

    Raises msgspec.ValidationError for what is not of its field's kind, and InvalidParameter, which
    names the field, for what cannot be done.
    """
    form = read_form(fields, TranscriptForm)
    _refuse_what_cannot_be_done(form)
    for name in ("source_url", "cloud_storage_url"):
        _check_url(name, getattr(form, name))
    _check_keyterms(form.keyterms)
    if form.combines_channels and form.timestamps_granularity == "none":
        raise InvalidParameter(
            "Channels are combined by the times of their words: timestamps_granularity must not be "
            "none.",
            param="multichannel_output_style",
        )
    return form


def _refuse_what_cannot_be_done(form: TranscriptForm) -> None:
    asked = {
        "webhook": form.webhook,
        "entity_detection": form.entity_detection,
        "entity_redaction": form.entity_redaction,
        "entity_redaction_mode": form.entity_redaction_mode,
        "transcript_edit": form.transcript_edit,
    }
    for name, value in asked.items():
        if value:
            raise InvalidParameter(f"This server cannot do {name}.", param=name)
    for export in form.additional_formats:
        if export.format in _NOT_WRITTEN_HERE:
            raise InvalidParameter(
                f"This server cannot write {export.format}.", param="additional_formats"
            )


def _check_url(name: str, url: str | None) -> None:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise InvalidParameter(f"{name} must be an http or https URL.", param=name)


def _check_keyterms(terms: tuple[str, ...]) -> None:
    if len(terms) > _KEYTERMS_MAX or any(len(term) > _KEYTERM_CHARACTERS for term in terms):
        raise InvalidParameter(
            f"keyterms must be at most {_KEYTERMS_MAX} of at most {_KEYTERM_CHARACTERS} characters "
            "each.",
            param="keyterms",
        )
