"""The Speech Engine's wire, against the official server of it and against worse ones."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import trustme
from elevenlabs.speech_engine.resource import verify_speech_engine_jwt
from elevenlabs.speech_engine.server import SpeechEngineServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from vivavoce.engines.guarded_http import is_public
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, ToolCall, Words
from vivavoce.engines.minds.speech_engine import SpeechEngineMind
from vivavoce.engines.minds.speech_engine_token import speech_engine_token
from vivavoce.errors import CustomMindFailed, MindTimeout

_KEY = "sk_secret_residency_eu"
_PROMPT = Prompt(
    (
        Message(Role.SYSTEM, "Be kind."),
        Message(Role.ASSISTANT, "Hello!"),
        Message(Role.USER, "The time?"),
        Message(Role.ASSISTANT, "", (ToolCall("c1", "clock"),)),
        Message(Role.TOOL, "noon", tool_call_id="c1"),
        Message(Role.USER, "Well?"),
    )
)
_TOLD = [
    {"role": "agent", "content": "Hello!"},
    {"role": "user", "content": "The time?"},
    {"role": "user", "content": "Well?"},
]
Handle = Callable[[ServerConnection], Awaitable[None]]


def mind(url: str, **options: Any) -> SpeechEngineMind:
    return SpeechEngineMind(url, **{"conversation_id": "conv_1", "api_key": _KEY} | options)


async def said(seat: Seat) -> str:
    return "".join([one.text async for one in seat.think(_PROMPT) if isinstance(one, Words)])


@asynccontextmanager
async def served(handle: Handle, **options: Any) -> AsyncIterator[str]:
    """A server of the caller's; its address."""

    async def meet(line: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await handle(line)

    async with serve(meet, "127.0.0.1", 0, **options) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def frame(line: ServerConnection, kind: str) -> Any:
    """The next frame of that type."""
    while (message := json.loads(await line.recv()))["type"] != kind:
        pass
    return message


def response(content: str, event_id: int | None, *, is_final: bool = False) -> str:
    return json.dumps(
        {
            "type": "agent_response",
            "content": content,
            "event_id": event_id,
            "is_final": is_final,
        }
    )


@pytest.fixture
async def official() -> AsyncIterator[tuple[str, list[Any], asyncio.Event]]:
    """The server of the Python package, which repeats what it hears, and what happened there."""
    happened: list[Any] = []
    closed = asyncio.Event()

    async def on_transcript(transcript: list[Any], session: Any) -> None:
        happened.append([message.model_dump() for message in transcript])

        async def words() -> AsyncIterator[str]:
            for word in transcript[-1].content.split():
                yield f"{word} "
            yield "!"

        await session.send_response(words())

    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    server = SpeechEngineServer(
        port=port,
        path="/mind",
        api_key=_KEY,
        on_transcript=on_transcript,
        on_init=lambda conversation_id, _: happened.append(conversation_id),
        on_close=lambda _: closed.set(),
    )
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve())
        while server._server is None:  # noqa: ASYNC110 (it has no other sign of being ready)
            await asyncio.sleep(0)
        yield f"ws://127.0.0.1:{port}/mind", happened, closed
        await server.stop()
        await serving


async def test_the_official_server_is_talked_with(
    official: tuple[str, list[Any], asyncio.Event],
) -> None:
    url, happened, closed = official
    async with mind(url).seat() as seat:
        assert await said(seat) == "Well? !"
        await seat.prepare(_PROMPT)
        assert await said(seat) == "Well? !"
    await closed.wait()
    assert happened == ["conv_1", _TOLD, _TOLD]


@pytest.mark.parametrize(("key", "path"), [("wrong", ""), ("", ""), (_KEY, "/elsewhere")])
async def test_a_line_that_is_refused_is_told_by_its_status(
    official: tuple[str, list[Any], asyncio.Event], key: str, path: str
) -> None:
    with pytest.raises(CustomMindFailed, match="HTTP 40") as refused:
        async with mind(official[0] + path, api_key=key).seat():
            pass
    assert "127.0.0.1" not in str(refused.value)


def test_the_token_is_what_the_official_package_checks() -> None:
    now = time.time()
    claims = verify_speech_engine_jwt(speech_engine_token(f" {_KEY} ", now), _KEY)
    assert (claims["iat"], claims["exp"]) == (int(now), int(now) + 300)
    with pytest.raises(ValueError, match="expired"):
        verify_speech_engine_jwt(speech_engine_token(_KEY, now - 400), _KEY)


async def test_the_rest_of_an_earlier_reply_is_not_said() -> None:
    async def handle(line: ServerConnection) -> None:
        await frame(line, "init")
        first = await frame(line, "user_transcript")
        await line.send(response("One", first["event_id"]))
        second = await frame(line, "user_transcript")
        assert second["event_id"] > first["event_id"]
        await line.send(response(" and more", first["event_id"]))
        await line.send(response("", first["event_id"], is_final=True))
        await line.send('{"type":"something_new"}')
        await line.send('{"type":"ping"}')
        await frame(line, "pong")
        await line.send(response("Two", second["event_id"]))
        await line.send(response(".", None, is_final=True))

    async with served(handle) as url, mind(url).seat() as seat:
        thinking = seat.think(_PROMPT)
        assert await anext(thinking) == Words("One")
        await thinking.aclose()
        assert await said(seat) == "Two."


async def test_a_line_that_broke_is_dialled_anew_once() -> None:
    lines: list[Any] = []

    async def handle(line: ServerConnection) -> None:
        lines.append(await frame(line, "init"))
        transcript = await frame(line, "user_transcript")
        if len(lines) > 1:
            await line.send(response("Hi", transcript["event_id"], is_final=True))

    async with served(handle) as url, mind(url).seat() as seat:
        assert await said(seat) == "Hi"
    assert [one["conversation_id"] for one in lines] == ["conv_1", "conv_1"]


async def test_a_server_that_keeps_breaking_off_is_given_up() -> None:
    lines: list[Any] = []

    async def handle(line: ServerConnection) -> None:
        lines.append(await frame(line, "user_transcript"))

    async with served(handle) as url, mind(url).seat() as seat:
        with pytest.raises(CustomMindFailed, match="broke off"):
            await said(seat)
    assert len(lines) == 2


async def test_nothing_is_said_twice() -> None:
    async def handle(line: ServerConnection) -> None:
        transcript = await frame(line, "user_transcript")
        await line.send(response("Hi", transcript["event_id"]))

    async with served(handle) as url, mind(url).seat() as seat:
        thinking = seat.think(_PROMPT)
        assert await anext(thinking) == Words("Hi")
        with pytest.raises(CustomMindFailed, match="broke off"):
            await anext(thinking)


async def test_a_line_that_broke_between_turns_is_mended_before_the_next() -> None:
    is_closed, is_new = asyncio.Event(), asyncio.Event()

    async def handle(line: ServerConnection) -> None:
        await frame(line, "init")
        if is_closed.is_set():
            is_new.set()
            await line.wait_closed()
        await line.close()
        is_closed.set()

    async with served(handle) as url, mind(url).seat() as seat:
        await is_closed.wait()
        await seat.prepare(_PROMPT)
        await is_new.wait()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("nonsense", "not its protocol"),
        ('{"type":5}', "not its protocol"),
        ('{"type":"error","message":"sk-123"}', "reports an error"),
        ('{"type":"close"}', "hung up"),
    ],
)
async def test_what_is_no_reply_is_told(sent: str, told: str) -> None:
    complaints: list[str] = []

    async def handle(line: ServerConnection) -> None:
        await line.send(sent)
        async for message in line:
            complaints.append(json.loads(message)["type"])

    async with served(handle) as url, mind(url).seat() as seat:
        with pytest.raises(CustomMindFailed, match=told):
            await said(seat)
    assert ("error" in complaints) is ("protocol" in told)


async def test_a_server_that_keeps_silent_is_given_up() -> None:
    async with (
        served(ServerConnection.wait_closed) as url,
        mind(url, stall_s=0.05).seat() as seat,
    ):
        with pytest.raises(MindTimeout):
            await said(seat)


@pytest.mark.parametrize(
    ("url", "options", "told"),
    [
        ("ws://127.0.0.1:{port}", {}, "cannot be reached"),
        ("ws://127.0.0.1:{port}", {"allows": is_public}, "address"),
        ("http://nobody.invalid", {}, "cannot be reached"),
        ("", {}, "wss://"),
        ("ftp://127.0.0.1", {}, "wss://"),
        ("ws://", {}, "name a host"),
        ("ws://127.0.0.1:99999", {}, "cannot be reached"),
        ("ws://[::1", {}, "not one"),
    ],
)
async def test_nobody_to_talk_with_is_told(url: str, options: dict[str, Any], told: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(CustomMindFailed, match=told):
        async with mind(url.format(port=port), **options).seat():
            pass


async def test_a_redirect_leads_nowhere_else() -> None:
    seen: list[str] = []

    async def handle(line: ServerConnection) -> None:
        seen.append("line")

    async with served(handle) as inside:

        def redirect(line: ServerConnection, _: Any) -> Any:
            answer = line.respond(302, "")
            answer.headers["Location"] = inside
            return answer

        async with served(handle, process_request=redirect) as url:
            with pytest.raises(CustomMindFailed, match="cannot be reached"):
                async with mind(url).seat():
                    pass
    assert seen == []


async def test_a_certificate_that_nobody_knows_is_told() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with served(ServerConnection.wait_closed, ssl=tls) as url:
        with pytest.raises(CustomMindFailed, match="certificate"):
            async with mind(url.replace("ws:", "wss:")).seat():
                pass


async def test_failures_of_the_call_pass_through_the_seat_as_they_are() -> None:
    async with served(ServerConnection.wait_closed) as url:
        with pytest.raises(KeyError):
            async with mind(url).seat():
                raise KeyError
