"""Speech in real time for programs with an event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

from vivavoce.clients import speech_options as defaults
from vivavoce.clients.async_context import AsyncSpeechContext
from vivavoce.clients.chunk_box import DEFAULT_BUFFER_BYTES, BoxRoom
from vivavoce.clients.connection import Connection
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.speech_chunk import SpeechChunk
from vivavoce.clients.speech_line import SpeechLine
from vivavoce.clients.speech_options import SpeechOptions
from vivavoce.clients.states import ConnectionState, StateChange
from vivavoce.clients.text_source import TextSource, spoken
from vivavoce.errors import VivavoceError

VoiceSettings = Mapping[str, float | bool]


class AsyncRealtimeTTS:
    """Speaks text while it is being written, over one connection that survives its network.

    async with AsyncRealtimeTTS(voice_id="Rachel") as tts:
        async for chunk in tts.stream(tokens_of_a_language_model()):
            await play(chunk.audio)

    Audio that nobody takes makes the server wait: `buffer_bytes` of a context, then nothing more is
    read, unless another context's listener has nothing. Belongs to the event loop of `connect`.
    """

    def __init__(
        self,
        api_key: str = "",
        voice_id: str = defaults.DEFAULT_VOICE,
        model_id: str = defaults.DEFAULT_MODEL,
        *,
        url: str | None = None,
        output_format: str = defaults.DEFAULT_FORMAT,
        voice_settings: VoiceSettings | None = None,
        chunk_length_schedule: Sequence[int] | None = None,
        language_code: str | None = None,
        seed: int | None = None,
        inactivity_timeout_s: int = defaults.INACTIVITY_TIMEOUT_S,
        buffer_bytes: int = DEFAULT_BUFFER_BYTES,
        on_state: Callable[[StateChange], None] | None = None,
        options: ConnectionOptions | None = None,
    ) -> None:
        """`url` is the server's address (default: `VIVAVOCE_URL`, else this machine, port 8000).

        `output_format` is one of the protocol's (`mp3_44100_128`, `pcm_24000`, …), `voice_settings`
        and the others are described at `SpeechOptions`. `on_state` hears of the connection's steps.
        Raises InvalidParameter for a `url` that is none.
        """
        self._speech = SpeechOptions(
            voice_id=voice_id,
            model_id=model_id,
            output_format=output_format,
            voice_settings=voice_settings,
            chunk_length_schedule=chunk_length_schedule,
            language_code=language_code,
            seed=seed,
            inactivity_timeout_s=inactivity_timeout_s,
        )
        self._url = self._speech.url(url)
        self._buffer_bytes = buffer_bytes
        self._on_state = on_state
        self._options = (options or ConnectionOptions()).with_key(api_key)
        self._line: SpeechLine | None = None
        self._contexts: deque[AsyncSpeechContext] = deque()

    @property
    def state(self) -> ConnectionState:
        """Where the connection stands."""
        return ConnectionState.IDLE if self._line is None else self._line.connection.state

    @property
    def round_trip_s(self) -> float | None:
        """The last round trip that was measured, in seconds."""
        return None if self._line is None else self._line.connection.round_trip_s

    @property
    def connection(self) -> Connection:
        """What all of it goes over. Raises ConnectionOver before `connect`."""
        return self._open_line().connection

    async def connect(self) -> None:
        """Connects, once. Raises CannotConnect, and ConnectionOver after `close`."""
        if self.state is ConnectionState.CLOSED:
            raise ConnectionOver("The connection is closed; make another one.")
        if self._line is not None:
            return
        line = SpeechLine(
            self._url,
            self._options,
            room=BoxRoom(self._buffer_bytes),
            inactivity_timeout_s=self._speech.inactivity_timeout_s,
        )
        if self._on_state is not None:
            line.connection.on_state(self._on_state)
        self._line = line
        try:
            await line.open()
        except BaseException:
            self._line = None
            await line.close()
            raise

    async def close(self) -> None:
        """Ends the connection and all that speaks over it; listeners get ConnectionOver."""
        if self._line is not None:
            await self._line.close()

    def context(self, *, voice_settings: VoiceSettings | None = None) -> AsyncSpeechContext:
        """A stream of speech of its own, besides the others. Raises ConnectionOver."""
        settings = self._speech.context_settings(voice_settings)
        return self._open_line().context(settings)

    async def stream(
        self, text: TextSource, *, voice_settings: VoiceSettings | None = None
    ) -> AsyncGenerator[SpeechChunk, None]:
        """The speech of one utterance, chunk by chunk; the last has `is_final` and no audio.

        `text` may be an iterable, or an async one, of pieces with the spaces between words in them:
        it is read while the audio comes. An iterable that is not async is read in a thread of its
        own and may block. To leave the loop early is to cancel the utterance. Raises SpeechFailed,
        ConnectionOver, and what `text` raises.
        """
        context = self.context(voice_settings=voice_settings)
        async with contextlib.aclosing(spoken(context, text)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def send_text(self, text: str, flush: bool = True) -> None:
        """More text for `get_audio`; without `flush` the server waits for a good place to begin.

        Raises ConnectionOver.
        """
        if not self._contexts or self._contexts[-1].has_ended:
            self._contexts.append(self.context())
        await self._contexts[-1].send_text(text, flush=flush)

    async def flush(self) -> None:
        """Has all that `send_text` was given spoken at once. Raises ConnectionOver."""
        if self._contexts and not self._contexts[-1].has_ended:
            await self._contexts[-1].flush()

    async def get_audio(self, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """The next piece of the audio of what `send_text` was given; never empty.

        Waits for it, `timeout` seconds at most (TimeoutError). Raises SpeechFailed if a text could
        not be spoken, and ConnectionOver or CannotConnect at the end of the connection.
        """
        async with asyncio.timeout(timeout):
            while True:
                chunk = await self._next_chunk()
                if chunk is not None and chunk.audio:
                    return chunk.audio

    async def cancel(self) -> None:
        """Ends everything that is being spoken; what comes next begins afresh."""
        self._contexts.clear()
        await self._open_line().cancel()

    async def _next_chunk(self) -> SpeechChunk | None:
        if not self._contexts:
            self._contexts.append(self.context())
        context = self._contexts[0]
        try:
            chunk = await context.next_chunk()
        except VivavoceError:
            self._drop(context)
            raise
        if chunk is None:
            self._drop(context)
        return chunk

    def _drop(self, context: AsyncSpeechContext) -> None:
        if context in self._contexts:
            self._contexts.remove(context)

    def _open_line(self) -> SpeechLine:
        if self._line is None:
            raise ConnectionOver("There is no connection; call connect() first.")
        return self._line

    async def __aenter__(self) -> AsyncRealtimeTTS:
        await self.connect()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()
