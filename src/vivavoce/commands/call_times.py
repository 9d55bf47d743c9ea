"""How long an answer took, step by step: the server knows, and tells with the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from vivavoce.commands.failures import CommandFailed
from vivavoce.errors import VivavoceError

ReadCall = Callable[[str], Awaitable[bytes]]
"""The conversation of that id, as JSON. Raises CommandFailed or VivavoceError."""

_STEPS: Final = {
    "endpoint": "turn over",
    "transcript": "transcript",
    "first_token": "first token",
    "first_clause": "first clause",
    "first_audio": "first audio",
    "first_audible": "audible",
}
_NAME: Final = "vivavoce_{}_after_speech"
_TRIES: Final = 8
_PAUSE_S: Final = 0.25
"""A server writes a conversation down when it believes that an answer has been heard."""


class _Metric(msgspec.Struct):
    elapsed_time: float


class _Metrics(msgspec.Struct):
    metrics: dict[str, _Metric] = {}


class _Turn(msgspec.Struct):
    role: str = ""
    source_event_id: int | None = None
    conversation_turn_metrics: _Metrics | None = None


class _Conversation(msgspec.Struct):
    transcript: tuple[_Turn, ...] = ()


_decoder = msgspec.json.Decoder(_Conversation)


async def times_of(read: ReadCall, conversation_id: str, event_id: int) -> str | None:
    """One line of milliseconds after the caller's last word; None where nobody knows them.

    Waits for the server to have written the answer `event_id` down, 2 s at most. Raises
    CommandFailed or VivavoceError.
    """
    for _ in range(_TRIES):
        try:
            conversation = _decoder.decode(await read(conversation_id))
        except msgspec.DecodeError:
            return None
        for turn in conversation.transcript:
            if turn.role == "agent" and turn.source_event_id == event_id:
                return _line(turn.conversation_turn_metrics)
        await asyncio.sleep(_PAUSE_S)
    return None


async def show_times(
    read: ReadCall, conversation_id: str, answers: asyncio.Queue[int], show: Callable[[str], None]
) -> None:
    """Shows those of one answer after the other, by their event ids, until it is cancelled.

    Where they cannot be read, it says so once.
    """
    is_readable = True
    while True:
        event_id = await answers.get()
        try:
            line = await times_of(read, conversation_id, event_id) if is_readable else None
        except (CommandFailed, VivavoceError) as error:
            is_readable, line = False, f"no times: {error}"
        if line is not None:
            show(line)
        answers.task_done()


def _line(metrics: _Metrics | None) -> str | None:
    known = {} if metrics is None else metrics.metrics
    steps = [
        f"{label} {known[name].elapsed_time * 1000:.0f}"
        for step, label in _STEPS.items()
        if (name := _NAME.format(step)) in known
    ]
    return f"{', '.join(steps)} ms after your last word" if steps else None
