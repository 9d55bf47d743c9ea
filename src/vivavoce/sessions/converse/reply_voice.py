"""One reply's text on its way to sound."""

from __future__ import annotations

import asyncio

import structlog

from vivavoce.errors import LanguageMissing, TextNotSpeakable
from vivavoce.runtime.base import SpeechPool
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.converse.reply_sound import ReplySound
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan

_log = structlog.get_logger(__name__)

_MOST_UNSPOKEN = 20_000
"""Characters that a mind may be ahead of its voice: more than it says in any one answer."""


class ReplyVoice:
    """Clauses in, sound out; one task runs `run`."""

    def __init__(
        self,
        manner: Manner,
        plan: SpeechPlan,
        sound: ReplySound,
        *,
        pool: SpeechPool,
        caller: Caller,
    ) -> None:
        self._sound = sound
        self._asked = asyncio.Event()
        self._context = SpeechContext(
            manner,
            plan,
            pool=pool,
            caller=caller,
            frames=sound,
            sink=sound,
            on_asked=self._asked.set,
            on_quiet=_nothing,
        )

    async def say(self, text: str) -> None:
        """The next clause or sentence, which is spoken as it is."""
        await self._context.take(text, most_unspoken=_MOST_UNSPOKEN)

    def end(self) -> None:
        """There is no more to say."""
        self._context.end()

    async def run(self) -> None:
        """Speaks until all is spoken.

        Text that no voice here can speak is left out, and the log told: it has been written, too.
        """
        try:
            while not self._context.finished:
                await self._asked.wait()
                self._asked.clear()
                await self._context.speak()
        except (TextNotSpeakable, LanguageMissing) as error:
            _log.warning("an answer cannot be spoken", error=type(error).__name__)
        self._sound.end()

    def close(self) -> None:
        """Drops all that is under way. Idempotent."""
        self._context.close()


def _nothing() -> None:
    """Nobody waits for a quiet moment."""
