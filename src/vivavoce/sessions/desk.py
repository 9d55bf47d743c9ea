"""What all speech of a server shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from vivavoce.config import Settings
from vivavoce.core.lexicon import Lexicon
from vivavoce.errors import DictionaryNotFound
from vivavoce.runtime.base import SpeechPool
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.notices import Notices
from vivavoce.wire.dictionaries import Locator
from vivavoce.wire.speech import SpeechMessage


class DictionaryShelf(Protocol):
    """Where pronunciation dictionaries are kept."""

    async def lexicon(self, locators: Sequence[Locator]) -> Lexicon:
        """Their rules in that order. Raises DictionaryNotFound."""


class EmptyShelf:
    """No dictionaries."""

    async def lexicon(self, locators: Sequence[Locator]) -> Lexicon:
        """Raises DictionaryNotFound unless there are no locators."""
        if locators:
            raise DictionaryNotFound("There are no pronunciation dictionaries here.")
        return Lexicon()


class SpeechDesk(msgspec.Struct, frozen=True):
    """The voices, the dictionaries they read by, and what is known of this server."""

    pool: SpeechPool
    settings: Settings
    notices: Notices
    dictionaries: DictionaryShelf

    async def changed(self, manner: Manner, message: SpeechMessage) -> Manner:
        """`manner` with what a message says of it on top. Raises DictionaryNotFound."""
        self.notices.without_effect(message.without_effect)
        if message.voice_settings is not None:
            settings = manner.voice_settings.updated(message.voice_settings)
            manner = msgspec.structs.replace(manner, voice_settings=settings)
        if message.locators is not None:
            lexicon = await self.dictionaries.lexicon(message.locators)
            manner = msgspec.structs.replace(manner, lexicon=lexicon)
        return manner
