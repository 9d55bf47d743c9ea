"""The two sounds of a call, neither of which holds up the other, or the messages."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

from vivavoce.clients.background import Background
from vivavoce.clients.connection import Connection
from vivavoce.clients.events import ConversationStarted
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.held_sound import HELD_S, HeldSound
from vivavoce.clients.sound_sink import Playing, SoundSink
from vivavoce.clients.sound_source import SoundSource
from vivavoce.clients.states import ConnectionState, StateChange
from vivavoce.clients.wire_sound import WireSound
from vivavoce.errors import InvalidParameter

_FRAME_S: Final = 1.0
"""The most that is sent at once, after the connection has been away."""
_LAST_SPEECH_S: Final = 3.0
"""How long speech may go on that came before a server hung up."""
_POLL_S: Final = 0.02

_log: Final = logging.getLogger(__name__)


class CallSound:
    """Opens the devices when the formats are known; `source` and `sink` may be missing."""

    def __init__(self, source: SoundSource | None, sink: SoundSink | None) -> None:
        self.is_muted = False
        self._source = source
        self._sink = sink
        self._formats: tuple[WireSound, WireSound] | None = None
        self._playing: Playing | None = None
        self._held = HeldSound(0)
        self._moved = asyncio.Event()
        self._is_connected = False

    @property
    def lost_s(self) -> float:
        """How much of the caller's sound was never sent, the connection being away too long."""
        return self._held.lost_bytes / self._formats[0].bytes_per_s if self._formats else 0.0

    async def begin(
        self,
        started: ConversationStarted,
        connection: Connection,
        devices: AsyncExitStack,
        background: Background,
    ) -> None:
        """Opens what there is in `devices`, and sends in the background.

        A conversation that begins anew goes on with both. Raises VivavoceError where there is no
        device, and InvalidParameter for formats other than those before.
        """
        formats = (
            WireSound.named(started.user_input_audio_format, "user_input_audio_format"),
            WireSound.named(started.agent_output_audio_format, "agent_output_audio_format"),
        )
        if self._formats is not None:
            if formats != self._formats:
                raise InvalidParameter("The agent's audio formats have changed.", "audio_format")
            return
        self._formats = formats
        self._held = HeldSound(round(HELD_S * formats[0].bytes_per_s))
        self._is_connected = connection.state is ConnectionState.OPEN
        devices.callback(connection.on_state(self._state_changed))
        if self._sink is not None:
            self._playing = await devices.enter_async_context(
                self._sink.opened(formats[1].sample_rate)
            )
        if self._source is not None:
            blocks = await devices.enter_async_context(self._source.opened(formats[0].sample_rate))
            background.start(self._record(blocks, formats[0]))
            background.start(self._send(connection, round(_FRAME_S * formats[0].bytes_per_s)))

    def play(self, audio: bytes) -> None:
        """The agent's speech, as it came."""
        if self._playing is not None and self._formats is not None:
            self._playing.play(self._formats[1].decoded(audio))

    def fall_silent(self) -> None:
        """Drops the speech that waits."""
        if self._playing is not None:
            self._playing.drop()

    async def play_out(self) -> None:
        """Waits until all speech has been heard, for some seconds at most."""
        for _ in range(round(_LAST_SPEECH_S / _POLL_S)):
            if self._playing is None or not self._playing.is_waiting:
                return
            await asyncio.sleep(_POLL_S)

    def _state_changed(self, change: StateChange) -> None:
        self._is_connected = change.state is ConnectionState.OPEN
        self._moved.set()

    async def _record(self, blocks: AsyncIterator[bytes], form: WireSound) -> None:
        async for block in blocks:
            sound = bytes(len(block)) if self.is_muted else block
            had_lost = self._held.lost_bytes
            self._held.add(form.encoded(sound))
            if self._held.lost_bytes and not had_lost:
                _log.warning("away for more than %d s: the oldest sound is dropped", HELD_S)
            self._moved.set()

    async def _send(self, connection: Connection, most_bytes: int) -> None:
        with contextlib.suppress(ConnectionOver):
            while True:
                while not (self._is_connected and len(self._held)):
                    self._moved.clear()
                    await self._moved.wait()
                sound = base64.b64encode(self._held.take(most_bytes)).decode()
                await connection.send({"user_audio_chunk": sound})
