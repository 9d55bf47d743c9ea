"""How soon the first audio comes over plain HTTP."""

from __future__ import annotations

import asyncio
import random
import time

import orjson
import uvloop

from bench.caller import MP3, PCM
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.sentences import TEN_WORDS, some
from bench.server import Server, running_server

_PAUSE_S = (0.05, 0.3)


def measure(effort: Effort) -> Report:
    """From the sending of a request for ten words to the first byte of audio in the answer."""
    sentences = some(TEN_WORDS, effort.choose(200, 40), seed=6)
    with running_server() as server:
        waits = {fmt: uvloop.run(_waits_ms(server, fmt, sentences)) for fmt in (PCM, MP3)}
    return Report(
        [
            Figure(
                f"REST /stream: first audio of ten words, {PCM}, p50",
                percentile(waits[PCM], 50),
                "ms",
                Bar(25),
            )
        ],
        [
            f"REST: {len(sentences)} different sentences a format over one connection that is kept "
            f"alive; {PCM} p99 {shown(percentile(waits[PCM], 99), 'ms')}, {MP3} p50 "
            f"{shown(percentile(waits[MP3], 50), 'ms')}"
        ],
    )


async def _waits_ms(server: Server, output_format: str, sentences: list[str]) -> list[float]:
    dice = random.Random(2)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    waits = []
    try:
        for sentence in sentences:
            await asyncio.sleep(dice.uniform(*_PAUSE_S))
            asked = time.perf_counter()
            writer.write(_request(output_format, sentence))
            await reader.readuntil(b"\r\n\r\n")
            await _chunk(reader)
            waits.append((time.perf_counter() - asked) * 1000)
            while await _chunk(reader):
                pass
    finally:
        writer.close()
        await writer.wait_closed()
    return waits


def _request(output_format: str, text: str) -> bytes:
    body = orjson.dumps({"text": text, "model_id": "eleven_flash_v2_5"})
    head = (
        f"POST /v1/text-to-speech/Allegra/stream?output_format={output_format} HTTP/1.1\r\n"
        "Host: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    """One chunk of a chunked answer; empty at its end."""
    size = int(await reader.readline(), 16)
    chunk = await reader.readexactly(size + 2)
    return chunk[:-2]
