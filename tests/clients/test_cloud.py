"""The speech of a server that grants no session, as the cloud is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.clients.cloud import Cloud, cloud
from tests.clients.connected import QUICK
from tests.clients.resuming_server import until
from vivavoce import AsyncRealtimeTTS, CannotConnect, SpeechFailed

SENTENCES = [f"Sentence {n} has some words, and then an end. " for n in range(8)]


@pytest.fixture
async def server() -> AsyncIterator[Cloud]:
    async with cloud() as one:
        yield one


def speech_of(server: Cloud, key: str = "a key") -> AsyncRealtimeTTS:
    return AsyncRealtimeTTS(key, url=server.url, options=QUICK)


async def said(tts: AsyncRealtimeTTS, text: str) -> str:
    return b"".join([chunk.audio async for chunk in tts.stream(text)]).decode()


async def test_a_text_is_spoken_without_a_session(server: Cloud) -> None:
    async with speech_of(server) as tts:
        assert await said(tts, SENTENCES[0]) == SENTENCES[0]
        assert tts.connection.session_id is None


async def test_a_wrong_key_is_told_at_once_and_asked_about(server: Cloud) -> None:
    with pytest.raises(CannotConnect, match=r"HTTP 401\. Is the API key the right one\?"):
        await speech_of(server, "another key").connect()
    assert server.handshakes == 1


async def test_an_exceeded_quota_is_told_as_what_it_is_and_not_tried_again(server: Cloud) -> None:
    server.quota = 60
    async with speech_of(server) as tts:
        assert await said(tts, SENTENCES[0]) == SENTENCES[0]
        with pytest.raises(SpeechFailed, match="quota") as failed:
            await said(tts, SENTENCES[1])
        assert (failed.value.error_id, failed.value.code) == ("quota_exceeded", 1008)
    assert server.handshakes == 1


async def test_a_socket_that_is_closed_because_it_was_idle_is_opened_again(server: Cloud) -> None:
    server.inactivity_s = 0.05
    async with speech_of(server) as tts:
        context = tts.context()
        await context.send_text(SENTENCES[0], flush=True)
        chunks = aiter(context)
        first = (await anext(chunks)).audio.decode()
        await until(lambda: server.handshakes == 3)
        await context.finish()
        rest = [chunk.audio.decode() async for chunk in chunks]
        assert first + "".join(rest) == SENTENCES[0]
        server.inactivity_s = 20.0
        assert await said(tts, SENTENCES[1]) == SENTENCES[1]


async def test_one_context_too_many_fails_alone_and_the_others_are_spoken(server: Cloud) -> None:
    async with speech_of(server) as tts:
        contexts = [tts.context() for _ in range(6)]
        for context, text in zip(contexts, SENTENCES, strict=False):
            await context.send_text(text)
        with pytest.raises(SpeechFailed, match="Too many"):
            await contexts[-1].next_chunk()
        for context, text in zip(contexts[:-1], SENTENCES, strict=False):
            await context.finish()
            assert b"".join([one.audio async for one in context]).decode() == text
        assert server.handshakes == 2


async def test_after_every_cut_only_what_was_not_spoken_is_spoken(server: Cloud) -> None:
    server.breaks_off = 0.2
    async with speech_of(server) as tts:
        heard = await asyncio.gather(*(said(tts, text) for text in SENTENCES[:5]))
    assert heard == SENTENCES[:5]
    assert server.handshakes > 5
    assert len("".join(server.heard)) < 1.5 * len("".join(heard))
