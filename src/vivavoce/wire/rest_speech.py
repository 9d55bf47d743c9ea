"""What is asked for when REST is to speak."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from vivavoce.wire.dialogue import INPUTS_MAX
from vivavoce.wire.dictionaries import LOCATORS_MAX, Locator
from vivavoce.wire.voice_settings import unheard_settings

_SEED_MAX = 4_294_967_295
_REQUEST_IDS_MAX = 3

_RequestIds = Annotated[tuple[str, ...], Meta(max_length=_REQUEST_IDS_MAX)]


class SpeechOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to speak; null counts as not given, unknown fields are ignored."""

    model_id: Annotated[
        str | None, Meta(description="Any; this server has one model for each language.")
    ] = None
    language_code: Annotated[
        str | None, Meta(description="The language of the text, such as `en`; else the text tells.")
    ] = None
    pronunciation_dictionary_locators: (
        Annotated[
            tuple[Locator, ...],
            Meta(
                max_length=LOCATORS_MAX,
                description="Dictionaries to read by; of two rules for a string, the first one.",
            ),
        ]
        | None
    ) = None
    seed: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=_SEED_MAX,
                description="Equal text, settings and seed give equal samples.",
                # Litestar leaves a limit of 0 out of the schema.
                extra_json_schema={"extra": {"minimum": 0}},
            ),
        ]
        | None
    ) = None
    previous_text: Annotated[
        str | None, Meta(description="What was spoken before; makes no difference.")
    ] = None
    previous_request_ids: _RequestIds | None = None
    next_request_ids: _RequestIds | None = None
    use_pvc_as_ivc: bool | None = None
    apply_text_normalization: Annotated[
        Literal["auto", "on", "off"] | None,
        Meta(description="`off` leaves numbers, dates and units to the voice."),
    ] = None
    audio_effects: dict[str, object] | None = None

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and no voice here honours."""
        given = {
            "model_id": self.model_id,
            "previous_text": self.previous_text,
            "previous_request_ids": self.previous_request_ids,
            "next_request_ids": self.next_request_ids,
            "use_pvc_as_ivc": self.use_pvc_as_ivc,
            "audio_effects": self.audio_effects,
        }
        return tuple(name for name, value in given.items() if value)


class SpeechBody(SpeechOptions, frozen=True, kw_only=True):
    """One text for the voice that the path names."""

    text: Annotated[
        str,
        Meta(min_length=1, description='The text; `<break time="1s"/>` and `<phoneme>` are heard.'),
    ]
    voice_settings: Annotated[
        dict[str, object] | None,
        Meta(
            description="`stability` from 0 to 1 and `speed` from 0.5 to 2 are heard, and clamped; "
            "the others are accepted."
        ),
    ] = None
    next_text: Annotated[
        str | None, Meta(description="What is spoken after; decides how the last sentence ends.")
    ] = None
    apply_language_text_normalization: bool | None = None

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and no voice here honours."""
        names = super().without_effect()
        if self.apply_language_text_normalization:
            names = (*names, "apply_language_text_normalization")
        return (*names, *unheard_settings(self.voice_settings))


class DialogueInput(msgspec.Struct, frozen=True):
    """What one speaker says before the next one does."""

    text: Annotated[
        str,
        Meta(min_length=1, description='The line; `<break time="1s"/>` and `<phoneme>` are heard.'),
    ]
    voice_id: Annotated[str, Meta(description="An id or a name; an unknown one falls back.")]


class DialogueBody(SpeechOptions, frozen=True, kw_only=True):
    """Lines of several voices, one after the other."""

    # No tuple, of which Litestar's schema says that anything else may be in it, too.
    inputs: Annotated[list[DialogueInput], Meta(min_length=1, max_length=INPUTS_MAX)]
    settings: Annotated[
        dict[str, object] | None,
        Meta(
            description="`stability` from 0 to 1 and `speed` from 0.5 to 2 are heard, and clamped; "
            "the others are accepted."
        ),
    ] = None
    future_text: Annotated[
        str | None, Meta(description="What is spoken after; decides how the last sentence ends.")
    ] = None

    def without_effect(self) -> tuple[str, ...]:
        """The names of what was given and no voice here honours."""
        return (*super().without_effect(), *unheard_settings(self.settings))
