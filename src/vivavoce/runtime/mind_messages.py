"""What the server and the worker that thinks say to each other, besides `messages`."""

from __future__ import annotations

import msgspec

from vivavoce.engines.minds.base import Message
from vivavoce.runtime.messages import Failed


class Answer(msgspec.Struct, array_like=True, tag=0):
    """Answer the messages as job `job`; see `LocalModel.answer`."""

    job: int
    slot: int
    messages: tuple[Message, ...]
    most_tokens: int
    temperature: float | None


class Read(msgspec.Struct, array_like=True, tag=1):
    """Read the messages as job `job`; see `LocalModel.read`."""

    job: int
    slot: int
    messages: tuple[Message, ...]


class Stop(msgspec.Struct, array_like=True, tag=2):
    """Nobody waits for job `job` any more; it is `Done` all the same."""

    job: int


class Loaded(msgspec.Struct, array_like=True, tag=0):
    """The model is in memory."""


class Said(msgspec.Struct, array_like=True, tag=1):
    """More of an answer; "" says that the worker is alive."""

    job: int
    text: str


class Done(msgspec.Struct, array_like=True, tag=3):
    """A job has ended. The model holds `tokens` tokens of it."""

    job: int
    tokens: int


class TooLong(msgspec.Struct, array_like=True, tag=4):
    """A job has ended: its messages have `tokens` tokens, more than there is room for."""

    job: int
    tokens: int


Command = Answer | Read | Stop
Event = Loaded | Said | Failed | Done | TooLong

command_decoder: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
event_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
