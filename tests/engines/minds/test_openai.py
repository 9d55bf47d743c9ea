"""Chat servers, well-behaved and not, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
import trustme

from tests.engines.minds.chat_server import DONE, ChatServer, chat_server, delta, event, finish
from vivavoce.engines.guarded_http import is_public
from vivavoce.engines.minds.base import (
    Calls,
    Message,
    Prompt,
    Role,
    Thought,
    ToolCall,
    ToolSpec,
    Usage,
    Words,
)
from vivavoce.engines.minds.openai import OpenAiMind
from vivavoce.errors import CustomMindFailed, MindFailed, MindTimeout

_KEY = "sk-very-secret-0123456789"
_HELLO = Prompt((Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "Hello")))


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as chat:
        yield chat


async def thoughts(url: str, prompt: Prompt = _HELLO, **options: Any) -> list[Thought]:
    mind = OpenAiMind(url, **{"model": "m", "api_key": _KEY} | options)
    async with aclosing(mind), mind.seat() as seat:
        return [thought async for thought in seat.think(prompt)]


def said(answer: list[Thought]) -> str:
    return "".join(thought.text for thought in answer if isinstance(thought, Words))


async def failure(url: str, **options: Any) -> MindFailed:
    with pytest.raises(MindFailed) as failed:
        await thoughts(url, **options)
    assert _KEY not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)
    return failed.value


async def test_words_come_as_they_are_streamed(server: ChatServer) -> None:
    server.says(delta(role="assistant", content=""), delta(content="Hi "), delta(content="there."))
    assert await thoughts(server.url) == [Words("Hi "), Words("there.")]


async def test_the_request_is_a_chat_completion(server: ChatServer) -> None:
    server.says(delta(content="Hi"), DONE)
    call = ToolCall("c1", "look", '{"a": 1}')
    prompt = Prompt(
        (
            *_HELLO.messages,
            Message(Role.ASSISTANT, "", (call,)),
            Message(Role.TOOL, "found", tool_call_id="c1"),
        ),
        tools=(ToolSpec("look", "Looks.", {"type": "object"}),),
        temperature=0.5,
        max_tokens=9,
        extra_body={"seed": 1, "temperature": 0.1},
    )
    await thoughts(server.url, prompt, headers={"X-Team": "a"}, extra_body={"seed": 2, "top_p": 1})
    (asked,) = server.asked
    assert asked.line == "POST /v1/chat/completions HTTP/1.1"
    assert asked.headers["authorization"] == f"Bearer {_KEY}"
    assert asked.headers["x-team"] == "a"
    function = {"name": "look", "arguments": '{"a": 1}'}
    assert asked.body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            },
            {"role": "tool", "content": "found", "tool_call_id": "c1"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.1,
        "max_tokens": 9,
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "look",
                    "description": "Looks.",
                    "parameters": {"type": "object"},
                },
            }
        ],
        "seed": 1,
        "top_p": 1,
    }


async def test_turns_of_one_side_in_a_row_are_one_message(server: ChatServer) -> None:
    server.says(delta(content="Hi"), DONE)
    call = (ToolCall("c1", "look"),)
    prompt = Prompt(
        (
            Message(Role.ASSISTANT, "Hello!"),
            Message(Role.ASSISTANT, "Are you there?"),
            Message(Role.USER, "One."),
            Message(Role.USER, "Two."),
            Message(Role.ASSISTANT, "", call),
            Message(Role.TOOL, "x", tool_call_id="c1"),
            Message(Role.ASSISTANT, "", call),
        )
    )
    await thoughts(server.url, prompt)
    sent = [(one["role"], one["content"]) for one in server.asked[0].body["messages"]]
    assert sent == [
        ("assistant", "Hello!\nAre you there?"),
        ("user", "One.\nTwo."),
        ("assistant", None),
        ("tool", "x"),
        ("assistant", None),
    ]


async def test_a_server_without_keys_is_shown_none(server: ChatServer) -> None:
    server.says(delta(content="Hi"), DONE)
    await thoughts(server.url, api_key="", model="")
    assert "authorization" not in server.asked[0].headers
    assert "model" not in server.asked[0].body


async def test_headers_of_the_connection_are_not_an_agents_to_choose(server: ChatServer) -> None:
    server.says(delta(content="Hi"), DONE)
    headers = {"Host": "elsewhere", "Content-Length": "3", "Authorization": "Basic x"}
    assert said(await thoughts(server.url, headers=headers)) == "Hi"
    assert server.asked[0].headers["host"] == server.url.removeprefix("http://")
    assert server.asked[0].headers["authorization"] == "Basic x"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
async def test_the_stream_may_be_cut_anywhere(server: ChatServer, step: int) -> None:
    stream = (
        b"\xef\xbb\xbf: a comment\r\n\r\n"
        + 'data: {"choices":[{"delta":{"content":"Grüße, "}}]}\r\n\r\n'.encode()
        + 'event: x\rid: 7\rdata:{"choices":\rdata: [{"delta":{"content":"世界 🙂"}}]}\r\r'.encode()
        + b": keep-alive\n\n"
        + b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]'
    )
    server.says(*(stream[at : at + step] for at in range(0, len(stream), step)))
    assert said(await thoughts(server.url)) == "Grüße, 世界 🙂"


async def test_half_a_character_is_no_failure(server: ChatServer) -> None:
    server.says(b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n', DONE)
    prompt = Prompt((Message(Role.USER, "b\ud83d"),))
    assert said(await thoughts(server.url, prompt)) == "a\ufffd"
    assert server.asked[0].body["messages"][0]["content"] == "b?"


async def test_reasoning_is_not_said(server: ChatServer) -> None:
    server.says(
        delta(reasoning_content="hm"),
        delta(reasoning="hm"),
        *(
            delta(content=piece)
            for piece in ("<th", "ink>so</", "thi", "nk>\n", "\nIt is 1 <", " 2.")
        ),
        DONE,
    )
    assert said(await thoughts(server.url)) == "It is 1 < 2."


async def test_content_may_be_a_list_of_parts(server: ChatServer) -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hi"}]
    server.says(delta(content=parts), DONE)
    assert said(await thoughts(server.url)) == "Hi"


async def test_an_answer_that_is_not_streamed_is_read_whole(server: ChatServer) -> None:
    call = {"id": "c1", "function": {"name": "look", "arguments": "{}"}}
    message = {"role": "assistant", "content": "<think>x</think>Hi", "tool_calls": [call]}
    whole = {"choices": [{"message": message, "finish_reason": "stop"}], "model": "/disk/n"}
    body = json.dumps(whole | {"usage": {"total_tokens": 7}}).encode()
    server.says(body[:20], body[20:], kind="application/json")
    assert await thoughts(server.url) == [
        Words("Hi"),
        Usage("m", 7),
        Calls((ToolCall("c1", "look", "{}"),)),
    ]


async def test_the_usage_is_told_after_the_words(server: ChatServer) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    server.says(delta(content="Hi"), finish("stop"), event(choices=[], usage=usage), DONE)
    assert await thoughts(server.url) == [Words("Hi"), Usage("m", 7)]


@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
async def test_tool_calls_are_put_together(server: ChatServer, reason: str) -> None:
    def piece(index: int, **function: str) -> bytes:
        ids = {"id": f"c{index}"} if "name" in function else {}
        return delta(tool_calls=[{"index": index, "function": function, **ids}])

    server.says(
        delta(content="Let me see."),
        piece(0, name="look", arguments=""),
        piece(0, arguments='{"wh'),
        piece(1, name="call", arguments=""),
        piece(0, arguments='ere": 1}'),
        finish(reason),
        DONE,
    )
    assert await thoughts(server.url) == [
        Words("Let me see."),
        Calls((ToolCall("c0", "look", '{"where": 1}'), ToolCall("c1", "call", "{}"))),
    ]


async def test_calls_without_ids_get_ids_that_no_other_call_of_the_seat_has(
    server: ChatServer,
) -> None:
    call = {"id": "", "function": {"name": "look", "arguments": {"a": 1}}}
    server.says(delta(tool_calls=[call, call]), finish("stop"), DONE)
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        answers = [[one async for one in seat.think(_HELLO)] for _ in range(2)]
    calls = [call for (asked,) in answers if isinstance(asked, Calls) for call in asked.calls]
    assert [call.arguments for call in calls] == ['{"a": 1}'] * 4
    assert len({call.call_id for call in calls}) == 4


@pytest.mark.parametrize("key", ["stream_options", "max_tokens", "temperature"])
async def test_a_parameter_that_is_refused_is_left_out_from_then_on(
    server: ChatServer, key: str
) -> None:
    complaint = json.dumps({"error": {"message": f"unknown: {key}", "type": "x"}}).encode()
    server.says(complaint, status="400 Bad Request", kind="application/json")
    server.says(delta(content="Hi"), DONE)
    mind = OpenAiMind(server.url, model="m")
    prompt = Prompt(_HELLO.messages, temperature=1, max_tokens=5)
    async with aclosing(mind), mind.seat() as seat:
        for _ in range(2):
            assert said([one async for one in seat.think(prompt)]) == "Hi"
    assert [key in asked.body for asked in server.asked] == [True, False, False]
    new_name = ["max_completion_tokens" in asked.body for asked in server.asked]
    assert new_name == [False] + [key == "max_tokens"] * 2


async def test_a_request_that_is_bad_anyway_is_not_sent_for_ever(server: ChatServer) -> None:
    server.says(b'{"error":"no such model"}', status="400 Bad Request", kind="application/json")
    assert str(await failure(server.url)).endswith("HTTP 400: no such model")
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error":{"message":"Wrong key: sk-abc***xyz."}}', ": Wrong key: [hidden]"),
        (b'{"error":"see http://10.0.0.1:99/x now"}', ": see [hidden] now"),
        (b'{"detail":[{"msg":"Field required"}]}', ": Field required"),
        (b'{"message":"' + _KEY.encode() + b' and\\n127.0.0.1:80"}', ": [hidden] and [hidden]"),
        (b'{"error":"' + b"x" * 5000 + b'"}', ": " + "x" * 199 + "…"),
        (b"<html><title>Bad Gateway</title></html>", "."),
        (b"", "."),
        (b"\xff\xfe", "."),
        (b"[1]", "."),
    ],
)
async def test_an_error_is_told_without_secrets(server: ChatServer, body: bytes, told: str) -> None:
    server.says(body, status="502 Bad Gateway", kind="text/html")
    failed = await failure(server.url)
    assert str(failed) == "The language model's server answered HTTP 502" + told
    assert type(failed) is MindFailed


async def test_the_mind_of_an_agent_fails_as_such(server: ChatServer) -> None:
    server.says(b"", status="401 Unauthorized")
    assert type(await failure(server.url, custom=True)) is CustomMindFailed


@pytest.mark.parametrize(
    "error", [event(error={"message": "overloaded"}), event(object="error", message="overloaded")]
)
async def test_an_error_in_the_stream_comes_after_the_words_before_it(
    server: ChatServer, error: bytes
) -> None:
    server.says(delta(content="Hi") + error)
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        thinking = seat.think(_HELLO)
        assert await anext(thinking) == Words("Hi")
        with pytest.raises(MindFailed, match="reports an error: overloaded"):
            await anext(thinking)


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((b"<html>hello</html>",), "not JSON"),
        ((b"data: {nonsense\n\n",), "not JSON"),
        ((b"{}",), "empty answer"),
        ((), "empty answer"),
        ((b": hm\n\n",), "empty answer"),
        ((DONE,), "empty answer"),
        ((b"data: " + b"x" * (1 << 20), b"x"), "more than"),
        (tuple([b": " + b"x" * (1 << 19) + b"\n"] * 9), "more than"),
    ],
)
async def test_what_is_no_answer_is_told(
    server: ChatServer, pieces: tuple[bytes, ...], told: str
) -> None:
    server.says(*pieces)
    assert told in str(await failure(server.url))


async def test_an_answer_that_breaks_off_is_a_failure(server: ChatServer) -> None:
    server.says(delta(content="Hi"), cut=True)
    assert "broke off" in str(await failure(server.url))


async def test_a_server_that_keeps_silent_is_given_up(server: ChatServer) -> None:
    server.says(b": keep-alive\n\n", holds=True)
    assert type(await failure(server.url, stall_s=0.05, custom=True)) is MindTimeout
    await server.left.wait()


async def test_a_server_that_never_ends_its_complete_answer_is_left(server: ChatServer) -> None:
    server.says(delta(content="Hi"), finish("stop"), holds=True)
    assert await thoughts(server.url) == [Words("Hi")]
    await server.left.wait()


async def test_nobody_at_the_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    assert "cannot be reached" in str(await failure(f"http://127.0.0.1:{port}/v1"))


async def test_a_certificate_that_nobody_knows_is_told() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with chat_server(tls) as server:
        server.says(delta(content="Hi"), DONE)
        assert "certificate" in str(await failure(server.url))
        assert server.asked == []


async def test_an_agents_url_does_not_lead_into_this_network(server: ChatServer) -> None:
    failed = await failure(server.url, allows=is_public, custom=True)
    assert "address" in str(failed)
    assert server.connections == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"headers": {"X-A": "ä"}}, "header"),
        ({"headers": {"X-A": "a\r\nb: c"}}, "header"),
        ({"headers": {"X A": "a"}}, "header"),
    ],
)
async def test_a_header_that_cannot_be_sent_is_told(
    server: ChatServer, options: dict[str, Any], told: str
) -> None:
    server.says(delta(content="Hi"), DONE)
    assert told in str(await failure(server.url, **options))


@pytest.mark.parametrize("url", ["", "x", "ftp://127.0.0.1", "http://[::1", "http://a b/"])
async def test_what_is_no_url_is_told(url: str) -> None:
    assert await failure(url)


async def test_closing_the_answer_hangs_up_at_once(server: ChatServer) -> None:
    server.says(delta(content="Hi"), holds=True)
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        thinking = seat.think(_HELLO)
        assert await anext(thinking) == Words("Hi")
        await thinking.aclose()
        await server.left.wait()


async def test_cancelling_the_answer_hangs_up_at_once(server: ChatServer) -> None:
    server.says(delta(content="Hi"), holds=True)
    heard = asyncio.Event()

    async def listen() -> None:
        async with mind.seat() as seat:
            async for _ in seat.think(_HELLO):
                heard.set()

    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        await heard.wait()
        listening.cancel()
        await server.left.wait()


async def test_a_conversation_keeps_its_connection(server: ChatServer) -> None:
    server.says(delta(content="Hi"), finish("stop"), DONE)
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        for _ in range(3):
            assert [one async for one in seat.think(_HELLO)] == [Words("Hi")]
    assert server.connections == 1
    await server.left.wait()


async def test_a_connection_that_the_server_has_given_up_is_made_anew_once(
    server: ChatServer,
) -> None:
    server.says(delta(content="Hi"), DONE)
    server.says(hangs_up=True)
    server.says(delta(content="Hi"), DONE)
    server.says(hangs_up=True)
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        for _ in range(2):
            assert [one async for one in seat.think(_HELLO)] == [Words("Hi")]
        with pytest.raises(MindFailed, match="broke off"):
            await anext(seat.think(_HELLO))
    assert len(server.asked) == 5


async def test_preparing_asks_nothing(server: ChatServer) -> None:
    mind = OpenAiMind(server.url, model="m")
    async with aclosing(mind), mind.seat() as seat:
        await seat.prepare(_HELLO)
    assert server.connections == 0
    assert mind.name == "m"
