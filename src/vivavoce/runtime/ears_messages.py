"""What the server and the workers that hear say to each other, besides `messages`."""

from __future__ import annotations

import msgspec

from vivavoce.engines.base import Heard, HearingRequest
from vivavoce.runtime.messages import Failed, Ready, Working


class Hear(msgspec.Struct, array_like=True, tag=0):
    """Hear a piece as job `job`."""

    job: int
    request: HearingRequest


class Judge(msgspec.Struct, array_like=True, tag=1):
    """Tell speech from all else in `pcm`, as job `job`."""

    job: int
    pcm: bytes


class EarsReady(Ready, array_like=True, tag=0):
    """A first sentence has been heard."""

    languages: tuple[str, ...]


class Understood(msgspec.Struct, array_like=True, tag=3):
    """What a piece was heard to say, in `work_s` seconds of processor time."""

    job: int
    heard: Heard
    work_s: float


class Judged(msgspec.Struct, array_like=True, tag=4):
    """How likely each hop is speech: little-endian 32-bit floats."""

    job: int
    probabilities: bytes


Command = Hear | Judge
Event = EarsReady | Working | Failed | Understood | Judged

command_decoder: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
event_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
