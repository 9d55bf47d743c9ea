from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import pytest

from tests.clients.speaking_server import SpeakingServer, speaking
from vivavoce import (
    CannotConnect,
    ConnectionOptions,
    ConnectionOver,
    ConnectionState,
    RealtimeTTS,
    SpeechFailed,
    StateChange,
    VivavoceError,
)
from vivavoce.clients.loop_thread import LoopThread

TEN = "one two three four five six seven eight nine ten"


@pytest.fixture
def server_loop() -> Iterator[LoopThread]:
    with LoopThread("test-server") as loop:
        yield loop


@pytest.fixture
def server(server_loop: LoopThread) -> Iterator[SpeakingServer]:
    stack = AsyncExitStack()
    yield server_loop.call(stack.enter_async_context(speaking()))
    server_loop.call(stack.aclose())


@pytest.fixture
def allow(server: SpeakingServer, server_loop: LoopThread) -> Callable[[int | None], None]:
    """`SpeakingServer.allow`, in the server's own thread."""

    async def allowed(words: int | None) -> None:
        server.allow(words)

    return lambda words: server_loop.call(allowed(words))


@pytest.fixture
def tts(server: SpeakingServer) -> Iterator[RealtimeTTS]:
    with RealtimeTTS("a key", url=server.url) as speech:
        yield speech


def until(condition: Callable[[], bool]) -> None:
    """Waits for `condition`; the test's own time limit ends it if it never holds."""
    while not condition():
        time.sleep(0.005)


async def tokens() -> AsyncIterator[str]:
    for word in TEN.split():
        await asyncio.sleep(0)
        yield word + " "


def closings(server: SpeakingServer) -> int:
    return sum("close_context" in one for one in server.messages)


def test_the_usage_in_the_founding_document_works(
    server: SpeakingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_URL", server.url)
    tts = RealtimeTTS("your_api_key", "JBFqnCBsd6RMkjVDRZzb")
    tts.connect()
    tts.send_text("Hello, this is a real-time test.")
    heard = [tts.get_audio() for _ in range(6)]
    tts.close()
    assert heard == b"Hello, this is a real-time test.".split()


@pytest.mark.parametrize("text", [TEN, [f"{word} " for word in TEN.split()], [*TEN]])
def test_text_in_any_shape_is_streamed_with_for(tts: RealtimeTTS, text: str | list[str]) -> None:
    assert [chunk.audio for chunk in tts.stream(text)] == [*TEN.encode().split(), b""]


def test_a_generator_is_read_while_its_audio_comes(tts: RealtimeTTS) -> None:
    heard: list[bytes] = []

    def written() -> Iterator[str]:
        for number, word in enumerate(TEN.split()):
            until(lambda count=number: len(heard) >= count)  # type: ignore[misc]
            yield word + " "

    for chunk in tts.stream(written()):
        heard.append(chunk.audio)
    assert heard == [*TEN.encode().split(), b""]


def test_an_async_iterable_can_be_streamed_with_for(tts: RealtimeTTS) -> None:
    assert [chunk.audio for chunk in tts.stream(tokens())] == [*TEN.encode().split(), b""]


async def test_async_for_reads_the_text_in_the_loop_of_its_caller(tts: RealtimeTTS) -> None:
    threads = set()

    async def written() -> AsyncIterator[str]:
        async for word in tokens():
            threads.add(threading.current_thread())
            yield word

    heard = [chunk.audio async for chunk in tts.stream(written())]
    assert heard == [*TEN.encode().split(), b""]
    assert threads == {threading.current_thread()}


async def test_async_for_does_not_block_the_loop_of_its_caller(tts: RealtimeTTS) -> None:
    written = asyncio.Event()

    async def text() -> AsyncIterator[str]:
        await written.wait()
        yield "Hello."

    async def listen() -> list[bytes]:
        return [chunk.audio async for chunk in tts.stream(text())]

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.02)
    written.set()
    assert await listening == [b"Hello.", b""]


def test_to_break_the_loop_is_to_cancel_the_utterance(
    server: SpeakingServer, tts: RealtimeTTS, allow: Callable[[int | None], None]
) -> None:
    allow(2)
    for _ in tts.stream(TEN):
        break
    gc.collect()
    until(lambda: closings(server) == 2)
    allow(None)
    assert [chunk.audio for chunk in tts.stream("Next.")] == [b"Next.", b""]


def test_to_interrupt_the_program_ends_the_utterance(
    server: SpeakingServer, tts: RealtimeTTS, allow: Callable[[int | None], None]
) -> None:
    allow(1)

    def interrupted() -> None:
        main = threading.get_ident()
        threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT)).start()
        list(tts.stream(TEN))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    gc.collect()
    until(lambda: closings(server) == 2)


async def test_to_break_an_async_loop_is_to_cancel_the_utterance(
    server: SpeakingServer, tts: RealtimeTTS, allow: Callable[[int | None], None]
) -> None:
    allow(2)
    async for _ in tts.stream(TEN):
        break
    gc.collect()
    while closings(server) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    allow(None)
    assert [chunk.audio async for chunk in tts.stream("Next.")] == [b"Next.", b""]


def test_what_the_text_raises_is_raised_in_the_loop(tts: RealtimeTTS) -> None:
    def written() -> Iterator[str]:
        yield "one "
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(tts.stream(written()))


def test_contexts_speak_at_once_from_several_threads(tts: RealtimeTTS) -> None:
    def speak(number: int) -> list[bytes]:
        context = tts.context()
        for word in range(5):
            context.send_text(f"{number}-{word}")
            context.send_text(" ")
        context.flush()
        context.finish()
        return [chunk.audio for chunk in context if not chunk.is_final]

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(speak, range(4)))
    assert heard == [[b"%d-%d" % (number, word) for word in range(5)] for number in range(4)]


def test_threads_that_connect_at_once_all_wait_for_the_one_connection(
    server: SpeakingServer,
) -> None:
    tts = RealtimeTTS(url=server.url)

    def connected(_: int) -> ConnectionState:
        tts.connect()
        return tts.state

    with contextlib.closing(tts), ThreadPoolExecutor(8) as pool:
        assert set(pool.map(connected, range(8))) == {ConnectionState.OPEN}
    assert len(server.handshakes) == 1


def test_a_context_that_fails_raises_to_its_listener(tts: RealtimeTTS) -> None:
    bad, good = tts.context(), tts.context()
    assert bad.context_id != good.context_id
    bad.send_text("unspeakable")
    good.send_text("fine", flush=True)
    with pytest.raises(SpeechFailed):
        list(bad)
    assert next(iter(good)).audio == b"fine"
    good.cancel()
    assert list(good) == []


def test_get_audio_waits_no_longer_than_it_is_told(tts: RealtimeTTS) -> None:
    with pytest.raises(TimeoutError):
        tts.get_audio(timeout=0.01)


def test_text_goes_on_after_a_cancel(tts: RealtimeTTS) -> None:
    tts.send_text("Never", flush=False)
    tts.cancel()
    tts.send_text("Next ", flush=False)
    tts.flush()
    assert tts.get_audio() == b"Next"


def test_close_wakes_whoever_waits_and_leaves_nothing_running(server: SpeakingServer) -> None:
    tts = RealtimeTTS(url=server.url)
    tts.connect()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(tts.get_audio)
        tts.close()
        tts.close()
        with pytest.raises(VivavoceError):
            waiting.result(30)
    assert tts.state is ConnectionState.CLOSED
    with pytest.raises(ConnectionOver):
        tts.connect()
    with pytest.raises(VivavoceError):
        tts.send_text("more")


def test_before_connect_there_is_a_clear_error() -> None:
    tts = RealtimeTTS()
    assert tts.state is ConnectionState.IDLE
    assert tts.round_trip_s is None
    with pytest.raises(ConnectionOver, match="connect"):
        tts.send_text("Hello.")
    tts.close()


def test_nobody_to_connect_to_is_a_clear_error_and_leaves_nothing_running() -> None:
    tts = RealtimeTTS(url="http://127.0.0.1:9", options=ConnectionOptions(open_within_s=0.05))
    with pytest.raises(CannotConnect):
        tts.connect()


def test_the_steps_of_the_connection_are_told(server: SpeakingServer) -> None:
    steps: list[StateChange] = []
    with RealtimeTTS(url=server.url, on_state=steps.append):
        pass
    assert [step.state for step in steps] == [
        ConnectionState.CONNECTING,
        ConnectionState.OPEN,
        ConnectionState.CLOSED,
    ]
