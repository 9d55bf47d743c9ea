"""A server that speaks in many contexts, one frame a word, whose audio is the word itself."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Message = dict[str, object]

_WORD = re.compile(r"\S+\s*")


class SpeakingServer:
    """Speaks every word as soon as a space or a flush ends it; grants no session, like the cloud.

    A context whose text has "unspeakable" in it fails. `pad` bytes more are in every frame. While
    `allowed` is a number, only so many words more are spoken.
    """

    def __init__(self) -> None:
        self.pad = 0
        self.messages: list[Message] = []
        self.handshakes: list[ServerConnection] = []
        self._allowed: int | None = None
        self._moved = asyncio.Event()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def query(self) -> dict[str, str]:
        """What the last handshake asked for."""
        request = self.handshakes[-1].request
        assert request is not None
        return dict(parse_qsl(urlsplit(request.path).query))

    def allow(self, words: int | None) -> None:
        """Speaks so many words more; None is as many as there are."""
        self._allowed = words
        self._moved.set()

    def texts(self, context_id: str | None = None) -> str:
        """All text that has arrived, of one context or of all."""
        return "".join(
            str(message.get("text", ""))
            for message in self.messages
            if context_id in (None, message.get("context_id")) and message.get("text") != " "
        )

    async def spend(self) -> None:
        """Waits until one more word may be spoken."""
        while self._allowed == 0:
            self._moved.clear()
            await self._moved.wait()
        if self._allowed is not None:
            self._allowed -= 1

    async def serve(self, socket: ServerConnection) -> None:
        self.handshakes.append(socket)
        speech = _Speech(self, socket)
        speaker = asyncio.create_task(speech.speak())
        try:
            async for frame in socket:
                message = json.loads(frame)
                del message["cseq"]
                self.messages.append(message)
                speech.hear(message)
        except ConnectionClosed:
            return
        finally:
            speaker.cancel()
            await asyncio.gather(speaker, return_exceptions=True)


class _Speech:
    def __init__(self, server: SpeakingServer, socket: ServerConnection) -> None:
        self._server = server
        self._socket = socket
        self._texts: dict[str, str] = {}
        self._closed: set[str] = set()
        self._frames: deque[tuple[str, Message]] = deque()
        self._ready = asyncio.Event()

    def hear(self, message: Message) -> None:
        name = str(message.get("context_id", ""))
        text = str(message.get("text", ""))
        if text != " ":
            self._texts[name] = self._texts.get(name, "") + text
        if "unspeakable" in text:
            self._put(name, {"message": "It cannot be spoken.", "error": "bad", "code": 1008})
            self._put(name, {"audio": None, "isFinal": True})
            return
        self._say(name, whole=bool(message.get("flush")))
        if message.get("close_context"):
            self._close(name)

    def _say(self, name: str, *, whole: bool) -> None:
        words = _WORD.findall(self._texts.get(name, ""))
        rest = [] if whole or not words or words[-1][-1].isspace() else [words.pop()]
        self._texts[name] = "".join(rest)
        for word in words:
            self._put(name, self._frame(word))

    def _frame(self, word: str) -> Message:
        audio = base64.b64encode(word.strip().encode() + bytes(self._server.pad)).decode()
        ones = [1] * len(word)
        timed = {"chars": [*word], "charStartTimesMs": ones, "charDurationsMs": ones}
        return {"audio": audio, "isFinal": None, "alignment": timed, "normalizedAlignment": timed}

    def _close(self, name: str) -> None:
        if name in self._closed:
            self._frames = deque(one for one in self._frames if one[0] != name)
        else:
            self._closed.add(name)
            self._put(name, {"audio": None, "isFinal": True})

    def _put(self, name: str, frame: Message) -> None:
        self._frames.append((name, frame))
        self._ready.set()

    async def speak(self) -> None:
        while True:
            while self._frames:
                if self._frames[0][1].get("audio"):
                    await self._server.spend()
                if self._frames:
                    name, frame = self._frames.popleft()
                    await self._socket.send(json.dumps({**frame, "contextId": name}))
            self._ready.clear()
            await self._ready.wait()


@asynccontextmanager
async def speaking() -> AsyncIterator[SpeakingServer]:
    """A server on a free port of this machine."""
    peer = SpeakingServer()
    async with serve(peer.serve, "127.0.0.1", 0, max_size=None) as listening:
        peer._server = listening
        yield peer
