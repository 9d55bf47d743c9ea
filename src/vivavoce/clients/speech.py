"""Speech in real time for programs without an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from vivavoce.clients import speech_options as defaults
from vivavoce.clients.async_context import AsyncSpeechContext
from vivavoce.clients.async_speech import AsyncRealtimeTTS, VoiceSettings
from vivavoce.clients.chunk_box import DEFAULT_BUFFER_BYTES
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.speech_context import SpeechContext, SpeechStream
from vivavoce.clients.states import ConnectionState, StateChange
from vivavoce.clients.text_source import TextSource


class RealtimeTTS:
    """Speaks text while it is being written, over one connection that survives its network.

    tts = RealtimeTTS("your_api_key", "JBFqnCBsd6RMkjVDRZzb")
    tts.connect()
    tts.send_text("Hello, this is a real-time test.")
    audio = tts.get_audio()

    Or, one utterance after the other (`async for` does the same in an event loop):

    with RealtimeTTS() as tts:
        for chunk in tts.stream(tokens_of_a_language_model()):
            play(chunk.audio)

    The connection lives in a thread of its own until `close`; any thread may use it. Audio that
    nobody takes makes the server wait, as it does with AsyncRealtimeTTS.
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
        """All as with AsyncRealtimeTTS; `on_state` is called in the connection's own thread."""
        self._loop = LoopThread("vivavoce-speech")
        self._speech = AsyncRealtimeTTS(
            api_key,
            voice_id,
            model_id,
            url=url,
            output_format=output_format,
            voice_settings=voice_settings,
            chunk_length_schedule=chunk_length_schedule,
            language_code=language_code,
            seed=seed,
            inactivity_timeout_s=inactivity_timeout_s,
            buffer_bytes=buffer_bytes,
            on_state=on_state,
            options=options,
        )
        self._is_closed = False
        self._connecting = threading.Lock()

    @property
    def state(self) -> ConnectionState:
        """Where the connection stands."""
        if self._is_closed:
            return ConnectionState.CLOSED
        return self._speech.state

    @property
    def round_trip_s(self) -> float | None:
        """The last round trip that was measured, in seconds."""
        return self._speech.round_trip_s

    def connect(self) -> None:
        """Connects, once. Raises CannotConnect, and ConnectionOver after `close`."""
        with self._connecting:
            if self._is_closed:
                raise ConnectionOver("It is closed; make another one.")
            self._loop.start()
            try:
                self._loop.call(self._speech.connect())
            except BaseException:
                self._loop.stop()
                raise

    def send_text(self, text: str, flush: bool = True) -> None:
        """More text for `get_audio`; without `flush` the server waits for a good place to begin.

        Raises ConnectionOver.
        """
        self._loop.call(self._speech.send_text(text, flush))

    def flush(self) -> None:
        """Has all that `send_text` was given spoken at once. Raises ConnectionOver."""
        self._loop.call(self._speech.flush())

    def get_audio(self, timeout: float | None = None) -> bytes:
        """The next piece of the audio of what `send_text` was given; never empty.

        Blocks until it is there, `timeout` seconds at most (TimeoutError). Raises SpeechFailed if a
        text could not be spoken, and ConnectionOver or CannotConnect at the end of the connection.
        """
        return self._loop.call(self._speech.get_audio(timeout))

    def cancel(self) -> None:
        """Ends everything that is being spoken; what comes next begins afresh."""
        self._loop.call(self._speech.cancel())

    def context(self, *, voice_settings: VoiceSettings | None = None) -> SpeechContext:
        """A stream of speech of its own, besides the others. Raises ConnectionOver."""
        return SpeechContext(self._loop.call(self._context(voice_settings)), self._loop)

    def stream(
        self, text: TextSource, *, voice_settings: VoiceSettings | None = None
    ) -> SpeechStream:
        """The speech of one utterance: chunks for `for` or `async for`; the last `is_final`.

        `text` may be an iterable, or an async one, of pieces with the spaces between words in them:
        it is read while the audio comes. An iterable that is not async is read in a thread of its
        own and may block; an async one is read by `async for` in the caller's event loop, by `for`
        in the connection's. To leave the loop early is to cancel the utterance. Raises
        SpeechFailed, ConnectionOver, and what `text` raises.
        """
        return SpeechStream(
            self._loop, lambda: self._speech.context(voice_settings=voice_settings), text
        )

    def close(self) -> None:
        """Ends the connection, all that speaks over it, and its thread. Idempotent."""
        self._is_closed = True
        self._loop.end(self._speech.close)

    async def _context(self, voice_settings: VoiceSettings | None) -> AsyncSpeechContext:
        return self._speech.context(voice_settings=voice_settings)

    def __enter__(self) -> RealtimeTTS:
        self.connect()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
