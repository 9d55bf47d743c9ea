"""The voices, and which of them answers to which name."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from vivavoce.engines.base import Voice
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, ESPEAK, PREMADE, resolve_voice
from vivavoce.errors import VoiceNotFound
from vivavoce.server.rest.access import admits
from vivavoce.server.rest.catalogue import installed_voices
from vivavoce.server.rest.errors import error_responses
from vivavoce.wire.models import MODEL_NAMES
from vivavoce.wire.sorting import is_descending, sort_field
from vivavoce.wire.voices import (
    ShownSettings,
    ShownVoice,
    VerifiedLanguage,
    VoiceList,
    VoicePage,
    VoiceSearch,
    find_voices,
)

# The words with which clients of the protocol filter; what no table says, nobody has heard.
_AGES = {"Celeste": "young", "Orfeo": "young", "Viola": "middle_aged"}
_USE_CASES = {"Leonora": "narrative_story", "Claudio": "narrative_story", "Ottavio": "news"}

# Every model speaks every language; these are the ones that clients ask for most.
_VERIFIED_MODELS = ("eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_multilingual_v2")


@get("/v1/voices", guards=[admits("voices_read")], responses=error_responses(), tags=["voices"])
async def list_voices() -> VoiceList:
    """Every voice."""
    return VoiceList(_VOICES)


@get("/v2/voices", guards=[admits("voices_read")], responses=error_responses(), tags=["voices"])
async def search_voices(
    search: FromQuery[str | None] = None,
    sort: FromQuery[str | None] = None,
    sort_direction: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    voice_type: FromQuery[str | None] = None,
    gender: FromQuery[str | None] = None,
    age: FromQuery[str | None] = None,
    accent: FromQuery[str | None] = None,
    language: FromQuery[list[str] | None] = None,
    use_cases: FromQuery[list[str] | None] = None,
    voice_ids: FromQuery[list[str] | None] = None,
    collection_id: FromQuery[str | None] = None,
    fine_tuning_state: FromQuery[str | None] = None,
    page_size: Annotated[int, QueryParameter(ge=1, le=100)] = 10,
    next_page_token: FromQuery[str | None] = None,
) -> VoicePage:
    """A page of the voices that are wanted; the names of premade voices find those that answer."""
    wanted = VoiceSearch(
        search=search,
        by_name=sort_field(sort, ("name", "created_at_unix")) == "name",
        descending=is_descending(sort_direction, usually=False),
        category=category,
        voice_type=voice_type,
        gender=gender,
        age=age,
        accent=accent,
        language=language or (),
        use_cases=use_cases or (),
        voice_ids=[_answering(voice_id) for voice_id in voice_ids or ()],
        collection_id=collection_id,
        fine_tuning_state=fine_tuning_state,
        page_size=page_size,
        next_page_token=next_page_token,
    )
    return find_voices(_VOICES, wanted, _also_called)


@get(
    "/v1/voices/{voice_id:str}",
    guards=[admits("voices_read")],
    responses=error_responses(404),
    tags=["voices"],
)
async def get_voice(voice_id: FromPath[str]) -> ShownVoice:
    """The voice that answers to an id or a name, one's own or a premade voice's."""
    return _shown(_known(voice_id))


@get(
    "/v1/voices/{voice_id:str}/settings",
    guards=[admits("voices_read")],
    responses=error_responses(404),
    tags=["voices"],
)
async def get_voice_settings(voice_id: FromPath[str]) -> ShownSettings:
    """The settings with which a voice speaks when a request has none."""
    return _shown(_known(voice_id)).settings


@get(
    "/v1/voices/settings/default",
    guards=[admits("voices_read")],
    responses=error_responses(),
    tags=["voices"],
)
async def get_default_settings() -> ShownSettings:
    """The settings of any voice that has none of its own."""
    return ShownSettings()


VOICE_ROUTES = (
    list_voices,
    search_voices,
    get_voice,
    get_voice_settings,
    get_default_settings,
)


def _known(identifier: str) -> Voice:
    voice = resolve_voice(identifier, default=DEFAULT_VOICE, strict=True).voice
    if voice not in installed_voices():
        raise VoiceNotFound(f"The voice {voice.name} is not installed on this server.")
    return voice


def _answering(identifier: str) -> str:
    """The id of who answers to `identifier`; itself, which nobody has, where nobody does."""
    found = resolve_voice(identifier, default=DEFAULT_VOICE, strict=False)
    return found.voice.voice_id if found.exact else identifier


def _also_called(name: str) -> str:
    return " ".join(PREMADE.get(name, ()))


def _shown(voice: Voice) -> ShownVoice:
    accent = "american" if voice.language == "en" else None
    use_case = None if voice.engine == ESPEAK else _USE_CASES.get(voice.name, "conversational")
    labels = {
        "gender": voice.gender,
        "age": _AGES.get(voice.name),
        "accent": accent,
        "language": voice.language,
        "use_case": use_case,
    }
    return ShownVoice(
        voice_id=voice.voice_id,
        name=voice.name,
        labels={label: value for label, value in labels.items() if value},
        description=voice.description,
        high_quality_base_model_ids=tuple(MODEL_NAMES),
        verified_languages=tuple(
            VerifiedLanguage(voice.language, model_id, accent) for model_id in _VERIFIED_MODELS
        ),
    )


_VOICES = tuple(map(_shown, installed_voices()))
