"""The models that clients ask for by name, all of them served by the voices of this server."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

MODEL_NAMES = {
    "eleven_flash_v2_5": "Flash v2.5",
    "eleven_turbo_v2_5": "Turbo v2.5",
    "eleven_flash_v2": "Flash v2",
    "eleven_turbo_v2": "Turbo v2",
    "eleven_multilingual_v2": "Multilingual v2",
    "eleven_multilingual_v1": "Multilingual v1",
    "eleven_monolingual_v1": "English v1",
    "eleven_v3": "v3",
    "eleven_v3_conversational": "v3 Conversational",
    "eleven_v4": "v4",
    "eleven_v4_turbo": "v4 Turbo",
}
"""By id, in the order in which they are listed. The first is what most clients ask for."""


class Language(msgspec.Struct, frozen=True):
    """A language: its ISO 639 code, such as "en", and its name in English."""

    language_id: str
    name: str


class ModelRates(msgspec.Struct, frozen=True):
    """What a character costs, in characters."""

    character_cost_multiplier: float = 1.0


class ShownModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model. Nothing is fine-tuned here, and nothing costs more than something else."""

    model_id: str
    name: str
    description: str
    languages: tuple[Language, ...]
    maximum_text_length_per_request: int
    max_characters_request_free_user: int
    max_characters_request_subscribed_user: int
    can_do_text_to_speech: bool = True
    can_do_voice_conversion: bool = False
    can_be_finetuned: bool = False
    can_use_style: bool = False
    can_use_speaker_boost: bool = False
    serves_pro_voices: bool = False
    token_cost_factor: float = 1.0
    requires_alpha_access: bool = False
    model_rates: ModelRates = ModelRates()
    concurrency_group: str = "standard"


def shown_models(languages: Sequence[Language], most_characters: int) -> tuple[ShownModel, ...]:
    """Every model, with the languages that are spoken here and the longest text of a request."""
    return tuple(
        ShownModel(
            model_id=model_id,
            name=name,
            description=f"This server's own voices, under the id of ElevenLabs' {name}.",
            languages=tuple(languages),
            maximum_text_length_per_request=most_characters,
            max_characters_request_free_user=most_characters,
            max_characters_request_subscribed_user=most_characters,
        )
        for model_id, name in MODEL_NAMES.items()
    )
