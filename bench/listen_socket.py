"""The client's side of a transcription socket, light enough for dozens in one process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

import msgspec
import orjson
import pybase64
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.caller import RefusedError
from bench.server import Server

CHUNK_S: Final = 0.02
"""What a client sends at a time."""

_LATE_S = 0.1
"""Who has sent nothing for so long has not been listening to a microphone meanwhile."""
_COMMITTED = "committed_transcript"
_COMMITTED_WITH_TIMES = "committed_transcript_with_timestamps"
_COMMIT = '{"message_type":"input_audio_chunk","audio_base_64":"","commit":true}'


class Word(msgspec.Struct, frozen=True):
    """A word or what stands between two, in seconds from the start of the session."""

    text: str
    start: float
    end: float
    type: str = "word"


class _ServerFrame(msgspec.Struct):
    message_type: str
    text: str = ""
    words: list[Word] | None = None
    error: str | None = None


_decoder = msgspec.json.Decoder(_ServerFrame)


class Transcript(NamedTuple):
    """What the server wrote, and the `time.perf_counter()` at which it came."""

    at: float
    text: str
    committed: bool
    words: tuple[Word, ...] = ()


class Chunk(NamedTuple):
    """A message with sound, and how long the sound is."""

    message: bytes
    seconds: float


def chunks(sound: bytes, audio_format: str = "pcm_16000", chunk_s: float = CHUNK_S) -> list[Chunk]:
    """The messages that carry `sound`; the last chunk is as short as it happens to be."""
    codec, _, rate = audio_format.partition("_")
    bytes_per_sample = 1 if codec == "ulaw" else 2
    bytes_per_s = int(rate) * bytes_per_sample
    size = round(int(rate) * chunk_s) * bytes_per_sample
    pieces = (sound[start : start + size] for start in range(0, len(sound), size))
    return [Chunk(_message(piece, int(rate)), len(piece) / bytes_per_s) for piece in pieces]


def _message(piece: bytes, rate: int) -> bytes:
    return orjson.dumps(
        {
            "message_type": "input_audio_chunk",
            "audio_base_64": pybase64.b64encode(piece).decode("ascii"),
            "commit": False,
            "sample_rate": rate,
        }
    )


_SILENCE = chunks(bytes(round(2 * 16_000 * CHUNK_S)))


class ScribeSocket:
    """One open connection; keeps what the server writes until it is taken."""

    def __init__(self, socket: ClientConnection, *, timed: bool) -> None:
        """`timed`: transcripts that are committed count with their words only."""
        self._socket = socket
        self._final = _COMMITTED_WITH_TIMES if timed else _COMMITTED
        self._heard: list[Transcript] = []
        self._moved = asyncio.Event()
        self._failure: Exception | None = None

    async def listen(self) -> None:
        """Until the socket closes or the server sends an error."""
        try:
            while self._failure is None:
                self._take_in(await self._socket.recv(decode=False))
        except (ConnectionClosed, msgspec.MsgspecError) as error:
            self._failure = error
        finally:
            self._moved.set()

    def _take_in(self, data: bytes) -> None:
        at = time.perf_counter()
        frame = _decoder.decode(data)
        if frame.error is not None:
            self._failure = RefusedError(f"{frame.message_type}: {frame.error}")
        elif frame.message_type in ("partial_transcript", self._final):
            committed = frame.message_type == self._final
            words = tuple(frame.words or ())
            self._heard.append(Transcript(at, frame.text, committed, words))
            self._moved.set()

    async def send(self, chunk: Chunk) -> None:
        """Sends sound. Raises RefusedError, ConnectionClosed, or MsgspecError for nonsense."""
        if self._failure is not None:
            raise self._failure
        await self._socket.send(chunk.message, text=True)

    async def commit(self) -> float:
        """Asks for what has been said; the `time.perf_counter()` just before.

        Raises ConnectionClosed.
        """
        at = time.perf_counter()
        await self._socket.send(_COMMIT)
        return at

    async def committed_since(self, at: float, within_s: float = 10.0) -> Transcript:
        """The first transcript committed at `at` or later.

        Raises as `send`, or TimeoutError after `within_s` seconds.
        """
        async with asyncio.timeout(within_s):
            while (found := self.committed(at)) is None:
                if self._failure is not None:
                    raise self._failure
                self._moved.clear()
                await self._moved.wait()
        return found

    def committed(self, at: float) -> Transcript | None:
        """The first transcript committed at `at` or later, if it has come."""
        return next((one for one in self._heard if one.committed and one.at >= at), None)

    def take(self) -> list[Transcript]:
        """All that has been written since the last time, in order."""
        heard, self._heard = self._heard, []
        return heard


class Microphone:
    """Sends sound in real time: a chunk goes off when its last sample has sounded.

    Silence is pcm_16000.
    """

    def __init__(self, scribe: ScribeSocket) -> None:
        self._scribe = scribe
        self._ends_at = 0.0
        self.sent_s = 0.0
        """How much sound the server has been sent."""

    async def play(self, sound: Sequence[Chunk]) -> float:
        """The `time.perf_counter()` at which the first sample of `sound` sounded.

        Sound follows without a gap on what was played before. Raises as `ScribeSocket.send`.
        """
        now = time.perf_counter()
        began = ends_at = now if now - self._ends_at > _LATE_S else self._ends_at
        for chunk in sound:
            ends_at += chunk.seconds
            await asyncio.sleep(ends_at - time.perf_counter())
            await self._scribe.send(chunk)
            self.sent_s += chunk.seconds
        self._ends_at = ends_at
        return began

    async def rest(self, seconds: float) -> None:
        """Sends silence for about so long, none if it is negative. Raises as `play`."""
        await self.play(_SILENCE * round(seconds / CHUNK_S))

    async def fall_silent(self, at: float, within_s: float = 10.0) -> Transcript:
        """The first transcript committed at `at` or later; until it comes, silence is sent on.

        Raises as `play`, or TimeoutError after `within_s` seconds.
        """
        async with asyncio.timeout(within_s):
            while (found := self._scribe.committed(at)) is None:
                await self.play(_SILENCE)
        return found


@contextlib.asynccontextmanager
async def dictating(server: Server, **query: str | float) -> AsyncIterator[ScribeSocket]:
    """A connection that listens; `query` is that of the protocol, `commit_strategy` and so on."""
    async with connect(
        server.transcription_url(**query), compression=None, max_size=None, ping_interval=None
    ) as socket:
        scribe = ScribeSocket(socket, timed=query.get("include_timestamps") == "true")
        listening = asyncio.create_task(scribe.listen())
        try:
            yield scribe
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
