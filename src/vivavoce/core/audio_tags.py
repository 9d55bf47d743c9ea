"""Stage directions in brackets, as models of the third generation and later take them."""

from __future__ import annotations

import re
from typing import Final

from vivavoce.core.pronunciation import Pronunciation

# "[laughs]", "[short pause]", "[in a French accent]"; not "[1]" or "[see the appendix, p. 5]".
_AUDIO_TAG: Final = re.compile(r"\[[A-Za-z][A-Za-z' \u2019-]{0,40}\]")
_PAUSE: Final = re.compile(r"\bpauses?\b", re.IGNORECASE)

_KNOWING_MODELS: Final = ("eleven_v3", "eleven_v4")


def knows_audio_tags(model_id: str | None) -> bool:
    """Whether whoever asks for this model means such tags to be followed, not read out."""
    return model_id is not None and model_id.startswith(_KNOWING_MODELS)


def audio_tag_spans(text: str) -> list[Pronunciation]:
    """Every tag of `text`: a pause is read as one, anything else is passed over.

    The voices here can neither laugh nor whisper, but reading the direction out would be worse.
    """
    return [
        Pronunciation(*tag.span(), words="\u2026" if _PAUSE.search(tag[0]) else "")
        for tag in _AUDIO_TAG.finditer(text)
    ]
