"""What can be spoken here: the voices whose engines are installed, and their languages."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from vivavoce.engines.base import Voice
from vivavoce.engines.voices.catalog import CATALOG, FALLBACK_VOICES
from vivavoce.engines.voices.espeak_languages import LANGUAGES
from vivavoce.wire.models import Language

# It comes with the extra `languages`.
_FALLBACK_LIBRARY = "espeakng_loader"


@cache
def installed_voices() -> tuple[Voice, ...]:
    """The catalogue, and after it a voice for each other language if the extra is there."""
    return (*CATALOG, *FALLBACK_VOICES) if find_spec(_FALLBACK_LIBRARY) else CATALOG


def installed_languages() -> tuple[Language, ...]:
    """Each language of a voice once, English first."""
    names = {"en": "English"} | {language.code: language.name for language in LANGUAGES}
    codes = dict.fromkeys(voice.language for voice in installed_voices())
    return tuple(Language(code, names[code]) for code in codes)
