from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.clients.speaking_server import SpeakingServer, speaking
from vivavoce import (
    AsyncRealtimeTTS,
    CannotConnect,
    ConnectionOver,
    ConnectionState,
    SpeechFailed,
    VivavoceError,
)
from vivavoce.clients.async_context import AsyncSpeechContext
from vivavoce.errors import InvalidMessage, InvalidParameter, SlowReader

TEN = "one two three four five six seven eight nine ten"


@pytest.fixture
async def server() -> AsyncIterator[SpeakingServer]:
    async with speaking() as peer:
        yield peer


@pytest.fixture
async def tts(server: SpeakingServer) -> AsyncIterator[AsyncRealtimeTTS]:
    async with AsyncRealtimeTTS("a key", url=server.url) as speech:
        yield speech


async def until(condition: Callable[[], bool]) -> None:
    """Waits for `condition`; the test's own time limit ends it if it never holds."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def words_of(context: AsyncSpeechContext) -> list[str]:
    return [chunk.audio.decode() async for chunk in context if chunk.audio]


async def test_a_text_is_spoken_with_its_alignment_and_an_end(tts: AsyncRealtimeTTS) -> None:
    chunks = [chunk async for chunk in tts.stream("Hello there.")]
    assert [chunk.audio for chunk in chunks] == [b"Hello", b"there.", b""]
    assert ["".join(chunk.alignment.chars) for chunk in chunks] == ["Hello ", "there.", ""]
    assert [chunk.is_final for chunk in chunks] == [False, False, True]
    assert len({chunk.context_id for chunk in chunks}) == 1


async def test_what_is_asked_for_is_in_the_url_the_headers_and_the_first_message(
    server: SpeakingServer,
) -> None:
    async with AsyncRealtimeTTS(
        "a key",
        "Bella",
        url=server.url,
        output_format="pcm_16000",
        seed=7,
        language_code="de",
        voice_settings={"speed": 1.1},
        chunk_length_schedule=[50],
    ) as tts:
        async for _ in tts.stream("Hallo."):
            pass
    request = server.handshakes[0].request
    assert request is not None
    assert request.path.startswith("/v1/text-to-speech/Bella/multi-stream-input?")
    assert request.headers["xi-api-key"] == "a key"
    asked = {"output_format": "pcm_16000", "seed": "7", "language_code": "de", "resume": "true"}
    assert asked.items() <= server.query.items()
    first = server.messages[0]
    assert first["text"] == " "
    assert first["voice_settings"] == {"speed": 1.1}
    assert first["generation_config"] == {"chunk_length_schedule": [50]}


async def test_text_is_read_while_its_audio_comes(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    heard: list[bytes] = []

    async def tokens() -> AsyncIterator[str]:
        for number, word in enumerate(TEN.split()):
            # The next word is not written before the one before it has been heard.
            await until(lambda count=number: len(heard) >= count)  # type: ignore[misc]
            yield word + " "

    async for chunk in tts.stream(tokens()):
        heard.append(chunk.audio)
    assert heard == [*TEN.encode().split(), b""]


async def test_an_iterable_that_blocks_is_read_without_blocking_the_loop(
    tts: AsyncRealtimeTTS,
) -> None:
    gate, closed = threading.Event(), threading.Event()

    def tokens() -> Iterator[str]:
        try:
            yield "one "
            assert gate.wait(30)
            yield "two"
        finally:
            closed.set()

    heard = []
    async for chunk in tts.stream(tokens()):
        heard.append(chunk.audio)
        gate.set()
    assert heard == [b"one", b"two", b""]
    assert closed.wait(30)


async def test_white_space_between_tokens_is_kept(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    heard = [chunk.audio async for chunk in tts.stream(["Hel", "lo", " ", "", "there", "\n"])]
    assert heard == [b"Hello", b"there", b""]


@pytest.mark.parametrize("text", ["", " \n", [], ["", " "]])
async def test_without_any_word_there_is_only_an_end(
    server: SpeakingServer, tts: AsyncRealtimeTTS, text: str | list[str]
) -> None:
    assert [chunk.is_final async for chunk in tts.stream(text)] == [True]
    assert server.messages == []


async def test_twenty_utterances_go_over_one_connection(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    for number in range(20):
        heard = [chunk.audio async for chunk in tts.stream(f"number {number}")]
        assert heard == [b"number", str(number).encode(), b""]
    assert len(server.handshakes) == 1


async def test_to_leave_the_loop_is_to_cancel_the_utterance(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    server.allow(2)
    async for chunk in tts.stream(TEN):
        left = chunk.context_id
        break
    gc.collect()
    await until(lambda: sum("close_context" in one for one in server.messages) == 2)
    server.allow(None)
    assert [chunk.audio async for chunk in tts.stream("Next.")] == [b"Next.", b""]
    assert all(one["context_id"] == left for one in server.messages[:3])


async def test_what_the_text_raises_is_raised_to_its_listener(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    def tokens() -> Iterator[str]:
        yield "one "
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async for _ in tts.stream(tokens()):
            pass
    assert [chunk.audio async for chunk in tts.stream("Next.")] == [b"Next.", b""]


async def test_text_that_is_not_text_is_refused(tts: AsyncRealtimeTTS) -> None:
    with pytest.raises(InvalidParameter):
        async for _ in tts.stream([b"bytes"]):  # type: ignore[list-item]
            pass


async def test_text_that_no_json_can_carry_is_refused_and_does_not_come_back(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    half = tts.context()
    with pytest.raises(InvalidParameter):
        await half.send_text("\ud83d")
    strange = tts.context(voice_settings={"speed": float("nan")})
    with pytest.raises(InvalidMessage):
        await strange.send_text("Hello.", flush=True)
    tts.connection.cut()
    await half.send_text("Next.", flush=True)
    chunk = await half.next_chunk()
    assert chunk is not None
    assert chunk.audio == b"Next."
    assert len(server.handshakes) == 2


async def test_the_failure_of_one_context_reaches_its_listener_alone(
    tts: AsyncRealtimeTTS,
) -> None:
    good, bad = tts.context(), tts.context()
    await good.send_text("one two ")
    await bad.send_text("fine unspeakable")
    await good.send_text("three")
    await good.finish()
    with pytest.raises(SpeechFailed, match=r"It cannot be spoken\.") as failure:
        await words_of(bad)
    assert isinstance(failure.value, VivavoceError)
    assert (failure.value.error_id, failure.value.code) == ("bad", 1008)
    assert await words_of(good) == ["one", "two", "three"]
    with pytest.raises(SpeechFailed):
        await bad.send_text("more")


async def test_contexts_speak_at_once_and_get_what_is_theirs(tts: AsyncRealtimeTTS) -> None:
    contexts = [tts.context(voice_settings={"speed": 1.0}) for _ in range(4)]
    for word in range(5):
        for number, context in enumerate(contexts):
            await context.send_text(f"{number}-{word} ")
    for context in contexts:
        await context.finish()
    heard = await asyncio.gather(*map(words_of, contexts))
    assert heard == [[f"{number}-{word}" for word in range(5)] for number in range(4)]


async def test_text_without_a_flush_waits_for_one(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    context = tts.context()
    await context.send_text("one")
    await context.flush()
    chunk = await context.next_chunk()
    assert chunk is not None
    assert chunk.audio == b"one"
    assert context.unspoken == ""
    assert not context.has_ended


async def test_a_finished_context_takes_no_more_text(tts: AsyncRealtimeTTS) -> None:
    context = tts.context()
    await context.send_text("one")
    await context.finish()
    await context.finish()
    with pytest.raises(VivavoceError):
        await context.send_text("two")
    assert await words_of(context) == ["one"]


async def test_a_cancelled_context_is_silent_and_over(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    server.allow(3)
    context = tts.context()
    await context.send_text(TEN, flush=True)
    await context.next_chunk()
    await context.cancel()
    await context.cancel()
    assert await words_of(context) == []
    with pytest.raises(VivavoceError):
        await context.send_text("more")


async def test_get_audio_gives_the_audio_of_all_that_was_sent(tts: AsyncRealtimeTTS) -> None:
    await tts.send_text("Hello there. ")
    await tts.send_text("And", flush=False)
    await tts.send_text(" more", flush=False)
    await tts.flush()
    heard = [await tts.get_audio(timeout=30) for _ in range(4)]
    assert heard == [b"Hello", b"there.", b"And", b"more"]
    with pytest.raises(TimeoutError):
        await tts.get_audio(timeout=0.01)


async def test_after_a_cancel_get_audio_gives_only_what_comes_then(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    server.allow(2)
    await tts.send_text(TEN)
    waiting = asyncio.create_task(tts.get_audio())
    assert await waiting == b"one"
    waiting = asyncio.create_task(tts.get_audio())
    await waiting
    waiting = asyncio.create_task(tts.get_audio())
    await asyncio.sleep(0)
    await tts.cancel()
    server.allow(None)
    await tts.send_text("Next.")
    assert await waiting == b"Next."


async def test_get_audio_goes_on_after_a_text_that_failed(tts: AsyncRealtimeTTS) -> None:
    await tts.send_text("unspeakable")
    with pytest.raises(SpeechFailed):
        await tts.get_audio()
    await tts.send_text("Next.")
    assert await tts.get_audio() == b"Next."


async def test_get_audio_ends_with_the_connection(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    waiting = asyncio.create_task(tts.get_audio())
    await asyncio.sleep(0)
    await server.handshakes[0].close(1008, "Not for you.")
    for failing in (waiting, tts.send_text("more")):
        with pytest.raises(CannotConnect, match="Not for you"):
            await failing
    with pytest.raises(CannotConnect):
        tts.context()


async def test_close_ends_all_that_listens(server: SpeakingServer) -> None:
    tts = AsyncRealtimeTTS(url=server.url)
    await tts.connect()
    await tts.connect()
    assert tts.state is ConnectionState.OPEN
    context = tts.context()
    waiting = asyncio.create_task(context.next_chunk())
    await asyncio.sleep(0)
    await tts.close()
    await tts.close()
    with pytest.raises(ConnectionOver):
        await waiting
    with pytest.raises(ConnectionOver):
        await tts.connect()
    assert len(server.handshakes) == 1


async def test_before_connect_there_is_a_clear_error() -> None:
    tts = AsyncRealtimeTTS()
    assert tts.state is ConnectionState.IDLE
    with pytest.raises(ConnectionOver, match="connect"):
        await tts.send_text("Hello.")
    await tts.close()


async def test_a_restart_says_again_what_is_unspoken_and_nothing_twice(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    for cut_after in (1, 4, 9):
        server.allow(cut_after)
        heard = []
        async for chunk in tts.stream(f"{word} " for word in TEN.split()):
            heard.append(chunk.audio)
            if len(heard) == cut_after:
                tts.connection.cut()
                server.allow(None)
        assert heard == [*TEN.encode().split(), b""]
    assert len(server.handshakes) == 4


async def test_a_restart_keeps_contexts_flushes_and_what_was_not_flushed(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    server.allow(3)
    finished, flushed, waiting, done = (tts.context() for _ in range(4))
    await done.send_text("zero ")
    assert await done.next_chunk() is not None
    await finished.send_text("one two three")
    await finished.finish()
    await flushed.send_text("four", flush=True)
    await waiting.send_text("fi")
    heard = [await finished.next_chunk(), await finished.next_chunk()]
    server.messages.clear()
    tts.connection.cut()
    server.allow(None)
    await waiting.send_text("ve six", flush=True)
    assert [one.audio for one in heard if one] == [b"one", b"two"]
    assert await words_of(finished) == ["three"]
    for context in (flushed, waiting, done):
        await context.finish()
    assert await words_of(flushed) == ["four"]
    assert await words_of(waiting) == ["five", "six"]
    assert await words_of(done) == []
    again = [one for one in server.messages if one.get("context_id") == finished.context_id]
    assert again == [
        {"text": " ", "context_id": finished.context_id},
        {"text": "three", "flush": True, "context_id": finished.context_id},
        {"close_context": True, "context_id": finished.context_id},
    ]


async def test_what_was_cancelled_is_not_said_again(
    server: SpeakingServer, tts: AsyncRealtimeTTS
) -> None:
    server.allow(0)
    context = tts.context()
    await context.send_text(TEN, flush=True)
    await context.cancel()
    tts.connection.cut()
    server.allow(None)
    server.messages.clear()
    assert [chunk.audio async for chunk in tts.stream("Next.")] == [b"Next.", b""]
    assert server.texts() == "Next."


async def test_a_slow_listener_makes_the_server_wait(server: SpeakingServer) -> None:
    server.pad = 10_000
    async with AsyncRealtimeTTS(url=server.url, buffer_bytes=50_000) as tts:
        context = tts.context()
        await context.send_text(" ".join(str(number) for number in range(2_000)), flush=True)
        await context.finish()
        await until(lambda: context.box.bytes_held >= 50_000)
        await asyncio.sleep(0.1)
        assert context.box.bytes_held < 65_000
        assert [int(word.rstrip("\0")) for word in await words_of(context)] == [*range(2_000)]


async def test_a_slow_listener_does_not_keep_another_one_waiting(server: SpeakingServer) -> None:
    server.pad = 10_000
    async with AsyncRealtimeTTS(url=server.url, buffer_bytes=50_000) as tts:
        slow, quick = tts.context(), tts.context()
        await slow.send_text("word " * 30)
        await quick.send_text("word " * 5)
        for context in (slow, quick):
            await context.finish()
        assert len(await words_of(quick)) == 5
        assert len(await words_of(slow)) == 30


async def test_who_never_takes_anything_fails_rather_than_grows(server: SpeakingServer) -> None:
    server.pad = 10_000
    async with AsyncRealtimeTTS(url=server.url, buffer_bytes=20_000) as tts:
        slow, quick = tts.context(), tts.context()
        await slow.send_text("word " * 100)
        await quick.send_text("word " * 5)
        for context in (slow, quick):
            await context.finish()
        assert len(await words_of(quick)) == 5
        with pytest.raises(SlowReader):
            await words_of(slow)
        await until(lambda: sum("close_context" in one for one in server.messages) == 3)


async def test_open_contexts_and_an_idle_connection_are_kept_alive(
    server: SpeakingServer,
) -> None:
    async with AsyncRealtimeTTS(url=server.url, inactivity_timeout_s=1) as tts:
        await until(lambda: {"text": ""} in server.messages)
        context = tts.context()
        await context.send_text("one", flush=True)
        sign = {"text": "", "context_id": context.context_id}
        await until(lambda: sign in server.messages)
        assert server.query["inactivity_timeout"] == "1"
