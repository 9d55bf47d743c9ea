"""The English voices and those for all other languages, as one pool."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from types import TracebackType

import structlog

from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import ESPEAK
from vivavoce.engines.voices.espeak_languages import INSTALL, is_installed
from vivavoce.errors import LanguageMissing, VivavoceError
from vivavoce.runtime.base import SpeechPool, Spoken
from vivavoce.runtime.pool import WorkerPool
from vivavoce.runtime.spoken import PendingSpeech

ESPEAK_LOADER = "vivavoce.engines.voices.espeak:load"

_log = structlog.get_logger(__name__)

Startable = AbstractAsyncContextManager[SpeechPool]


def languages_pool(cache_dir: Path) -> WorkerPool:
    """The one process that speaks them, 300 times as fast as it is heard."""
    return WorkerPool(workers=1, cache_dir=cache_dir, loader=ESPEAK_LOADER)


def all_voices(*, workers: int, cache_dir: Path, share: float) -> PolyglotPool:
    """Everything that can be spoken here, English on `workers` processes."""
    english = WorkerPool(workers=workers, cache_dir=cache_dir, share=share)
    return PolyglotPool(english, languages_pool(cache_dir) if is_installed() else None)


class PolyglotPool:
    """`SpeechPool` over two: `async with PolyglotPool(…) as pool`.

    Entering starts both at once. Listeners are counted by the first, which is what they wait for.
    A second one that does not start is logged, and its languages are missing.
    """

    def __init__(self, english: Startable, others: Startable | None) -> None:
        """`others` speaks for the fallback voices, `english` for all else."""
        self.sample_rate = 0
        self._starting = (english, others)
        self._english: SpeechPool
        self._others: SpeechPool | None = None
        self._settled = asyncio.Event()
        self._leaving = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> PolyglotPool:
        english, others = self._starting
        async with AsyncExitStack() as stack:
            if others is not None:
                tasks = asyncio.TaskGroup()
                await tasks.__aenter__()
                stack.push_async_callback(tasks.__aexit__, None, None, None)
                stack.callback(self._leave, tasks.create_task(self._keep(others)))
            self._english = await stack.enter_async_context(english)
            if others is not None:
                await self._settled.wait()
            self._stack = stack.pop_all()
        self.sample_rate = self._english.sample_rate
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def submit(self, request: SpeechRequest, *, dry_at: float, keep: bool = True) -> Spoken:
        """See `SpeechPool.submit`; a language that cannot be spoken here raises LanguageMissing."""
        if request.voice.engine != ESPEAK:
            return self._english.submit(request, dry_at=dry_at, keep=keep)
        if self._others is not None:
            return self._others.submit(request, dry_at=dry_at, keep=keep)
        unspoken = PendingSpeech(request, dry_at, lambda _: None)
        unspoken.end(self._missing(request.voice.language))
        return unspoken

    def enter_turn(self) -> None:
        """See `SpeechPool.enter_turn`."""
        self._english.enter_turn()

    def leave_turn(self) -> None:
        """See `SpeechPool.leave_turn`."""
        self._english.leave_turn()

    async def _keep(self, others: Startable) -> None:
        """A pool is left by the task that entered it: enters the second, and leaves it in time."""
        try:
            async with others as pool:
                self._others = pool
                self._settled.set()
                await self._leaving.wait()
        except (VivavoceError, OSError) as error:
            if self._settled.is_set():
                raise
            _log.error("other languages than English cannot be spoken", reason=str(error))
        finally:
            self._others = None
            self._settled.set()

    def _leave(self, keeper: asyncio.Task[None]) -> None:
        self._leaving.set()
        if not self._settled.is_set():
            keeper.cancel()

    def _missing(self, language: str) -> LanguageMissing:
        if self._starting[1] is None:
            return LanguageMissing(f"The language {language!r} is not installed here: {INSTALL}.")
        return LanguageMissing(f"The voice for {language!r} does not start; the log says why.")
