"""A line with a script in place of a server."""

from __future__ import annotations

import asyncio
import json

from vivavoce.commands.line import LineClosed


class ScriptedLine:
    """A server that says what it was given, each time after it has heard so many messages."""

    def __init__(self, *said: tuple[int, dict[str, object] | LineClosed]) -> None:
        self._said = list(said)
        self._heard_more = asyncio.Event()
        self.heard: list[dict[str, object]] = []

    async def send(self, message: str) -> None:
        """See `Line.send`."""
        self.heard.append(json.loads(message))
        self._heard_more.set()

    async def receive(self) -> str:
        """See `Line.receive`."""
        after, message = self._said.pop(0)
        while len(self.heard) < after:
            self._heard_more.clear()
            await self._heard_more.wait()
        if isinstance(message, LineClosed):
            raise message
        return json.dumps(message)
