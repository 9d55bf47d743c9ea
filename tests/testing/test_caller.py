from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import orjson
import pybase64
import pytest
from websockets.asyncio.server import ServerConnection, serve

from vivavoce.testing import CallOptions, CallOver, Echo, calling
from vivavoce.testing.events import AgentResponse, Interruption
from vivavoce.testing.waveform import Samples
from vivavoce.wire import conversation_events as events

Script = Callable[[ServerConnection], Awaitable[None]]


@contextlib.asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[str]:
    """A server that starts the call and then does what `script` says."""

    async def handle(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(events.metadata("conv_1", "pcm_16000", "pcm_16000"))
        await script(socket)

    async with serve(handle, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/convai/conversation"


async def received_sound(socket: ServerConnection) -> Samples:
    message = orjson.loads(await socket.recv())
    return np.frombuffer(pybase64.b64decode(message["user_audio_chunk"]), "<i2")


async def until_closed(socket: ServerConnection) -> None:
    await socket.wait_closed()


async def test_the_first_message_is_the_initiation() -> None:
    first: list[dict[str, object]] = []

    async def handle(socket: ServerConnection) -> None:
        first.append(orjson.loads(await socket.recv()))
        await socket.send(events.metadata("conv_1", "pcm_16000", "pcm_16000"))
        await socket.wait_closed()

    async with serve(handle, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        options = CallOptions(text_only=True, overrides={"agent": {"first_message": ""}})
        async with calling(url, options) as caller:
            assert caller.recording.conversation_id == "conv_1"
    assert first[0]["type"] == "conversation_initiation_client_data"
    assert first[0]["conversation_config_override"] == {
        "agent": {"first_message": ""},
        "conversation": {"text_only": True},
    }


async def test_speech_reaches_the_server_sample_for_sample_over_the_noise(tone: Samples) -> None:
    heard: list[Samples] = []

    async def script(socket: ServerConnection) -> None:
        while sum(map(len, heard)) < 32_000:
            heard.append(await received_sound(socket))
        await socket.send(events.agent_response("Thanks.", 1))
        await socket.wait_closed()

    async with scripted(script) as url, calling(url) as caller:
        caller.say(tone.tobytes())
        await caller.wait_for(AgentResponse)
    line = np.concatenate(heard).astype(int)
    loud = np.flatnonzero(np.abs(line) > 4_000)
    assert loud[-1] - loud[0] + 1 == len(tone)
    assert len(heard[0]) == 320


async def test_frames_can_be_as_long_as_the_python_sdks() -> None:
    lengths: list[int] = []

    async def script(socket: ServerConnection) -> None:
        lengths.append(len(await received_sound(socket)))
        await socket.close()

    async with scripted(script) as url, calling(url, CallOptions(frame_s=0.25)) as caller:
        with pytest.raises(CallOver, match="1000"):
            await caller.wait_for(AgentResponse)
    assert lengths == [4_000]


async def test_pings_are_answered() -> None:
    answers: list[object] = []

    async def script(socket: ServerConnection) -> None:
        await socket.send(events.ping(41, None))
        answers.append(orjson.loads(await socket.recv()))
        await socket.close()

    async with scripted(script) as url, calling(url, CallOptions(text_only=True)) as caller:
        with pytest.raises(CallOver):
            await caller.wait_for(AgentResponse)
    assert answers == [{"type": "pong", "event_id": 41}]


async def test_voice_to_voice_is_measured_on_what_is_played(tone: Samples) -> None:
    async def script(socket: ServerConnection) -> None:
        loud = False
        while True:
            now_loud = bool(np.abs(await received_sound(socket)).max() > 4_000)
            if loud and not now_loud:
                break
            loud = now_loud
        answer = np.concatenate([np.zeros(3_200, np.int16), tone])
        await socket.send(events.audio(answer.tobytes(), 1))
        await socket.wait_closed()

    async with scripted(script) as url, calling(url) as caller:
        said = await caller.say_out(tone[:4_000].tobytes())
        spoken = await caller.wait_until_agent_speaks(since=said.last_audible_at)
        waited = caller.recording.voice_to_voice(said)
    assert waited is not None
    assert waited == pytest.approx(spoken.start - said.last_audible_at)
    # At the least the frame in which the server sees silence, and the silence of its answer.
    assert waited >= 0.2


async def test_an_interruption_ends_what_is_played(tone: Samples) -> None:
    async def script(socket: ServerConnection) -> None:
        for _ in range(3):
            await socket.send(events.audio(tone.tobytes(), 1))
        await socket.send(events.interruption(1))
        await socket.send(events.audio(tone.tobytes(), 1))
        await socket.send(events.agent_response("Pardon?", 2))
        await socket.wait_closed()

    async with scripted(script) as url, calling(url, CallOptions(text_only=True)) as caller:
        at, _ = await caller.wait_for(Interruption)
        await caller.wait_for(AgentResponse)
        assert caller.recording.loudspeaker.played.end <= at + 0.001
        assert len(caller.recording.loudspeaker.received) == 4


async def test_the_agents_voice_comes_back_as_echo(tone: Samples) -> None:
    heard: list[Samples] = []

    async def script(socket: ServerConnection) -> None:
        await socket.send(events.audio(tone.tobytes(), 1))
        while not heard or np.abs(heard[-1]).max() < 400:
            heard.append(await received_sound(socket))
        await socket.send(events.agent_response("I hear myself.", 1))
        await socket.wait_closed()

    options = CallOptions(echo=Echo(level_db=-20.0, delay_s=0.03))
    async with scripted(script) as url, calling(url, options) as caller:
        await caller.wait_for(AgentResponse)
    assert np.abs(heard[-1]).max() == pytest.approx(800, abs=200)


async def test_a_shaky_network_keeps_the_order() -> None:
    async def script(socket: ServerConnection) -> None:
        for number in range(20):
            await socket.send(events.agent_response(str(number), number))
        await socket.wait_closed()

    options = CallOptions(text_only=True, jitter_s=0.02)
    async with scripted(script) as url, calling(url, options) as caller:
        while len(caller.recording.all_of(AgentResponse)) < 20:
            await caller.wait_until_agent_is_done(quiet_s=0.01)
        texts = [event.text for _, event in caller.recording.all_of(AgentResponse)]
    assert texts == [str(number) for number in range(20)]


async def test_a_frame_that_would_break_an_sdk_ends_the_call_with_an_error() -> None:
    async def script(socket: ServerConnection) -> None:
        await socket.send('{"type":"ping","ping_event":{"event_id":1}}')
        await socket.wait_closed()

    with pytest.raises(ExceptionGroup) as failed:
        async with scripted(script) as url, calling(url, CallOptions(text_only=True)) as caller:
            await caller.wait_for(AgentResponse)
    assert failed.group_contains(ValueError, match="ping_ms")


async def test_waiting_for_an_agent_who_never_speaks_times_out() -> None:
    async with scripted(until_closed) as url, calling(url) as caller:
        with pytest.raises(TimeoutError):
            await caller.wait_until_agent_speaks(within_s=0.05)


async def test_a_failure_in_the_script_of_a_call_is_raised_as_what_it_is() -> None:
    with pytest.raises(LookupError):
        async with scripted(until_closed) as url, calling(url):
            raise LookupError


async def test_hanging_up_closes_with_1000() -> None:
    closed = asyncio.get_running_loop().create_future()

    async def script(socket: ServerConnection) -> None:
        await socket.wait_closed()
        closed.set_result(socket.close_code)

    async with scripted(script) as url, calling(url) as caller:
        await caller.hang_up()
        assert await closed == 1000
        with pytest.raises(CallOver):
            await caller.wait_for(AgentResponse)
