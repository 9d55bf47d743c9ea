"""Chat servers that misbehave, and what a mind that asks them may cost."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from vivavoce.engines.minds.base import Message, Prompt, Role
from vivavoce.engines.minds.openai import OpenAiMind
from vivavoce.errors import CustomMindFailed, MindFailed, MindTimeout

_STALL_S = 0.4
# Of a mind for one answer, however long: four times what it reads at most.
_MOST_BYTES = 16 << 20
_GIVES_UP_WITHIN_S = 30.0

_OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
_OPEN = _OK + b"connection: close\r\n\r\n"
_WORD = b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % (b"word " * 50)
_BLOCK = 1 << 16

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def _blocks(head: bytes, block: bytes, most: int = 1 << 30) -> Answer:
    """`head`, then the block again and again, a GB of it."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(most // len(block)):
            writer.write(block)
            await writer.drain()

    return answer


def _slow(head: bytes, drop: bytes) -> Answer:
    """One drop at a time, so that no read ever waits for long."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(_STALL_S / 4)

    return answer


def _once(data: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return answer


def _bomb() -> bytes:
    """A GB of words in a MB, as servers compress."""
    packer = zlib.compressobj(9, wbits=31)
    words = _WORD * (_BLOCK // len(_WORD))
    return b"".join(packer.compress(words) for _ in range(1 << 14)) + packer.flush()


def _said(content: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": content}}]}).encode() + b"\n\n"


def misbehaviours() -> Iterator[tuple[str, Answer, type[MindFailed] | None]]:
    """Each with a name, and what a mind makes of it; None for an answer like any other."""
    failed = CustomMindFailed
    yield "endless words", _blocks(_OPEN, _WORD * 200), failed
    yield "no line end", _blocks(_OPEN + b"data: ", b"x" * _BLOCK), failed
    yield "a line of a GB", _blocks(_OPEN + b'data: {"choices":"', b"y" * _BLOCK), failed
    yield "an object of a GB", _blocks(_OPEN + b'{"choices":"', b"z" * _BLOCK), failed
    yield "white space", _blocks(_OPEN, b" " * _BLOCK), failed
    yield "empty lines", _blocks(_OPEN, b"\n" * _BLOCK), failed
    yield "comments", _blocks(_OPEN, b": " + b"ping " * 50 + b"\n\n"), failed
    yield "data without an end", _blocks(_OPEN, b"data: " + b"x" * 200 + b"\n"), failed
    yield "headers without an end", _blocks(_OK, b"x-a: b\r\n" * 8_000), failed
    yield "an error of a GB", _blocks(b"HTTP/1.1 500 No\r\n\r\n", b"e" * _BLOCK), failed
    packed = _bomb()
    yield "a bomb", _blocks(_OK + b"content-encoding: gzip\r\n\r\n", packed, len(packed)), failed
    yield "silence", _slow(b"", b""), MindTimeout
    yield "slow headers", _slow(_OK, b"x"), MindTimeout
    yield "slow silence", _slow(_OPEN, b""), MindTimeout
    yield "not HTTP", _once(b"\xff\xfe\x00\x01hello\r\n\r\n"), failed
    yield "nothing", _once(b""), failed
    yield "half an answer", _once(_OK + b"content-length: 99999\r\n\r\n" + _WORD), failed
    yield "wrong chunks", _once(_OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n"), failed
    yield "no JSON", _once(_OPEN + b"data: {\n\n"), failed
    yield "depth", _once(_OPEN + b"data: " + b"[" * 100_000 + b"\n\n"), failed
    yield "no choice", _once(_OPEN + b'data: {"choices":[]}\n\ndata: [DONE]\n\n'), failed
    yield "a redirect", _once(b"HTTP/1.1 302 Go\r\nlocation: http://10.0.0.1/\r\n\r\n"), failed
    yield (
        "bad UTF-8",
        _once(_OPEN + _WORD.replace(b"word", b"\xff\xc3(") + b"data: [DONE]\n\n"),
        None,
    )
    yield "odd contents", _once(_OPEN + b"".join(map(_said, (1, None, {}, [[]], [{}])))), None


@asynccontextmanager
async def chat_server(answer: Answer) -> AsyncIterator[str]:
    """A server with these manners; its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the mind has had enough, and the loop ends
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def ask(answer: Answer) -> tuple[type[BaseException] | None, int]:
    """What thinking raised, and how many bytes it took at the most."""
    prompt = Prompt((Message(Role.USER, "Hello."),))
    async with chat_server(answer) as url:
        mind = OpenAiMind(url, model="m", custom=True, stall_s=_STALL_S)
        raised: type[BaseException] | None = None
        tracemalloc.start()
        try:
            async with asyncio.timeout(_GIVES_UP_WITHIN_S), mind.seat() as seat:
                async for _ in seat.think(prompt):
                    pass
        except Exception as error:
            raised = type(error)
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            await mind.aclose()
    return raised, peak


def fuzz_chat_servers() -> int:
    """Asks each; how many there are. Raises AssertionError where it costs too much, or crashes."""
    tried = 0
    for name, answer, expected in misbehaviours():
        raised, peak = asyncio.run(ask(answer))
        assert raised is expected, f"{name}: {raised}"
        assert peak < _MOST_BYTES, f"{name}: {peak:,} bytes"
        tried += 1
    return tried
