"""A call by voice: sound out of a microphone into a line, and out of the line to a loudspeaker."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from vivavoce.audio.encoders import StreamEncoder
from vivavoce.audio.formats import OutputFormat, parse_output_format
from vivavoce.commands.call_frames import CallBegun, sound_message
from vivavoce.commands.call_lines import ShownLines
from vivavoce.commands.call_reading import read_call
from vivavoce.commands.call_times import ReadCall, show_times
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.heard_call import HeardCall
from vivavoce.commands.line import Line, LineClosed
from vivavoce.commands.live_loudspeaker import LiveLoudspeaker
from vivavoce.commands.microphone import Microphone
from vivavoce.commands.polite_caller import PoliteCaller
from vivavoce.errors import UnsupportedFormat

_LOOK_S: Final = 0.1
_LAST_SOUND_S: Final = 3.0
_LAST_TIMES_S: Final = 2.5
_LOSS: Final = "this machine is too slow, or its server: some of what was said has been lost"


class CallDevices(msgspec.Struct, frozen=True):
    """Where sound comes from and where it goes.

    A microphone that `ends` has said all at some time: when that is answered, the call is over. A
    `half_duplex` one hears nothing while the agent speaks.
    """

    microphone: Microphone
    loudspeaker: LiveLoudspeaker
    ends: bool = False
    half_duplex: bool = False


async def hold_spoken_call(
    line: Line,
    opening: str,
    devices: CallDevices,
    *,
    lines: ShownLines,
    read: ReadCall,
    stop: asyncio.Event,
) -> str | None:
    """Until `stop` is set, or all is said, or the agent hangs up: why it did.

    Raises CommandFailed with what the server says against it, or when a device breaks; from inside
    an exception group.
    """
    heard = HeardCall(lines)
    async with asyncio.TaskGroup() as tasks:
        with contextlib.suppress(LineClosed):  # what is read says why
            await line.send(opening)
        reading = tasks.create_task(read_call(line, heard))
        over = asyncio.Event()
        talking = tasks.create_task(_talk(line, devices, heard, lines, over))
        timing = tasks.create_task(_time(read, heard, lines))
        stopping = tasks.create_task(stop.wait())
        await asyncio.wait({reading, talking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            await _hear_out(heard)
        heard.settle()
        if not stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_TIMES_S):
                    await heard.untimed.join()
        reason = reading.result() if reading.done() else None
        over.set()
        if heard.begun.done():  # else there is no device open that would have to be left
            await asyncio.wait({talking}, timeout=_LAST_SOUND_S)
        for task in (reading, talking, timing, stopping):
            task.cancel()
    return reason


async def _talk(
    line: Line, devices: CallDevices, heard: HeardCall, lines: ShownLines, over: asyncio.Event
) -> None:
    call = await heard.begun
    source = devices.microphone
    fmt = _asked_format(call)
    caller = PoliteCaller(source, heard.is_greeted)
    if devices.ends:
        source = caller
    async with (
        devices.loudspeaker.opened(heard.sound.sample_rate, heard.sound.pull),
        source.opened(lambda: lines.note(_LOSS)) as blocks,
        asyncio.TaskGroup() as tasks,
    ):
        lines.note(f"listening to {source.name}; Ctrl-C hangs up")
        is_deaf = (lambda: heard.sound.is_waiting) if devices.half_duplex else (lambda: False)
        encoder = StreamEncoder(fmt, source.sample_rate)
        sending = tasks.create_task(_send(line, blocks, encoder, is_deaf))
        while not over.is_set() and not (caller.has_said_all and heard.is_quiet()):
            await asyncio.sleep(_LOOK_S)
            heard.tick()
            if not caller.has_said_all:
                heard.move()
        sending.cancel()


async def _send(
    line: Line,
    blocks: AsyncIterator[bytes],
    encoder: StreamEncoder,
    is_deaf: Callable[[], bool],
) -> None:
    with contextlib.suppress(LineClosed):  # what is read says why
        async for block in blocks:
            data = encoder.encode(bytes(len(block)) if is_deaf() else block).data
            if data:
                await line.send(sound_message(data))


async def _time(read: ReadCall, heard: HeardCall, lines: ShownLines) -> None:
    call = await heard.begun
    await show_times(read, call.conversation_id, heard.untimed, lines.aside)


async def _hear_out(heard: HeardCall) -> None:
    """The agent has hung up, but what it said last may still be on its way to the loudspeaker."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_SOUND_S):
            while heard.sound.is_waiting:  # noqa: ASYNC110 (a loudspeaker tells nobody)
                await asyncio.sleep(_LOOK_S)


def _asked_format(call: CallBegun) -> OutputFormat:
    try:
        return parse_output_format(call.user_input_audio_format)
    except UnsupportedFormat as error:
        raise CommandFailed(f"the agent wants sound that cannot be had here: {error}") from error
