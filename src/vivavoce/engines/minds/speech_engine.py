"""A mind of the caller's own behind a WebSocket that this server dials: the Speech Engine's wire.

The other side runs `SpeechEngineServer` of the official Python or Node package, or its like.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from vivavoce.engines.guarded_http import Allows, is_any
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, Thought, Words
from vivavoce.engines.minds.speech_engine_line import dial
from vivavoce.engines.minds.speech_engine_token import speech_engine_token
from vivavoce.errors import CustomMindFailed, InvalidMessage, MindTimeout
from vivavoce.wire.client_json import read_json

_STALL_S = 20.0
_TIMES_SENT = 2
"""A transcript: on the line there is, and once more on a new one if that broke."""
_ROLES: Final = {Role.USER: "user", Role.ASSISTANT: "agent"}


class _Said(msgspec.Struct):
    type: str = ""
    content: str = ""
    event_id: int | None = None
    is_final: bool = False
    message: str = ""


_SAID: Final = msgspec.json.Decoder(_Said)


class SpeechEngineMind:
    """The caller's own server at `url`, for the conversation of that id.

    `api_key` is what that server checks our token with; `clock` gives seconds since 1970. Failures
    are CustomMindFailed, or MindTimeout after `stall_s` without a word.
    """

    name = "speech-engine"

    def __init__(
        self,
        url: str,
        *,
        conversation_id: str,
        api_key: str = "",
        allows: Allows = is_any,
        clock: Callable[[], float] = time.time,
        stall_s: float = _STALL_S,
    ) -> None:
        self._url = url
        self._conversation_id = conversation_id
        self._api_key = api_key
        self._allows = allows
        self._clock = clock
        self.stall_s = stall_s

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """A line of its own, open from now on. Raises CustomMindFailed."""
        seat = _SpeechEngineSeat(self)
        await seat.line()
        try:
            yield seat
        finally:
            await seat.hang_up()

    async def call(self) -> ClientConnection:
        """A new line, on which the other side knows which conversation this is."""
        token = speech_engine_token(self._api_key, self._clock()) if self._api_key else ""
        line = await dial(self._url, token=token, allows=self._allows)
        try:
            await line.send(_json(type="init", conversation_id=self._conversation_id))
        except ConnectionClosed:
            raise CustomMindFailed("The speech engine hangs up at once.") from None
        return line


class _SpeechEngineSeat:
    def __init__(self, mind: SpeechEngineMind) -> None:
        self._mind = mind
        self._line: ClientConnection | None = None
        self._dialling = asyncio.Lock()
        self._event_id = 0

    async def line(self) -> ClientConnection:
        """The line there is, or a new one if that broke."""
        async with self._dialling:
            if self._line is None or self._line.state is not State.OPEN:
                self._line = None
                self._line = await self._mind.call()
            return self._line

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        self._event_id += 1
        transcript = [said for message in prompt.messages if (said := _said(message))]
        frame = _json(type="user_transcript", event_id=self._event_id, user_transcript=transcript)
        for time_sent in range(1, _TIMES_SENT + 1):
            has_spoken = False
            try:
                line = await self.line()
                async with asyncio.timeout(self._mind.stall_s):
                    await line.send(frame)
                async with aclosing(self._reply(line, self._event_id)) as reply:
                    async for words in reply:
                        has_spoken = True
                        yield words
                return
            except ConnectionClosed:
                # What was said already would be said again.
                if has_spoken or time_sent == _TIMES_SENT:
                    raise CustomMindFailed("The speech engine broke off.") from None
            except TimeoutError:
                raise MindTimeout(
                    f"The speech engine said nothing for {self._mind.stall_s:g} seconds."
                ) from None

    async def prepare(self, prompt: Prompt) -> None:
        """Finds out whether the line still holds, while nobody waits for it."""
        with suppress(CustomMindFailed, ConnectionClosed, TimeoutError):
            async with asyncio.timeout(self._mind.stall_s):
                await (await self.line()).send(_json(type="ping"))

    async def hang_up(self) -> None:
        """Says so first."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(1.0):
                    await line.send(_json(type="close"))
            await line.close()

    async def _reply(self, line: ClientConnection, event_id: int) -> AsyncGenerator[Words, None]:
        """What is said to this transcript; the rest of an earlier reply is passed over."""
        while True:
            async with asyncio.timeout(self._mind.stall_s):
                said = await self._next(line)
            if said.type != "agent_response" or said.event_id not in (event_id, None):
                continue
            if said.content:
                yield Words(said.content)
            if said.is_final:
                return

    async def _next(self, line: ClientConnection) -> _Said:
        frame = await line.recv()
        try:
            said = read_json(frame, _SAID)
        except InvalidMessage as error:
            await line.send(_json(type="error", message=str(error)))
            raise CustomMindFailed("The speech engine sent what is not its protocol.") from None
        if said.type == "ping":
            await line.send(_json(type="pong"))
        elif said.type == "error":
            raise CustomMindFailed("The speech engine reports an error.")
        elif said.type == "close":
            await line.close()
            raise CustomMindFailed("The speech engine hung up.")
        return said


def _said(message: Message) -> dict[str, str] | None:
    """As the wire has it; what the system and tools say is not part of it."""
    role = _ROLES.get(message.role)
    return {"role": role, "content": message.text} if role and message.text else None


def _json(**fields: object) -> str:
    return json.dumps(fields)
