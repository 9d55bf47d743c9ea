"""Parts of an agent's `conversation_config`: who thinks, who speaks, and whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vivavoce.wire.agent_tools import read_headers
from vivavoce.wire.lenient import filled, inside, mapping, mappings, number, text, texts
from vivavoce.wire.voice_settings import VoiceSettings, read_voice_settings

DEFAULT_FORMAT: Final = "pcm_16000"
_EAGERNESS: Final = ("patient", "normal", "eager")
_CUSTOM: Final = "custom-llm"
_BY_SOCKET: Final = "websocket"


class CustomMind(msgspec.Struct, frozen=True):
    """An OpenAI-compatible server that an agent names itself: `prompt.custom_llm`."""

    url: str
    model_id: str = ""
    api_key: str = ""
    request_headers: dict[str, str] = {}


class SpeechConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`tts`."""

    voice_id: str | None = None
    output_format: str = "pcm_16000"
    stability: float | None = None
    speed: float | None = None
    dictionaries: tuple[tuple[str, str | None], ...] = ()


class SoftTimeout(msgspec.Struct, frozen=True):
    """`turn.soft_timeout_config`: what is said while a mind is slow; never with `after_s` of -1."""

    after_s: float = -1.0
    message: str = "Hhmmmm...yeah."


class TurnConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`turn`; seconds, -1 for never."""

    turn_timeout_s: float = 7.0
    initial_wait_s: float | None = None
    silence_end_call_timeout_s: float = -1.0
    eagerness: str = "normal"
    interruption_ignore_terms: tuple[str, ...] = ()
    soft_timeout: SoftTimeout = SoftTimeout()


def read_custom_mind(prompt: Mapping[str, object]) -> CustomMind | None:
    given = mapping(prompt.get("custom_llm"))
    url = filled(given.get("url"))
    if url is None or not _has_custom_mind(prompt) or given.get("api_type") == _BY_SOCKET:
        return None
    return CustomMind(
        url=url,
        model_id=text(given.get("model_id")) or "",
        api_key=text(given.get("api_key")) or "",
        request_headers=read_headers(given.get("request_headers")),
    )


def _has_custom_mind(prompt: Mapping[str, object]) -> bool:
    """Agents keep their `custom_llm` while they use another one."""
    return prompt.get("llm") in (None, "", _CUSTOM)


def read_speech_engine_url(raw: Mapping[str, object], prompt: Mapping[str, object]) -> str:
    given = mapping(prompt.get("custom_llm"))
    if given.get("api_type") == _BY_SOCKET and _has_custom_mind(prompt):
        return text(given.get("url")) or ""
    return text(inside(raw, "speech_engine", "ws_url")) or ""


def read_speech(tts: Mapping[str, object]) -> SpeechConfig:
    settings = read_voice_settings(tts) or VoiceSettings()
    locators = mappings(tts.get("pronunciation_dictionary_locators"))
    named = (
        (filled(locator.get("pronunciation_dictionary_id")), filled(locator.get("version_id")))
        for locator in locators
    )
    return SpeechConfig(
        voice_id=filled(tts.get("voice_id")),
        output_format=filled(tts.get("agent_output_audio_format")) or DEFAULT_FORMAT,
        stability=settings.stability,
        speed=settings.speed,
        dictionaries=tuple((name, version) for name, version in named if name is not None),
    )


def read_turn(turn: Mapping[str, object]) -> TurnConfig:
    soft = mapping(turn.get("soft_timeout_config"))
    return TurnConfig(
        turn_timeout_s=seconds(turn.get("turn_timeout"), 7.0),
        initial_wait_s=number(turn.get("initial_wait_time")),
        silence_end_call_timeout_s=seconds(turn.get("silence_end_call_timeout"), -1.0),
        eagerness=one_of(turn.get("turn_eagerness"), _EAGERNESS, "normal"),
        interruption_ignore_terms=texts(turn.get("interruption_ignore_terms")),
        soft_timeout=SoftTimeout(
            after_s=seconds(soft.get("timeout_seconds"), -1.0),
            message=filled(soft.get("message")) or SoftTimeout().message,
        ),
    )


def one_of(given: object, allowed: tuple[str, ...], default: str) -> str:
    """`given` if it is one of `allowed`, else the default."""
    return given if isinstance(given, str) and given in allowed else default


def seconds(given: object, default: float) -> float:
    """A number of seconds; all negative ones are -1, which stands for never."""
    found = number(given)
    if found is None:
        return default
    return found if found >= 0 else -1.0
