"""The conversation's door, from the handshake to the first frame."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fake_engines import fake_engines
from vivavoce.config import Settings
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.server.app import App
from vivavoce.server.signatures import SECRET_NAME, CallPass, sign

PATH = "/v1/convai/conversation"
INITIATION = {"type": "conversation_initiation_client_data", "conversation_config_override": {}}


class Client:
    """One WebSocket of an app, without a network."""

    def __init__(
        self,
        app: App,
        query: str = "",
        *,
        headers: dict[str, str] | None = None,
        subprotocols: tuple[str, ...] = (),
    ) -> None:
        self.sent: list[dict[str, Any]] = []
        self._app = app
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._events.put_nowait({"type": "websocket.connect"})
        self._scope = {
            "type": "websocket",
            "path": PATH,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
            "subprotocols": list(subprotocols),
            "extensions": {},
        }

    def say(self, **message: object) -> None:
        self._events.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    def leave(self) -> None:
        self._events.put_nowait({"type": "websocket.disconnect", "code": 1000})

    async def run(self) -> None:
        await self._app(self._scope, self._events.get, self._take)  # type: ignore[arg-type]

    async def heard(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                for frame in self.frames:
                    if frame["type"] == kind:
                        return frame
                await asyncio.sleep(0.01)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(one["text"]) for one in self.sent if one.get("text")]

    @property
    def closed(self) -> int | None:
        codes = [one["code"] for one in self.sent if one["type"] == "websocket.close"]
        return codes[0] if codes else None

    async def _take(self, event: dict[str, Any]) -> None:
        self.sent.append(event)


@asynccontextmanager
async def serving(tmp_path: Path, **settings: Any) -> AsyncIterator[App]:
    """An app that is open."""
    options = {"keep_audio": False, "data_dir": tmp_path / "data", **settings}
    app = App(Settings(**options), fake_engines(InProcessPool(FakeVoice())))
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope: Any = {"type": "lifespan"}
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(app(scope, events.get, said.put))  # type: ignore[arg-type]
        events.put_nowait({"type": "lifespan.startup"})
        assert (await said.get())["type"] == "lifespan.startup.complete"
        yield app
        events.put_nowait({"type": "lifespan.shutdown"})


@asynccontextmanager
async def visiting(app: App, *args: Any, **options: Any) -> AsyncIterator[Client]:
    client = Client(app, *args, **options)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(client.run())
        yield client
        client.leave()


async def test_an_agent_is_there_without_anybody_having_made_one(tmp_path: Path) -> None:
    async with serving(tmp_path) as app, visiting(app) as client:
        client.say(**INITIATION)
        metadata = await client.heard("conversation_initiation_metadata")
        client.say(type="user_message", text="Hello.")
        answer = await client.heard("agent_response")
    assert client.frames[0] == metadata
    assert answer["agent_response_event"]["agent_response"]


async def test_the_subprotocol_is_taken_when_it_is_offered(tmp_path: Path) -> None:
    async with serving(tmp_path) as app:
        async with visiting(app, subprotocols=("convai", "bearer.x")) as client:
            client.say(**INITIATION)
            await client.heard("conversation_initiation_metadata")
        assert client.sent[0]["subprotocol"] == "convai"
        async with visiting(app) as client:
            client.say(**INITIATION)
            await client.heard("conversation_initiation_metadata")
        assert client.sent[0]["subprotocol"] is None


async def test_who_shows_no_key_is_refused_where_one_is_asked_for(tmp_path: Path) -> None:
    async with serving(tmp_path, api_keys=("k" * 20,)) as app:
        async with visiting(app) as client:
            client.say(**INITIATION)
            await client.heard("error")
        assert client.closed == 1008
        async with visiting(app, headers={"xi-api-key": "k" * 20}) as client:
            client.say(**INITIATION)
            await client.heard("conversation_initiation_metadata")


async def test_who_brings_an_agent_along_does_not_say_who_may_call_it(tmp_path: Path) -> None:
    async with serving(tmp_path, api_keys=("k" * 20,)) as app, visiting(app) as client:
        client.say(
            type="enclave_setup_config",
            agent_config_dict={
                "conversation_config": {"agent": {"first_message": "Hi."}},
                "platform_settings": {"auth": {"enable_auth": False}},
            },
        )
        client.say(**INITIATION)
        await client.heard("error")
    assert [frame["type"] for frame in client.frames] == ["error"]
    assert client.closed == 1008


async def test_a_signature_is_for_an_agent_of_the_server_and_not_for_one_brought_along(
    tmp_path: Path,
) -> None:
    key = "k" * 20
    async with serving(tmp_path, api_keys=(key,)) as app:
        house = app._open_house()
        owner = await house.gate.admit([key])
        call_pass = CallPass("default", owner.key_id, int(house.store.clock()) + 60)
        signature = sign(call_pass, await house.store.secrets.get(SECRET_NAME))
        query = f"agent_id=default&conversation_signature={signature}"
        async with visiting(app, query) as client:
            client.say(
                type="enclave_setup_config",
                agent_config_dict={"agent": {"first_message": "Hi."}},
            )
            client.say(**INITIATION)
            await client.heard("error")
        assert client.closed == 1008
        async with visiting(app, query) as client:
            client.say(**INITIATION)
            await client.heard("conversation_initiation_metadata")


async def test_an_unknown_agent_is_refused_where_the_settings_say_so(tmp_path: Path) -> None:
    async with serving(tmp_path, unknown_agents="refuse") as app:
        async with visiting(app, "agent_id=nobody") as client:
            client.say(**INITIATION)
            error = await client.heard("error")
        assert error["error_event"]["error_type"] == "agent_not_found"
        assert client.closed == 1008


async def test_calls_are_written_down_and_answers_counted(tmp_path: Path) -> None:
    async with serving(tmp_path) as app:
        async with visiting(app) as client:
            client.say(**INITIATION, user_id="u1")
            metadata = await client.heard("conversation_initiation_metadata")
            client.say(type="user_message", text="Hello.")
            await client.heard("agent_response")
        house = app._open_house()
        called = metadata["conversation_initiation_metadata_event"]["conversation_id"]
        record = await house.store.conversations.get(called)
        assert record.status == "done"
        assert record.user_id == "u1"
        assert ("user", "Hello.") in [(turn.role, turn.message) for turn in record.transcript]


async def test_callers_who_leave_while_their_call_is_written_down_break_nothing(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as app:
        for _ in range(10):
            async with visiting(app) as client:
                client.say(
                    type="conversation_initiation_client_data",
                    conversation_config_override={"conversation": {"text_only": True}},
                )
                client.say(type="user_message", text="Hello.")
                await client.heard("agent_response")
        house = app._open_house()
        shown, _ = await house.store.conversations.list()
    assert [one.status for one in shown] == ["done"] * 10
