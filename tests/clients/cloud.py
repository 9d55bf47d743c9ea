"""A server that is as the cloud is: no sessions, limits, and sockets that it closes by itself."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Message = dict[str, object]

_IDLE = "Have not received a new text input within the timeout of 20.0 seconds."
_MOST_CONTEXTS = 5
_CLAUSE = re.compile(r"\S+\s*(?:\S+\s*)?")


class Cloud:
    """Speaks two words a frame, whose audio is the words; `key` is the one that it takes.

    It says nothing of a flush that is spoken, knows no `cseq`, and counts the contexts that have
    text.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.quota = 10_000
        self.inactivity_s = 20.0
        self.breaks_off = 0.0
        """How probable it is that the socket breaks instead of carrying a frame."""
        self.heard: list[str] = []
        """The text of each frame of audio that was sent whole."""
        self.handshakes = 0
        self._dice = random.Random(7)
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def authenticate(self, socket: ServerConnection, request: Request) -> Response | None:
        self.handshakes += 1
        if request.headers.get("xi-api-key") == self.key:
            return None
        return socket.respond(HTTPStatus.UNAUTHORIZED, '{"detail":{"status":"invalid_api_key"}}')

    async def serve(self, socket: ServerConnection) -> None:
        texts: dict[str, str] = {}
        try:
            while True:
                async with asyncio.timeout(self.inactivity_s):
                    message = json.loads(await socket.recv())
                await self._obey(socket, message, texts)
        except TimeoutError:
            await self._refuse(socket, "input_timeout_exceeded", _IDLE)
        except ConnectionClosed:
            return

    async def _obey(
        self, socket: ServerConnection, message: Message, texts: dict[str, str]
    ) -> None:
        name, text = str(message.get("context_id", "")), str(message.get("text", ""))
        if name in texts or text.strip():
            texts[name] = texts.get(name, "") + text.lstrip(" " if text == " " else "")
        if len(texts) > _MOST_CONTEXTS:
            await self._refuse(socket, "max_active_conversations", "Too many.", name)
        if message.get("flush"):
            await self._speak(socket, name, texts.get(name, ""))
            texts[name] = ""
        if message.get("close_context") and texts.pop(name, None) is not None:
            await socket.send(json.dumps({"audio": None, "isFinal": True, "contextId": name}))

    async def _speak(self, socket: ServerConnection, name: str, text: str) -> None:
        self.quota -= len(text)
        if self.quota < 0:
            await self._refuse(socket, "quota_exceeded", "This request exceeds your quota.")
        for words in _CLAUSE.findall(text):
            if self._dice.random() < self.breaks_off:
                socket.transport.abort()
            ones = [1] * len(words)
            timed = {"chars": [*words], "charStartTimesMs": ones, "charDurationsMs": ones}
            audio = base64.b64encode(words.encode()).decode()
            frame = {"audio": audio, "isFinal": None, "alignment": timed, "contextId": name}
            await socket.send(json.dumps(frame))
            self.heard.append(words)

    async def _refuse(
        self, socket: ServerConnection, error: str, message: str, name: str | None = None
    ) -> None:
        about = {} if name is None else {"contextId": name}
        await socket.send(json.dumps({"message": message, "error": error, "code": 1008, **about}))
        await socket.close(1008, message)


@asynccontextmanager
async def cloud(key: str = "a key") -> AsyncIterator[Cloud]:
    """One on a free port of this machine."""
    one = Cloud(key)
    async with serve(one.serve, "127.0.0.1", 0, process_request=one.authenticate) as listening:
        one._server = listening
        yield one
