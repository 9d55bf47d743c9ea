"""From a request to a recital: what all speech of the protocol has in common over REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from litestar.openapi.spec import Operation
from litestar.params import QueryParameter

from vivavoce.audio.formats import (
    OUTPUT_FORMATS,
    WAV_FORMATS,
    OutputFormat,
    format_names,
    parse_output_format,
)
from vivavoce.core.audio_tags import knows_audio_tags
from vivavoce.server.house import House
from vivavoce.server.rest.openapi import LINES, answers_with
from vivavoce.sessions.recital import Recital, RecitalLine
from vivavoce.wire.rest_speech import SpeechOptions
from vivavoce.wire.voice_settings import VoiceSettings, read_voice_settings


@dataclass
class AudioOperation(Operation):
    """One that answers with audio in any format."""

    def __post_init__(self) -> None:
        formats = (*OUTPUT_FORMATS.values(), *WAV_FORMATS.values())
        answers_with(self, {fmt.media_type for fmt in formats})


@dataclass
class LinesOperation(Operation):
    """One that answers with lines of JSON."""

    def __post_init__(self) -> None:
        answers_with(self, [LINES])


def _format_parameter(*, wav: bool) -> QueryParameter:
    return QueryParameter(
        description="Codec, sample rate in Hz and kbit/s; empty for what the server is set to.",
        schema_extra={"enum": [*format_names(wav=wav), ""]},
    )


StreamFormat: TypeAlias = Annotated[str, _format_parameter(wav=False)]
"""The type of `output_format` where the answer is a stream."""

WholeFormat: TypeAlias = Annotated[str, _format_parameter(wav=True)]
"""The type of `output_format` where the answer is a whole."""

Logging: TypeAlias = Annotated[
    bool, QueryParameter(description="`false` keeps the speech out of every cache.")
]
"""The type of `enable_logging`."""


def asked_format(name: str, house: House, *, wav: bool = False) -> OutputFormat:
    """The format called `name`, or the server's default. Raises UnsupportedFormat."""
    return parse_output_format(name or house.settings.default_output_format, wav=wav)


async def recital_of(
    lines: tuple[RecitalLine, ...],
    options: SpeechOptions,
    house: House,
    fmt: OutputFormat,
    *,
    settings: Mapping[str, object] | None,
    next_text: str | None,
    keep: bool,
    audio_tags: bool = False,
) -> Recital:
    """The lines as a request wants them spoken. Raises DictionaryNotFound."""
    house.desk.notices.without_effect(options.without_effect())
    locators = options.pronunciation_dictionary_locators or ()
    return Recital(
        lines=lines,
        output_format=fmt,
        voice_settings=read_voice_settings(settings) or VoiceSettings(),
        seed=options.seed or 0,
        language=options.language_code or None,
        audio_tags=audio_tags or knows_audio_tags(options.model_id),
        normalize=options.apply_text_normalization != "off",
        lexicon=await house.desk.dictionaries.lexicon(locators),
        next_text=next_text or "",
        keep=keep,
    )
