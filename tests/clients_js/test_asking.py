"""What a server is asked for by either client where its owner says little or nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import ServerConnection, serve

from tests.clients_js.package import Installed
from vivavoce import AsyncRealtimeTTS, AsyncTranscriber, AsyncVoiceConversation, VivavoceError

_POLICY_VIOLATION = 1008
_SAYS_MORE_WITHIN_S = 0.3


class Asked(NamedTuple):
    path: str
    query: list[tuple[str, str]]
    key: str | None
    said: list[object]


@asynccontextmanager
async def listener(asked: list[Asked]) -> AsyncIterator[str]:
    """A server that notes what clients begin with, and sends them away."""

    async def note(socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None
        said: list[object] = []
        with contextlib.suppress(TimeoutError):
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), _SAYS_MORE_WITHIN_S))
                # Who speaks is the one thing in which they are to differ.
                message.pop("source_info", None)
                said.append(message)
        place = urlsplit(request.path)
        key = request.headers.get("xi-api-key")
        asked.append(Asked(place.path, sorted(parse_qsl(place.query)), key, said))
        await socket.close(_POLICY_VIOLATION, "that is all")

    async with serve(note, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def in_python(url: str) -> None:
    speech = AsyncRealtimeTTS("secret", url=url)
    await speech.connect()
    await speech.send_text("Hello.")
    with contextlib.suppress(VivavoceError):
        await speech.get_audio()
    await speech.close()
    agent = {"agent": {"prompt": {"text": "Be kind."}, "voice": {"voice_id": "Viola"}}}
    for one in (
        AsyncVoiceConversation("secret", url=url, source=None, sink=None),
        AsyncVoiceConversation(
            "secret",
            agent,
            url=url,
            agent_id="a",
            text_only=True,
            user_id="u",
            dynamic_variables={"n": 1},
        ),
        AsyncTranscriber("secret", url=url),
        AsyncTranscriber("secret", url=url, commit_strategy="vad", language_code="en"),
    ):
        with contextlib.suppress(VivavoceError):
            await one.open()
        await one.close()


async def test_a_server_is_asked_for_the_same_by_both(installed: Installed) -> None:
    by_python: list[Asked] = []
    async with listener(by_python) as url:
        await in_python(url)
    by_typescript: list[Asked] = []
    async with listener(by_typescript) as url:
        await asyncio.to_thread(installed.run, "asking.mjs", url)
    assert len(by_python) == 5
    assert by_typescript == by_python
