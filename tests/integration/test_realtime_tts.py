"""Our own speech client on our own server, over a connection that is cut again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.integration.conftest import RunningServer
from vivavoce import AsyncRealtimeTTS, RealtimeTTS, SpeechChunk, SpeechFailed
from vivavoce.testing.bad_network import BadNetwork

STORY = (
    "The harbour was quiet when we came in. Nobody had seen the ship for 40 years, and "
    "yet there she was, with all her lights on. We went aboard, and the table was laid. "
)


def address(server: RunningServer) -> str:
    return server.url("", scheme="http")


def client(server: RunningServer, **options: Any) -> AsyncRealtimeTTS:
    return AsyncRealtimeTTS(url=address(server), output_format="pcm_24000", seed=7, **options)


async def tokens(text: str = STORY) -> AsyncIterator[str]:
    for word in text.split(" "):
        await asyncio.sleep(0)
        yield word + " "


def sound(chunks: list[SpeechChunk]) -> bytes:
    return b"".join(chunk.audio for chunk in chunks)


def words(chunks: list[SpeechChunk]) -> str:
    return "".join(char for chunk in chunks for char in chunk.alignment.chars)


def test_the_usage_in_the_founding_document_works(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_URL", address(server))
    tts = RealtimeTTS("your_api_key", "JBFqnCBsd6RMkjVDRZzb")
    tts.connect()
    tts.send_text("Hello, this is a real-time test.")
    audio = tts.get_audio()
    tts.close()
    assert audio[:3] == b"ID3" or audio[0] == 0xFF


async def test_twenty_utterances_over_one_connection_say_what_was_written(
    server: RunningServer,
) -> None:
    async with client(server) as tts:
        for number in range(20):
            text = f"This is utterance number {number}. "
            chunks = [chunk async for chunk in tts.stream(text)]
            assert words(chunks).strip() == text.strip()
            assert len(sound(chunks)) > 0
            assert chunks[-1].is_final
        assert server.app.doors.inside == 1


async def test_alignment_lasts_as_long_as_the_audio(server: RunningServer) -> None:
    async with client(server) as tts:
        chunks = [chunk async for chunk in tts.stream(tokens())]
    assert words(chunks).split() == STORY.split()
    aligned_ms = sum(sum(chunk.alignment.durations_ms) for chunk in chunks)
    assert aligned_ms == pytest.approx(len(sound(chunks)) / 48, abs=2)


@pytest.mark.parametrize("cut_after", [[1], [2, 3], [1, 2, 3, 4, 5, 6]])
async def test_a_connection_cut_in_mid_word_gives_the_audio_of_one_that_was_not(
    start_server: Callable[..., RunningServer], cut_after: list[int]
) -> None:
    server = start_server(block_delay_s=0.01)
    async with client(server) as tts:
        whole = [chunk async for chunk in tts.stream(STORY)]
        chunks: list[SpeechChunk] = []
        session = tts.connection.session_id
        async for chunk in tts.stream(STORY):
            chunks.append(chunk)
            if len(chunks) in cut_after:
                tts.connection.cut()
        assert session is not None
        assert tts.connection.session_id == session
    assert sound(chunks) == sound(whole)
    assert words(chunks) == words(whole)


@pytest.mark.parametrize("lost_after", [1, 3, 5])
async def test_after_the_session_is_lost_nothing_is_said_twice_and_nothing_is_missing(
    start_server: Callable[..., RunningServer], lost_after: int
) -> None:
    first, second = start_server(block_delay_s=0.02), start_server()
    chunks: list[SpeechChunk] = []
    async with AsyncExitStack() as road, AsyncExitStack() as stack:
        network = await road.enter_async_context(BadNetwork("localhost", first.port))
        port = network.port
        tts = AsyncRealtimeTTS(url=network.url(scheme="http"), output_format="pcm_24000")
        await stack.enter_async_context(tts)
        session = tts.connection.session_id
        async for chunk in tts.stream(tokens()):
            chunks.append(chunk)
            if len(chunks) == lost_after:
                await road.aclose()
                other = BadNetwork("localhost", second.port, listen=port)
                await road.enter_async_context(other)
        assert tts.connection.session_id != session
    assert words(chunks).split() == STORY.split()


async def test_several_contexts_speak_at_once_over_cuts(server: RunningServer) -> None:
    texts = [f"Voice {number} says this. And it says that." for number in range(4)]
    async with client(server) as tts:

        async def speak(text: str) -> str:
            chunks = []
            async for chunk in tts.stream(tokens(text)):
                chunks.append(chunk)
                tts.connection.cut()
            return " ".join(words(chunks).split())

        assert await asyncio.gather(*map(speak, texts)) == texts


async def test_an_utterance_that_is_left_ends_at_the_server(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(block_delay_s=0.05)
    async with client(server) as tts:
        async for _ in tts.stream(STORY * 20):
            break
        chunks = [chunk async for chunk in tts.stream("Next. ")]
        assert words(chunks).strip() == "Next."
        # What the pool had begun of the long text is all that is left of it.
        await asyncio.to_thread(server.until, lambda: server.pool.listeners <= 1)
    await asyncio.to_thread(server.until, server.is_idle)


async def test_a_text_that_cannot_be_spoken_fails_its_own_context_alone(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(max_contexts=2)
    async with client(server) as tts:
        one, two, three = (tts.context() for _ in range(3))
        for context in (one, two, three):
            await context.send_text("Hello. ", flush=True)
        with pytest.raises(SpeechFailed) as failure:
            [chunk async for chunk in three]
        assert failure.value.error_id == "max_active_conversations"
        await one.finish()
        assert words([chunk async for chunk in one]).strip() == "Hello."


async def test_an_idle_connection_outlives_the_inactivity_timeout(server: RunningServer) -> None:
    async with client(server, inactivity_timeout_s=1) as tts:
        context = tts.context()
        await context.send_text("One. ", flush=True)
        await asyncio.sleep(2.5)
        await context.send_text("Two. ")
        await context.finish()
        assert words([chunk async for chunk in context]).split() == ["One.", "Two."]
        assert tts.connection.retries == 0


@pytest.mark.parametrize(
    ("options", "error_id"),
    [
        ({"api_key": "another"}, "invalid_api_key"),
        ({"api_key": "the-key", "output_format": "nonsense"}, "invalid_output_format"),
    ],
)
async def test_a_refusal_says_what_the_server_said(
    start_server: Callable[..., RunningServer], options: dict[str, str], error_id: str
) -> None:
    server = start_server(api_keys=("the-key",))
    async with AsyncRealtimeTTS(url=address(server), **options) as tts:  # type: ignore[arg-type]
        with pytest.raises(SpeechFailed) as failure:
            [chunk async for chunk in tts.stream("Hello.")]
        assert failure.value.error_id == error_id
        with pytest.raises(SpeechFailed):
            await tts.send_text("Hello.")
