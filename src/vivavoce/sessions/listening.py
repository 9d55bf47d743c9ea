"""What all listening of a server shares."""

from __future__ import annotations

import msgspec

from vivavoce.config import Settings
from vivavoce.engines.base import ActivityDetector
from vivavoce.errors import LanguageMissing
from vivavoce.runtime.base import EarsPool
from vivavoce.sessions.notices import Notices

TRANSCRIPTION_PERMISSION = "speech_to_text"


class EarsDesk(msgspec.Struct, frozen=True):
    """The ears, what tells speech from noise, and what is known of this server."""

    pool: EarsPool
    detector: ActivityDetector
    settings: Settings
    notices: Notices

    def best_language(self, wished: str) -> str:
        """The language to hear of a caller who may speak `wished`, if these ears understand it."""
        known = self.pool.languages
        return wished if wished in known else known[0]

    def language(self, asked: str | None) -> str:
        """The language to hear; the ears' best one where none is asked for. Raises LanguageMissing.

        `asked` is an ISO 639-1 code.
        """
        known = self.pool.languages
        if asked is None or asked in known:
            return asked or known[0]
        raise LanguageMissing(
            f"The ears of this server do not understand {asked!r}, only {', '.join(known)}."
        )
