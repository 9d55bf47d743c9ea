"""A pool that remembers on disk what it has spoken: a greeting costs nothing the second time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import TypeVar, TypeVarTuple

import msgspec
import structlog

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.runtime.base import SpeechPool, Spoken
from vivavoce.runtime.cache_files import UtteranceFiles
from vivavoce.runtime.cache_key import utterance_keys, voice_identity
from vivavoce.runtime.cached_speech import CacheCounts, CachedSpeech, Look

_MOST_UNWRITTEN = 64
"""About 15 MB of speech, and a tenth of a second of writing."""
_MOST_LOOKS = 256
"""A tenth of a second's; behind more of them the disk hangs, and it is quicker to speak."""
_THREADS = 4
"""One of them writes, so that a look never waits for a write."""

GivenT = TypeVarTuple("GivenT")
DoneT = TypeVar("DoneT")

_log = structlog.get_logger(__name__)


class CachingPool:
    """`SpeechPool` around another, which it enters and leaves: `async with CachingPool(…) as pool`.

    Turns are the other pool's: nobody knows when a turn begins whether all of it is on disk.
    """

    def __init__(
        self,
        pool: AbstractAsyncContextManager[SpeechPool],
        directory: Path,
        limit_bytes: int,
        *,
        identity: Callable[[], str] = voice_identity,
    ) -> None:
        """At most `limit_bytes` are in `directory`; what another `identity` spoke is not found."""
        self.sample_rate = 0
        self.counts = CacheCounts()
        self._entering = pool
        self._pool: SpeechPool
        self._identity = identity
        self._key: Callable[[SpeechRequest], str]
        self._files = UtteranceFiles(directory, limit_bytes)
        self._threads = ThreadPoolExecutor(_THREADS, "speech-cache")
        self._looks = 0
        self._unwritten: deque[tuple[str, list[SpeechBlock]]] = deque()
        self._awaited = asyncio.Event()
        self._closing = False
        self._exit = contextlib.AsyncExitStack()

    async def __aenter__(self) -> CachingPool:
        async with contextlib.AsyncExitStack() as stack:
            self._pool = await stack.enter_async_context(self._entering)
            self.sample_rate = self._pool.sample_rate
            stack.push_async_callback(self._end_threads)
            identity = await self._in_thread(self._identity)
            self._key = utterance_keys(identity, self.sample_rate)
            tasks = await asyncio.TaskGroup().__aenter__()
            # Never told of an error: what has been spoken is written all the same.
            stack.push_async_callback(tasks.__aexit__, None, None, None)
            stack.callback(self._close)
            tasks.create_task(self._write())
            self._exit = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Writes what is left, and leaves the other pool."""
        await self._exit.__aexit__(kind, error, trace)

    def submit(self, request: SpeechRequest, *, dry_at: float, keep: bool = True) -> Spoken:
        """See `SpeechPool.submit`."""
        if not keep or self._closing:
            return self._pool.submit(request, dry_at=dry_at, keep=keep)
        key = self._key(request)
        return CachedSpeech(
            self._look(key),
            speak=lambda: self._pool.submit(request, dry_at=dry_at),
            keep=lambda blocks: self._keep(key, blocks),
            counts=self.counts,
        )

    def enter_turn(self) -> None:
        """See `SpeechPool.enter_turn`."""
        self._pool.enter_turn()

    def leave_turn(self) -> None:
        """See `SpeechPool.leave_turn`."""
        self._pool.leave_turn()

    def _look(self, key: str) -> Look:
        if self._looks >= _MOST_LOOKS:
            nothing: Look = asyncio.get_running_loop().create_future()
            nothing.set_result(None)
            return nothing
        self._looks += 1
        look = self._in_thread(self._files.read, key)
        look.add_done_callback(self._looked)
        return look

    def _looked(self, _look: Look) -> None:
        self._looks -= 1

    def _keep(self, key: str, blocks: list[SpeechBlock]) -> None:
        if self._closing or len(self._unwritten) >= _MOST_UNWRITTEN:
            self.counts.not_kept += 1
            return
        self._unwritten.append((key, blocks))
        self._awaited.set()

    async def _write(self) -> None:
        """Writes behind the speech until the pool closes, and then what is left."""
        await self._in_thread(self._files.open)
        while self._unwritten or not self._closing:
            if not self._unwritten:
                self._awaited.clear()
                await self._awaited.wait()
                continue
            if await self._in_thread(self._files.keep, *self._unwritten.popleft()):
                self.counts.kept += 1
            else:
                self.counts.not_kept += 1

    def _in_thread(
        self, work: Callable[[*GivenT], DoneT], *given: *GivenT
    ) -> asyncio.Future[DoneT]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    def _close(self) -> None:
        self._closing = True
        self._awaited.set()

    async def _end_threads(self) -> None:
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self._files.close()
        _log.info("speech cache closed", **msgspec.structs.asdict(self.counts))
