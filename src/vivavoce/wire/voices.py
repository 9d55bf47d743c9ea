"""Voices as REST describes them, and the search among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from vivavoce.errors import InvalidParameter


class ShownSettings(msgspec.Struct, frozen=True):
    """Settings of a voice, all of them; those of the protocol when nobody set any."""

    stability: float = 0.5
    similarity_boost: float = 0.75
    style: float = 0.0
    use_speaker_boost: bool = True
    speed: float = 1.0


class VerifiedLanguage(msgspec.Struct, frozen=True):
    """One language that a voice speaks, under one of the model ids that clients know."""

    language: str
    model_id: str
    accent: str | None = None
    locale: str | None = None
    preview_url: str | None = None


class ShownVoice(msgspec.Struct, frozen=True, kw_only=True):
    """One voice, as every client of the protocol finds it in a list."""

    voice_id: str
    name: str
    labels: dict[str, str]
    description: str
    high_quality_base_model_ids: tuple[str, ...]
    verified_languages: tuple[VerifiedLanguage, ...]
    category: str = "premade"
    settings: ShownSettings = ShownSettings()
    preview_url: str | None = None
    samples: tuple[str, ...] | None = None
    available_for_tiers: tuple[str, ...] = ()
    is_owner: bool = False
    is_legacy: bool = False
    is_mixed: bool = False
    created_at_unix: int | None = None


class VoiceList(msgspec.Struct, frozen=True):
    """All voices."""

    voices: tuple[ShownVoice, ...]


class VoicePage(msgspec.Struct, frozen=True):
    """Some of the voices that were found; `next_page_token` asks for those after them."""

    voices: tuple[ShownVoice, ...]
    has_more: bool
    total_count: int
    next_page_token: str | None


class VoiceSearch(msgspec.Struct, frozen=True):
    """Which voices are wanted, and in which order; None and empty leave all of them.

    `voice_ids` are ids of voices, `next_page_token` is that of the page before.
    """

    search: str | None = None
    by_name: bool = False
    descending: bool = False
    category: str | None = None
    voice_type: str | None = None
    gender: str | None = None
    age: str | None = None
    accent: str | None = None
    language: Sequence[str] = ()
    use_cases: Sequence[str] = ()
    voice_ids: Sequence[str] = ()
    collection_id: str | None = None
    fine_tuning_state: str | None = None
    page_size: int = 10
    next_page_token: str | None = None


def find_voices(
    voices: Sequence[ShownVoice], search: VoiceSearch, also_called: Callable[[str], str]
) -> VoicePage:
    """One page of what is found. `also_called` gives, by name, other words that mean a voice.

    Raises InvalidParameter for a `next_page_token` that is none.
    """
    found = [voice for voice in voices if _is_wanted(voice, search, also_called(voice.name))]
    if search.by_name:
        found.sort(key=lambda voice: voice.name.casefold())
    if search.descending:
        found.reverse()
    first = _place_after(found, search.next_page_token)
    shown = found[first : first + search.page_size]
    has_more = first + len(shown) < len(found)
    return VoicePage(
        voices=tuple(shown),
        has_more=has_more,
        total_count=len(found),
        next_page_token=shown[-1].voice_id if has_more else None,
    )


def _place_after(found: Sequence[ShownVoice], token: str | None) -> int:
    if not token:
        return 0
    for place, voice in enumerate(found):
        if voice.voice_id == token:
            return place + 1
    raise InvalidParameter("The page token is none of this search's.", param="next_page_token")


def _is_wanted(voice: ShownVoice, search: VoiceSearch, also_called: str) -> bool:
    # No voice here belongs to a collection or was fine-tuned, and all are what "default" means.
    if search.collection_id or search.fine_tuning_state:
        return False
    if search.voice_type not in (None, "", "default"):
        return False
    if search.voice_ids and voice.voice_id not in search.voice_ids:
        return False
    asked = {
        "gender": [search.gender],
        "age": [search.age],
        "accent": [search.accent],
        "language": search.language,
        "use_case": search.use_cases,
    }
    return (
        (not search.category or search.category == voice.category)
        and all(_has_label(voice, label, given) for label, given in asked.items())
        and _mentions(voice, search.search or "", also_called)
    )


def _has_label(voice: ShownVoice, label: str, asked: Sequence[str | None]) -> bool:
    wanted = [value.casefold() for value in asked if value]
    return not wanted or voice.labels.get(label, "").casefold() in wanted


def _mentions(voice: ShownVoice, term: str, also_called: str) -> bool:
    told = (voice.name, voice.description, voice.category, *voice.labels.values(), also_called)
    return term.strip().casefold() in "\n".join(told).casefold()
