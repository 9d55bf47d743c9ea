"""One call, from what a user asked for to its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec

from vivavoce.commands.call_asked import CallAsked, CallWishes, opening_message
from vivavoce.commands.call_lines import CallLines, call_lines
from vivavoce.commands.call_times import ReadCall
from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.file_microphone import FileMicrophone
from vivavoce.commands.line import Line
from vivavoce.commands.live_loudspeaker import (
    FileLoudspeaker,
    LiveLoudspeaker,
    find_live_loudspeaker,
)
from vivavoce.commands.microphone import find_microphone
from vivavoce.commands.nearest_line import nearest_line
from vivavoce.commands.rest_server import rest_server
from vivavoce.commands.server_place import ServerPlace, ServerWish, server_place
from vivavoce.commands.sound_file import sound_file
from vivavoce.commands.sound_input import check_input
from vivavoce.commands.spoken_call import CallDevices, hold_spoken_call
from vivavoce.commands.stopped import stopped_by_signals
from vivavoce.commands.text_input import streamed_text
from vivavoce.commands.typed_call import hold_typed_call
from vivavoce.commands.typed_lines import typed_lines
from vivavoce.config import Settings, load_settings

_STDIN_DESCRIPTOR = 0


class Talking(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asked for; None where nothing was said about it."""

    agent_id: str
    wishes: CallWishes
    in_writing: bool
    file: str | None
    output: str | None
    device: str | None
    half_duplex: bool
    server: ServerWish


class _Call(msgspec.Struct, frozen=True):
    line: Line
    read: ReadCall


def talk_live(talking: Talking) -> None:
    """Until it is over or Ctrl-C. Raises CommandFailed or VivavoceError, or a group of them."""
    _check(talking)
    settings = load_settings(None, os.environ, {})
    devices = None if talking.in_writing else _devices(talking)
    try:
        asyncio.run(_talk(talking, devices, settings))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def given_variables(words: list[str]) -> dict[str, str]:
    """Dynamic variables from `name=value`. Raises CommandFailed for anything else."""
    variables = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name.strip() or not equals:
            raise CommandFailed(f"--var {word!r} is no name=value", exit_code=MISUSED)
        variables[name.strip()] = value
    return variables


def _check(talking: Talking) -> None:
    sounds = {
        "--file": talking.file,
        "-o": talking.output,
        "--device": talking.device,
        "--half-duplex": talking.half_duplex or None,
    }
    given = [name for name, value in sounds.items() if value is not None]
    if talking.in_writing and given:
        raise CommandFailed(f"--text has no sound for {given[0]}", exit_code=MISUSED)
    if talking.file is not None and talking.device is not None:
        raise CommandFailed("--device and --file are two places to listen to", exit_code=MISUSED)


def _devices(talking: Talking) -> CallDevices:
    loudspeaker: LiveLoudspeaker
    if talking.output is None:
        loudspeaker = find_live_loudspeaker()
    else:
        loudspeaker = FileLoudspeaker(sound_file(talking.output, None))
    if talking.file is not None:
        check_input(talking.file)
    is_file = talking.file is not None
    source = FileMicrophone(talking.file) if talking.file else find_microphone(talking.device)
    return CallDevices(source, loudspeaker, ends=is_file, half_duplex=talking.half_duplex)


async def _talk(talking: Talking, devices: CallDevices | None, settings: Settings) -> None:
    opening = opening_message(talking.wishes, text_only=devices is None)
    async with AsyncExitStack() as stack:
        call = await _call(stack, talking, settings)
        lines = stack.enter_context(call_lines())
        stop = stack.enter_context(stopped_by_signals())
        if devices is None:
            reason = await _type(call.line, opening, lines, stop)
        else:
            reason = await hold_spoken_call(
                call.line, opening, devices, lines=lines, read=call.read, stop=stop
            )
        if reason is not None:
            lines.note(f"the agent has hung up{reason and ': ' + reason}")


async def _type(line: Line, opening: str, lines: CallLines, stop: asyncio.Event) -> str | None:
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        lines.note("type what to say; Ctrl-D ends it")
    texts = typed_lines(streamed_text(_STDIN_DESCRIPTOR))
    return await hold_typed_call(
        line, opening, texts, lines=lines, stop=stop, in_turns=not is_terminal
    )


async def _call(stack: AsyncExitStack, talking: Talking, settings: Settings) -> _Call:
    asked = CallAsked(talking.agent_id)
    read = _reader(server_place(talking.server, settings))

    @contextlib.asynccontextmanager
    async def private() -> AsyncIterator[Line]:
        nonlocal read
        from vivavoce.commands.private_agent import private_agent

        async with private_agent(asked, settings) as agent:
            read = agent.read_call
            yield agent.line

    line = await nearest_line(
        stack, asked, talking.server, settings, private=private, alone="talking without one"
    )
    return _Call(line, read)


def _reader(place: ServerPlace) -> ReadCall:
    async def read(conversation_id: str) -> bytes:
        async with rest_server(place) as server:
            return await server.ask("GET", f"/v1/convai/conversations/{conversation_id}")

    return read
