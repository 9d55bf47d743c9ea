"""The same caller for tests without an event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from functools import partial
from types import TracebackType
from typing import Final, Self, TypeVar

from vivavoce.clients.loop_thread import LoopThread
from vivavoce.errors import VivavoceError
from vivavoce.testing.caller_voice import CALLERS_VOICE, CallerVoice
from vivavoce.testing.microphone import Said
from vivavoce.testing.options import CallOptions
from vivavoce.testing.server_process import ServerProcess
from vivavoce.testing.talker import Heard, Line, Talker, talking

_T = TypeVar("_T")
_USUAL: Final = CallOptions()


class BlockingCaller:
    """A `Talker` that blocks; the first word calls the server's own agent, `dial` any other.

    Raises what `Talker` raises. `close` ends the call and its thread.
    """

    def __init__(self, server: ServerProcess, voice: CallerVoice | None = None) -> None:
        self._server = server
        self._voice = voice or CallerVoice(server)
        self._thread = LoopThread("vivavoce-caller")
        self._talker: Talker | None = None
        self._leave: asyncio.Event | None = None
        self._holding: concurrent.futures.Future[None] | None = None

    def dial(self, agent_id: str = "", options: CallOptions = _USUAL) -> None:
        """Calls an agent, after the end of any call before. Raises CallOver, TimeoutError."""
        self.hang_up()
        self._thread.start()
        answered: concurrent.futures.Future[Talker] = concurrent.futures.Future()
        self._leave = asyncio.Event()
        self._holding = self._thread.submit(self._hold(agent_id, options, answered, self._leave))
        self._holding.add_done_callback(partial(_pass_failure, answered))
        try:
            self._talker = answered.result()
        except BaseException:
            self._holding.cancel()
            self._holding = None
            raise

    def say(self, text: str, *, voice: str = CALLERS_VOICE) -> Said:
        """See `Talker.say`."""
        return self._do(lambda talker: talker.say(text, voice=voice))

    def listen(self, *, within_s: float = 20.0) -> Heard:
        """See `Talker.listen`."""
        return self._do(lambda talker: talker.listen(within_s=within_s))

    def barge_in(self, text: str, *, at_s: float = 1.0, voice: str = CALLERS_VOICE) -> float:
        """See `Talker.barge_in`."""
        return self._do(lambda talker: talker.barge_in(text, at_s=at_s, voice=voice))

    def hang_up(self) -> None:
        """Ends the call, if there is one; transcript and latencies stay until the next."""
        holding, self._holding = self._holding, None
        if holding is not None and self._leave is not None:
            leave = self._leave
            self._thread.call(_set(leave))
            holding.result()

    @property
    def transcript(self) -> list[Line]:
        """See `Talker.transcript`."""
        return [] if self._talker is None else self._talker.transcript

    @property
    def latencies(self) -> list[float]:
        """See `Talker.latencies`."""
        return [] if self._talker is None else self._talker.latencies

    @property
    def talker(self) -> Talker:
        """What this blocks for. Raises RuntimeError before the first call."""
        if self._talker is None:
            raise RuntimeError("nobody has been called yet")
        return self._talker

    def close(self) -> None:
        """Ends the call and the thread. Idempotent."""
        try:
            self.hang_up()
        finally:
            self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _do(self, act: Callable[[Talker], Coroutine[object, object, _T]]) -> _T:
        if self._talker is None:
            self.dial()
        return self._thread.call(act(self.talker))

    async def _hold(
        self,
        agent_id: str,
        options: CallOptions,
        answered: concurrent.futures.Future[Talker],
        leave: asyncio.Event,
    ) -> None:
        async with talking(self._server, agent_id, voice=self._voice, options=options) as talker:
            answered.set_result(talker)
            await leave.wait()


def _pass_failure(
    answered: concurrent.futures.Future[Talker], holding: concurrent.futures.Future[None]
) -> None:
    """A call that ended before it began has a reason."""
    if not answered.done() and not holding.cancelled():
        answered.set_exception(holding.exception() or VivavoceError("the call never began"))


async def _set(event: asyncio.Event) -> None:
    event.set()
