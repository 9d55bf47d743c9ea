"""What the server and its workers say to each other: msgpack structs, each behind its length.

The stream is a Unix socket pair. A worker reads commands between blocks and writes events as it
goes; order is kept in both directions.
"""

from __future__ import annotations

import struct

import msgspec

from vivavoce.engines.base import SpeechBlock, SpeechRequest

LENGTH = struct.Struct("<I")


class Speak(msgspec.Struct, array_like=True, tag=0):
    """Speak `request` as job `job`.

    Its first block is due at `dry_at` (`time.monotonic()`, one clock for all processes of a
    machine). The first `known_blocks` blocks have been delivered by a worker that died: make them
    again, since the later ones build on them, but do not send them.
    """

    job: int
    request: SpeechRequest
    dry_at: float
    known_blocks: int


class Cancel(msgspec.Struct, array_like=True, tag=1):
    """Forget job `job`."""

    job: int


class Ready(msgspec.Struct, array_like=True, tag=0):
    """The worker has spoken its first sentence, at `pace` seconds of speech a second."""

    sample_rate: int
    pace: float


class Working(msgspec.Struct, array_like=True, tag=4):
    """The worker turns to the next block of a job; if it dies now, that job is the suspect."""

    job: int


class Block(msgspec.Struct, array_like=True, tag=1):
    """The next block of a job, made in `work_s` seconds of processor time."""

    job: int
    block: SpeechBlock
    work_s: float


class Done(msgspec.Struct, array_like=True, tag=2):
    """A job has no more blocks."""

    job: int


class Failed(msgspec.Struct, array_like=True, tag=3):
    """A job will have no more blocks; `not_speakable` says that its text is to blame."""

    job: int
    message: str
    not_speakable: bool


Command = Speak | Cancel
Event = Ready | Working | Block | Done | Failed

_encoder = msgspec.msgpack.Encoder()
command_decoder: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
event_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


def framed(message: Command | Event) -> bytes:
    """The message as it travels."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def take_frames(received: bytearray) -> list[bytes]:
    """Whole message bodies at the front of `received`, which keeps the rest."""
    bodies: list[bytes] = []
    position = 0
    while len(received) - position >= LENGTH.size:
        (length,) = LENGTH.unpack_from(received, position)
        end = position + LENGTH.size + length
        if end > len(received):
            break
        bodies.append(bytes(received[position + LENGTH.size : end]))
        position = end
    del received[:position]
    return bodies
