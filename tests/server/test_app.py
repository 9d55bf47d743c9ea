"""The ASGI application without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from structlog.testing import capture_logs

from tests.fake_engines import fake_engines
from vivavoce.config import Settings
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.server.app import App


class Life:
    """Runs an app's lifespan."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def run(self) -> None:
        scope: Any = {"type": "lifespan"}
        await self.app(scope, self._events.get, self.said.put)  # type: ignore[arg-type]

    async def tell(self, event: str) -> dict[str, Any]:
        self._events.put_nowait({"type": f"lifespan.{event}"})
        return await self.said.get()


async def health(app: App) -> tuple[int, dict[str, Any]]:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/healthz")
        return answer.status_code, answer.json()


async def test_a_server_is_healthy_from_its_first_sentence_until_it_drains() -> None:
    engine = FakeVoice()
    app = App(Settings(default_voice="Viola"), fake_engines(InProcessPool(engine)))
    life = Life(app)
    assert await health(app) == (503, {"status": "starting", "connections": 0})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(life.run())
        assert await life.tell("startup") == {"type": "lifespan.startup.complete"}
        assert [request.voice.name for request in engine.spoken] == ["Viola"]
        assert await health(app) == (200, {"status": "ok", "connections": 0})
        await app.doors.drain(0)
        assert await health(app) == (503, {"status": "draining", "connections": 0})
        assert await life.tell("shutdown") == {"type": "lifespan.shutdown.complete"}


async def test_a_server_whose_voice_cannot_speak_does_not_start() -> None:
    life = Life(App(Settings(), fake_engines(InProcessPool(FakeVoice(fail_on="Ready")))))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(life.run())
        with capture_logs() as logs:
            answer = await life.tell("startup")
    assert answer == {"type": "lifespan.startup.failed", "message": "The voice failed."}
    assert [log["event"] for log in logs] == ["server cannot start"]


async def test_an_unknown_address_is_not_found() -> None:
    transport = httpx.ASGITransport(App(Settings(), fake_engines()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/nothing")).status_code == 404


async def test_a_websocket_is_refused_with_503_while_there_is_no_voice() -> None:
    app = App(Settings(), fake_engines())
    sent: list[dict[str, Any]] = []
    scope: Any = {
        "type": "websocket",
        "path": "/v1/text-to-speech/Rachel/stream-input",
        "extensions": {"websocket.http.response": {}},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 503
