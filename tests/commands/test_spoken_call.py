from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from tests.commands.call_frames_said import KeptCallLines, begun, error, response, sound
from tests.commands.scripted_line import ScriptedLine
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import LineClosed
from vivavoce.commands.live_loudspeaker import Pull
from vivavoce.commands.spoken_call import CallDevices, hold_spoken_call

NEVER = 9_999
BLOCK = b"\1\0" * 800


class KeptMicrophone:
    """`Microphone` that gives so many blocks, and then breaks or stays silent."""

    def __init__(self, blocks: int, *, rate: int = 16_000, breaks: bool = False) -> None:
        self.name = "a test"
        self.sample_rate = rate
        self.is_open = False
        self._count = blocks
        self._breaks = breaks

    @contextlib.asynccontextmanager
    async def opened(self, _on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`."""
        self.is_open = True
        yield self._blocks()
        self.is_open = False

    async def _blocks(self) -> AsyncIterator[bytes]:
        for _ in range(self._count):
            yield BLOCK
        if self._breaks:
            raise CommandFailed("the microphone has gone")
        await asyncio.Event().wait()


class KeptLoudspeaker:
    """`LiveLoudspeaker` that hears all at once."""

    def __init__(self) -> None:
        self.rate = 0
        self.heard = b""
        self.is_open = False

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int, pull: Pull) -> AsyncIterator[None]:
        """See `LiveLoudspeaker.opened`."""
        self.rate, self.is_open = sample_rate, True
        async with asyncio.TaskGroup() as tasks:
            hearing = tasks.create_task(self._hear(pull))
            yield
            hearing.cancel()
        self.is_open = False

    async def _hear(self, pull: Pull) -> None:
        while True:
            self.heard += pull(1_600)
            await asyncio.sleep(0.001)


async def no_times(_conversation_id: str) -> bytes:
    return b"{}"


async def hold(
    line: ScriptedLine, devices: CallDevices, *, stop: asyncio.Event | None = None
) -> tuple[str | None, KeptCallLines]:
    lines = KeptCallLines()
    async with asyncio.timeout(30):
        reason = await hold_spoken_call(
            line,
            '{"type": "opening"}',
            devices,
            lines=lines,
            read=no_times,
            stop=stop or asyncio.Event(),
        )
    return reason, lines


def sent(line: ScriptedLine) -> list[bytes]:
    chunks = [str(message["user_audio_chunk"]) for message in line.heard[1:]]
    return [base64.b64decode(chunk) for chunk in chunks]


async def test_sound_goes_out_as_it_comes_and_the_agent_is_heard() -> None:
    line = ScriptedLine(
        (1, begun()),
        (3, sound("Hi.", 1)),
        (3, response("Hi.", 1)),
        (3, LineClosed(1000, "bye")),
    )
    loudspeaker = KeptLoudspeaker()
    reason, lines = await hold(line, CallDevices(KeptMicrophone(2), loudspeaker))
    assert reason == "bye"
    assert line.heard[0] == {"type": "opening"}
    assert sent(line) == [BLOCK, BLOCK]
    assert lines.shown == ["agent: Hi."]
    assert loudspeaker.rate == 16_000
    assert b"\x10\x27" in loudspeaker.heard


async def test_sound_goes_out_in_the_format_that_the_server_asks_for() -> None:
    line = ScriptedLine((1, begun(wanted="ulaw_8000")), (3, LineClosed(1000, "")))
    await hold(line, CallDevices(KeptMicrophone(2, rate=16_000), KeptLoudspeaker()))
    # A byte a sample, half as many of them, some of which are held back for the next block.
    assert 350 < len(sent(line)[0]) <= 400


async def test_the_loudspeaker_is_opened_at_the_rate_of_the_agent() -> None:
    line = ScriptedLine((1, begun(output="pcm_24000")), (2, LineClosed(1000, "")))
    loudspeaker = KeptLoudspeaker()
    await hold(line, CallDevices(KeptMicrophone(1), loudspeaker))
    assert loudspeaker.rate == 24_000


async def test_a_half_duplex_microphone_is_deaf_while_the_agent_speaks() -> None:
    class Waiting(KeptLoudspeaker):
        async def _hear(self, pull: Pull) -> None:
            await asyncio.Event().wait()

    line = ScriptedLine((1, begun()), (1, sound("Hi.", 1)), (3, LineClosed(1000, "")))
    await hold(line, CallDevices(KeptMicrophone(2), Waiting(), half_duplex=True))
    assert sent(line) == [bytes(len(BLOCK))] * 2


async def test_a_wish_to_stop_leaves_the_devices_and_shows_what_was_heard() -> None:
    microphone, loudspeaker = KeptMicrophone(1), KeptLoudspeaker()
    line = ScriptedLine((1, begun()), (2, response("Hi.", 1)), (NEVER, begun()))
    stop = asyncio.Event()
    holding = asyncio.create_task(hold(line, CallDevices(microphone, loudspeaker), stop=stop))
    while len(line.heard) < 2:  # noqa: ASYNC110 (what is asked has no event)
        await asyncio.sleep(0)
    stop.set()
    reason, _ = await holding
    assert reason is None
    assert not microphone.is_open
    assert not loudspeaker.is_open


async def test_a_microphone_that_breaks_is_a_failure() -> None:
    line = ScriptedLine((1, begun()), (NEVER, begun()))
    with pytest.raises(ExceptionGroup) as raised:
        await hold(line, CallDevices(KeptMicrophone(1, breaks=True), KeptLoudspeaker()))
    assert raised.group_contains(CommandFailed, match="the microphone has gone")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (error(1008, "invalid_api_key", "No."), "invalid_api_key: No"),
        (LineClosed(1006, "the connection was lost"), "the connection was lost"),
        (begun(wanted="wav_3"), "wav_3"),
    ],
)
async def test_what_a_server_has_against_it_is_told(
    said: dict[str, object] | LineClosed, told: str
) -> None:
    line = ScriptedLine((1, said), (NEVER, begun()))
    with pytest.raises(ExceptionGroup) as raised:
        await hold(line, CallDevices(KeptMicrophone(1), KeptLoudspeaker()))
    assert raised.group_contains(CommandFailed, match=told)
