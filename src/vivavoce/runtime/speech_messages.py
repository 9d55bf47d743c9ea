"""What the server and the workers that speak say to each other, besides `messages`."""

from __future__ import annotations

import msgspec

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.runtime.messages import Failed, Ready, Working


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


class VoiceReady(Ready, array_like=True, tag=0):
    """The first sentence has been spoken."""

    sample_rate: int


class Block(msgspec.Struct, array_like=True, tag=3):
    """The next block of a job, made in `work_s` seconds of processor time."""

    job: int
    block: SpeechBlock
    work_s: float


class Done(msgspec.Struct, array_like=True, tag=4):
    """A job has no more blocks."""

    job: int


class NotSpeakable(msgspec.Struct, array_like=True, tag=5):
    """A job will have no more blocks, and its text is to blame."""

    job: int
    message: str


Command = Speak | Cancel
Event = VoiceReady | Working | Failed | Block | Done | NotSpeakable

command_decoder: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
event_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
