"""Start a server fast: its voice loads in processes of their own while its code is imported."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from vivavoce.commands.address import Address
from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.local_engines import available_cores, prepare_cache
from vivavoce.config import Settings
from vivavoce.logs import configure_logging
from vivavoce.runtime.base import EarsPool, SpeechPool
from vivavoce.runtime.ears import EarsWorkerPool
from vivavoce.runtime.polyglot import all_voices
from vivavoce.store.presence import has_stored_keys

if TYPE_CHECKING:
    from vivavoce.server.run import DrainingServer

PoolT = TypeVar("PoolT")

_STARTED_POLL_S = 0.01

_log = structlog.get_logger(__name__)


def run_server(settings: Settings) -> None:
    """Serves until a signal ends it. Raises VivavoceError or CommandFailed, or a group of them."""
    began = time.monotonic()
    configure_logging(settings.log_level, settings.log_format)
    prepare_cache(settings)
    # Ctrl-C is how a server is stopped, and all has been closed by now.
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_fast_loop()) as loop:
        loop.run(_serve(settings, began))


class EarlyPool(Generic[PoolT]):
    """A pool that starts before there is a server to own it.

    A pool is left by the task that entered it, so one task keeps it: `keep`.
    """

    def __init__(self, pool: AbstractAsyncContextManager[PoolT]) -> None:
        self._pool = pool
        self._entered: asyncio.Future[PoolT] = asyncio.get_running_loop().create_future()
        self._leave = asyncio.Event()
        self._left = asyncio.Event()

    async def keep(self) -> None:
        """Enters the pool, and leaves it when its owner has. Raises what entering raises."""
        try:
            async with self._pool as pool:
                self._entered.set_result(pool)
                await self._leave.wait()
        finally:
            self._left.set()

    async def ready(self) -> None:
        """Waits until the pool has been entered."""
        await asyncio.shield(self._entered)

    @contextlib.asynccontextmanager
    async def owned(self) -> AsyncIterator[PoolT]:
        """The pool, which must be `ready`; on the way out, waits until it is closed."""
        try:
            yield self._entered.result()
        finally:
            self._leave.set()
            await self._left.wait()


async def _serve(settings: Settings, began: float) -> None:
    workers = settings.workers or available_cores()
    voices = all_voices(
        workers=workers, cache_dir=settings.cache_dir, share=settings.admission_share
    )
    pool = EarlyPool(_remembering(voices, settings))
    ears: EarlyPool[EarsPool] = EarlyPool(
        EarsWorkerPool(
            workers=workers, cache_dir=settings.cache_dir, share=settings.admission_share
        )
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pool.keep())
        tasks.create_task(ears.keep())
        server, listener = await asyncio.to_thread(_make_server, settings, pool, ears)
        await pool.ready()  # or the tasks end here, before uvicorn has any of its own
        await ears.ready()
        address = Address.of(settings, listener.getsockname()[1])
        greeting = tasks.create_task(_greet(server, address, settings, began))
        try:
            await server.serve(sockets=[listener])
        except OSError as error:
            raise _cannot_listen(settings, error) from error
        finally:
            listener.close()
            greeting.cancel()


def _remembering(
    pool: AbstractAsyncContextManager[SpeechPool], settings: Settings
) -> AbstractAsyncContextManager[SpeechPool]:
    """`pool` behind the cache of spoken utterances, if there is to be one."""
    if not settings.speech_cache_bytes:
        return pool
    from vivavoce.runtime.cache import CachingPool  # numpy, 0.1 s that most starts can do without

    return CachingPool(pool, settings.cache_dir / "speech", settings.speech_cache_bytes)


def _make_server(
    settings: Settings, pool: EarlyPool[SpeechPool], ears: EarlyPool[EarsPool]
) -> tuple[DrainingServer, socket.socket]:
    # 0.3 s, which the voice needs as well
    from vivavoce.engines.ears.silero import Silero
    from vivavoce.runtime.minds import EmbeddedMind
    from vivavoce.server.app import Engines
    from vivavoce.server.run import make_server

    try:
        engines = Engines(pool.owned, ears.owned, Silero, lambda: EmbeddedMind(settings.mind_file))
        return make_server(settings, engines)
    except OSError as error:
        raise _cannot_listen(settings, error) from error


def _cannot_listen(settings: Settings, error: OSError) -> CommandFailed:
    where = f"port {settings.port} on {settings.host}"
    if error.errno == errno.EADDRINUSE:
        said = f"{where} is taken; choose another with --port, or 0 for any that is free"
    elif error.errno == errno.EACCES:
        said = f"{where} is not for this user; choose one above 1023 with --port"
    else:
        said = f"cannot listen at {where}: {error.strerror or error}"
    return CommandFailed(said, exit_code=MISUSED)


async def _greet(
    server: DrainingServer, address: Address, settings: Settings, began: float
) -> None:
    """Says where the server is and what to try, once it is there."""
    while not server.started:  # noqa: ASYNC110 (uvicorn says so by this attribute only)
        await asyncio.sleep(_STARTED_POLL_S)
    took_s = time.monotonic() - began
    _log.info("listening", address=address.http, seconds=round(took_s, 2))
    await asyncio.to_thread(_print_greeting, address, settings, took_s)
    # What is here by now stays: to go through it in every full collection takes 60 ms.
    gc.freeze()
    gc.collect()  # else the next one waits until there is garbage to match what is frozen


def _print_greeting(address: Address, settings: Settings, took_s: float) -> None:
    from rich.console import Console

    from vivavoce.commands.next_steps import next_steps, own_name, print_next_steps
    from vivavoce.server.tls import local_certificate

    certificate = None
    if settings.tls:
        certificate = local_certificate(
            settings.tls_dir, settings.host, now=datetime.now(UTC), environ=os.environ
        )
    console = Console(highlight=False)
    with console.capture() as printed:
        print_next_steps(
            console,
            f"vivavoce speaks at {address.http} (ready in {took_s:.1f} s, Ctrl-C stops it)",
            next_steps(
                address,
                asks_for_key=bool(settings.api_keys) or has_stored_keys(settings),
                trust_line=None if certificate is None else certificate.trust_line,
                authority=None if certificate is None else certificate.authority,
                program=own_name(),
            ),
        )
    with contextlib.suppress(BrokenPipeError):  # a server outlives who read its first lines
        sys.stdout.write(printed.get())
        sys.stdout.flush()


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
