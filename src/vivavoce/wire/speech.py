"""What a client says on `stream-input`: one JSON message at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import msgspec

from vivavoce.errors import InvalidMessage

# What an engine can do with `speed`; the protocol documents 0.7 to 1.2, its agents send up to 5.
_SPEED_MIN, _SPEED_MAX = 0.5, 2.0


class VoiceSettings(msgspec.Struct, frozen=True):
    """The settings of a voice that one message carried; None where it said nothing.

    `stability` lies in 0 to 1, `speed` in 0.5 to 2; values beyond were clamped.
    """

    stability: float | None = None
    speed: float | None = None

    def updated(self, later: VoiceSettings) -> VoiceSettings:
        """These settings with those of a later message on top."""
        return VoiceSettings(
            stability=self.stability if later.stability is None else later.stability,
            speed=self.speed if later.speed is None else later.speed,
        )


class SpeechMessage(msgspec.Struct, frozen=True):
    """One message of a client.

    `text` is None when the message had none. `chunk_length_schedule` is in characters,
    as the client had it. `credentials` are the keys and tokens it carried,
    `without_effect` names settings it carried that no voice here honours.
    """

    text: str | None
    flush: bool
    try_trigger: bool
    voice_settings: VoiceSettings | None
    chunk_length_schedule: tuple[int, ...] | None
    voice_id: str | None
    credentials: tuple[str, ...]
    without_effect: tuple[str, ...]

    @property
    def ends_input(self) -> bool:
        """Whether this is the protocol's end of input, the empty text."""
        return self.text == ""

    @property
    def is_blank(self) -> bool:
        """Whether the text is the single space that opens a connection or keeps it alive."""
        return self.text == " "


class _GenerationConfig(msgspec.Struct):
    chunk_length_schedule: list[float] | None = None


class _ClientFrame(msgspec.Struct):
    text: str | None = None
    flush: bool | None = None
    try_trigger_generation: bool | None = None
    voice_settings: dict[str, object] | None = None
    generation_config: _GenerationConfig | None = None
    generator_config: _GenerationConfig | None = None
    pronunciation_dictionary_locators: list[object] | None = None
    voice_id: str | None = None
    xi_api_key: str | None = None
    xi_api_key_dashed: str | None = msgspec.field(default=None, name="xi-api-key")
    authorization: str | None = None
    single_use_token: str | None = None


# Not strict, so that "true" and "50" are read as what they plainly mean.
_decoder = msgspec.json.Decoder(_ClientFrame, strict=False)
_EMPTY = _ClientFrame()


def decode_message(frame: str | bytes) -> SpeechMessage:
    """Reads one frame; unknown keys are ignored and null stands for "not given".

    Raises InvalidMessage for anything but a JSON object with at least one key of the protocol.
    """
    raw = _decode_frame(frame)
    if raw == _EMPTY:
        raise InvalidMessage("The message has none of the protocol's fields; it needs `text`.")
    settings = None if raw.voice_settings is None else _voice_settings(raw.voice_settings)
    return SpeechMessage(
        text=raw.text,
        flush=bool(raw.flush),
        try_trigger=bool(raw.try_trigger_generation),
        voice_settings=settings,
        chunk_length_schedule=_schedule(raw),
        voice_id=raw.voice_id or None,
        credentials=_credentials(raw),
        without_effect=_without_effect(raw),
    )


def _decode_frame(frame: str | bytes) -> _ClientFrame:
    try:
        return _decoder.decode(frame)
    except msgspec.ValidationError as error:
        raise InvalidMessage(f"The message does not fit the protocol: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_half_characters(frame, error)


def _decode_half_characters(frame: str | bytes, error: Exception) -> _ClientFrame:
    r"""Reads JSON with a lone "\ud83d", which msgspec refuses.

    JavaScript writes one when a language model's stream was cut inside an emoji.
    """
    backslash_u = b"\\u" if isinstance(frame, bytes) else "\\u"
    if backslash_u not in frame:  # type: ignore[operator]
        raise InvalidMessage(f"The message is not JSON: {error}.") from error
    try:
        raw = msgspec.convert(json.loads(frame), _ClientFrame, strict=False)
    except (ValueError, RecursionError) as still:
        raise InvalidMessage(f"The message is not JSON: {error}.") from still
    raw.text = None if raw.text is None else _whole_characters(raw.text)
    return raw


def _whole_characters(text: str) -> str:
    """`text` with U+FFFD for every half of a surrogate pair."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _voice_settings(given: Mapping[str, object]) -> VoiceSettings:
    """Reads what is usable; a setting of an odd type counts as not given."""
    return VoiceSettings(
        stability=_clamped(given.get("stability"), 0.0, 1.0),
        speed=_clamped(given.get("speed"), _SPEED_MIN, _SPEED_MAX),
    )


def _without_effect(raw: _ClientFrame) -> tuple[str, ...]:
    settings = raw.voice_settings or {}
    boosts = ("similarity_boost", "style", "use_speaker_boost")
    names = tuple(name for name in boosts if settings.get(name) is not None)
    return (
        (*names, "pronunciation_dictionary_locators")
        if raw.pronunciation_dictionary_locators
        else names
    )


def _clamped(value: object, low: float, high: float) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return float(min(max(value, low), high))


def _credentials(raw: _ClientFrame) -> tuple[str, ...]:
    keys = (raw.xi_api_key, raw.xi_api_key_dashed, raw.authorization, raw.single_use_token)
    return tuple(key for key in keys if key)


def _schedule(raw: _ClientFrame) -> tuple[int, ...] | None:
    for config in (raw.generation_config, raw.generator_config):
        if config is not None and config.chunk_length_schedule:
            items = config.chunk_length_schedule
            return tuple(int(item) for item in items if math.isfinite(item)) or None
    return None
