"""What the server and all its workers say to each other: msgpack structs, each behind its length.

The stream is a Unix socket pair. A worker reads commands between two steps of its work and writes
events as it goes; order is kept in both directions. Here is what every worker says; the rest is in
`speech_messages` and `ears_messages`.
"""

from __future__ import annotations

import struct

import msgspec

LENGTH = struct.Struct("<I")


class Ready(msgspec.Struct, array_like=True, tag=0):
    """The worker has warmed up; it gets `pace` seconds of speech done a second."""

    pace: float


class Working(msgspec.Struct, array_like=True, tag=1):
    """The worker turns to a job; if it dies now, that job is the suspect."""

    job: int


class Failed(msgspec.Struct, array_like=True, tag=2):
    """The engine broke over a job, which will have no more answers."""

    job: int
    message: str


_encoder = msgspec.msgpack.Encoder()


def framed(message: msgspec.Struct) -> bytes:
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
