"""A caller who is not there: a client of `/v1/convai/conversation` that behaves like a person."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import connect

from vivavoce.testing.events import CallStarted, Event, Ping, Received
from vivavoce.testing.line import CallLine, CallOver
from vivavoce.testing.microphone import MICROPHONE_RATE, Microphone, Said
from vivavoce.testing.options import CallOptions
from vivavoce.testing.recording import Recording
from vivavoce.testing.waveform import Stretch

_E = TypeVar("_E", bound=Event)

_LARGEST_FRAME: Final = 16 * 2**20
"""As the Python and the Node SDK have it."""
_USUAL: Final = CallOptions()


class SimulatedCaller:
    """One call; `calling` makes one. All times are seconds of `time.monotonic()`.

    `recording` has all that came and was played; `late_s` by how much each frame of the microphone
    went off late, which is the load generator's fault.
    """

    def __init__(self, line: CallLine, options: CallOptions) -> None:
        frame = round(options.frame_s * MICROPHONE_RATE)
        self.options = options
        self.recording = Recording()
        self.late_s: list[float] = []
        self._line = line
        self._frame = frame
        self._microphone = Microphone(time.monotonic(), frame, options.noise_dbfs, options.seed)
        self._pongs = asyncio.Queue[int]()
        self._moved = asyncio.Event()
        self._over = False

    @property
    def is_over(self) -> bool:
        """Whether the socket is closed."""
        return self._over

    @property
    def close_code(self) -> int | None:
        """The close frame's; 1006 without one, None while the call lasts."""
        return self._line.close_code

    def say(self, sound: bytes | NDArray[np.float32]) -> Said:
        """Begins to say it with the next frame: 16-bit PCM, or float32 in -1 to 1, at 16 kHz.

        Raises ValueError when nothing of it is audible, or there is no microphone.
        """
        if self.options.text_only:
            raise ValueError("a caller of text only has no microphone")
        return self._microphone.say(sound)

    async def say_out(self, sound: bytes | NDArray[np.float32]) -> Said:
        """The same, and returns after its last audible sample. Raises as `say`, or CallOver."""
        said = self.say(sound)
        await self.until(said.last_audible_at)
        return said

    async def write(self, text: str) -> float:
        """Sends a turn of text; when. Raises CallOver."""
        at = time.monotonic()
        await self.send({"type": "user_message", "text": text})
        return at

    async def send(self, message: Mapping[str, object]) -> None:
        """Sends any message. Raises CallOver."""
        await self._line.send(message)

    async def hang_up(self) -> None:
        """Ends the call, and waits until it has ended."""
        await self._line.close()

    async def until(self, at: float) -> None:
        """Waits for a moment. Raises CallOver if the call ends before."""
        while (left := at - time.monotonic()) > 0:
            await self._next_change(left)

    async def wait_for(
        self, kind: type[_E], *, since: float = 0.0, within_s: float = 20.0
    ) -> tuple[float, _E]:
        """The first event of a kind that came at `since` or later, and when.

        Raises TimeoutError, or CallOver.
        """
        events, seen = self.recording.events, 0
        async with asyncio.timeout(within_s):
            while True:
                for at, event in events[seen:]:
                    if at >= since and isinstance(event, kind):
                        return at, event
                seen = len(events)
                await self._next_change()

    async def wait_until_agent_speaks(
        self, *, since: float | None = None, within_s: float = 20.0
    ) -> Stretch:
        """Until the agent is audible, from now on or from `since` on.

        Gives its first audible stretch, as much of it as is known. Raises TimeoutError, or
        CallOver.
        """
        since = time.monotonic() if since is None else since
        async with asyncio.timeout(within_s):
            while True:
                coming = self.recording.agent_stretches(since)
                if coming and coming[0].start <= time.monotonic():
                    return coming[0]
                await self._next_change(coming[0].start - time.monotonic() if coming else None)

    async def wait_until_agent_is_done(
        self, *, quiet_s: float = 1.0, within_s: float = 60.0
    ) -> float:
        """Until nothing has been audible for `quiet_s`, of which none lies before now.

        Gives when the agent was last audible, 0 if never. Raises TimeoutError, or CallOver.
        """
        began = time.monotonic()
        async with asyncio.timeout(within_s):
            while True:
                stretches = self.recording.agent_stretches()
                end = stretches[-1].end if stretches else 0.0
                left = max(end, began) + quiet_s - time.monotonic()
                if left <= 0:
                    return end
                await self._next_change(left)

    async def hold_call(self) -> None:
        """Streams the microphone, listens and answers pings until the call is over.

        Raises ExceptionGroup of ValueErrors for frames that would break an SDK.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._answer_pings())
            if not self.options.text_only:
                tasks.create_task(self._stream())

    async def _stream(self) -> None:
        microphone, echo = self._microphone, self.options.echo
        with contextlib.suppress(CallOver):
            while not self._over:
                due_at = microphone.due_at
                await asyncio.sleep(due_at - time.monotonic())
                began_at = microphone.frame_began_at
                own = None if echo is None else self.recording.echo(echo, began_at, self._frame)
                frame = microphone.next_frame(own)
                self.late_s.append(await self._line.send_sound(frame.tobytes(), due_at))

    async def _answer_pings(self) -> None:
        with contextlib.suppress(CallOver):
            while (event_id := await self._pongs.get()) >= 0:
                await self.send({"type": "pong", "event_id": event_id})

    async def _listen(self) -> None:
        try:
            await self._line.listen(self._take)
        finally:
            self._over = True
            self._pongs.put_nowait(-1)
            self._announce()

    def _take(self, received: Received) -> None:
        self.recording.take(received)
        if isinstance(received.event, Ping):
            self._pongs.put_nowait(received.event.event_id)
        self._announce()

    async def _next_change(self, within_s: float | None = None) -> None:
        """An event, or the end of the wait. Raises CallOver."""
        if self._over:
            raise CallOver(self._line.farewell)
        moved = self._moved
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await moved.wait()

    def _announce(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


@contextlib.asynccontextmanager
async def calling(url: str, options: CallOptions = _USUAL) -> AsyncIterator[SimulatedCaller]:
    """A call that has started, until the end of the block; `url` with `agent_id` if there is one.

    Raises CallOver if the server ends it before it starts, TimeoutError if it never does, and as
    `SimulatedCaller.hold_call`; websockets' own exceptions if it cannot be reached.
    """
    async with connect(
        url,
        additional_headers=options.headers,
        compression=None,
        max_size=_LARGEST_FRAME,
        ping_interval=None,
    ) as socket:
        caller = SimulatedCaller(CallLine(socket, options.jitter_s, options.seed), options)
        await caller.send(options.initiation())
        failure: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(caller.hold_call())
            try:
                await caller.wait_for(CallStarted)
                yield caller
            except Exception as error:  # raised below as what it is, not as one of a group
                failure = error
            await caller.hang_up()
            call.cancel()
        if failure is not None:
            raise failure
