"""One utterance, or one voice of several, among those that share a connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

from vivavoce.clients.chunk_box import BoxRoom, ChunkBox
from vivavoce.clients.context_script import ContextScript
from vivavoce.clients.speech_chunk import SpeechChunk
from vivavoce.errors import VivavoceError


class Carrier(Protocol):
    """What a context needs of the connection that carries it."""

    async def say(
        self, context: AsyncSpeechContext, act: Callable[[], Sequence[Mapping[str, object]]]
    ) -> None:
        """Sends the messages that `act` has. Raises ConnectionOver."""

    def leave(self, context: AsyncSpeechContext) -> None:
        """Takes nothing more for `context`."""


class AsyncSpeechContext:
    """Text goes in, `async for` gives the chunks of its speech; others speak at the same time.

    Made by `AsyncRealtimeTTS.context`. What went wrong with its text is raised to its listener
    alone (SpeechFailed), the end of the connection to all (ConnectionOver, CannotConnect).
    """

    def __init__(
        self, context_id: str, settings: Mapping[str, object], carrier: Carrier, room: BoxRoom
    ) -> None:
        self.context_id = context_id
        self.script = ContextScript(context_id, settings)
        self.box = ChunkBox(room)
        self._carrier = carrier

    @property
    def has_ended(self) -> bool:
        """Whether all it will ever say has arrived."""
        return self.box.has_ended

    @property
    def unspoken(self) -> str:
        """What was sent of which no audio has arrived, to the word, by the alignment."""
        return self.script.unspoken

    async def send_text(self, text: str, *, flush: bool = False) -> None:
        """More text, with the spaces between its words; `flush` has all so far spoken at once.

        Raises VivavoceError after its end, and ConnectionOver.
        """
        self._require_open()
        await self._carrier.say(self, lambda: self.script.text(text, flush=flush))

    async def flush(self) -> None:
        """Has all text so far spoken at once."""
        self._require_open()
        await self._carrier.say(self, self.script.flush)

    async def finish(self) -> None:
        """No more text: the rest is spoken, then the iteration ends. Idempotent."""
        if not self.box.has_ended:
            await self._carrier.say(self, self.script.finish)

    async def cancel(self) -> None:
        """Nothing more of it is spoken or heard; its iteration ends. Idempotent."""
        is_speaking = not self.box.has_ended
        self.box.end(drop=True)
        self._carrier.leave(self)
        if is_speaking:
            await self._carrier.say(self, self.script.cancel)

    async def next_chunk(self) -> SpeechChunk | None:
        """The next chunk, None after the last."""
        return await self.box.take()

    async def __aiter__(self) -> AsyncIterator[SpeechChunk]:
        while (chunk := await self.next_chunk()) is not None:
            yield chunk

    def _require_open(self) -> None:
        if self.box.has_ended:
            raise self.box.failure or VivavoceError("This context has ended; it takes no text.")
