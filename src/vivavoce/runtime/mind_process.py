"""Start the process that thinks, and hold the line to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from vivavoce.runtime.line import WorkerLine
from vivavoce.runtime.mind_jobs import Job
from vivavoce.runtime.mind_messages import event_decoder

_log = structlog.get_logger(__name__)

_HUNG_AFTER_S = 20.0
"""It says something for every token, and for every 64 that it reads."""

_SLEEP_WHILE_WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Otherwise the model's threads wait for each other in a busy loop, hundreds of times a token. When
others use the cores, too, that means 2 tokens a second instead of 40."""

Line = WorkerLine[Job]


class MindProcess:
    """One process, from its start to its end."""

    def __init__(self, process: asyncio.subprocess.Process, line: Line) -> None:
        self.line = line
        self._process = process

    @classmethod
    async def start(
        cls,
        loader: str,
        model_file: Path,
        slots: int,
        on_event: Callable[[Line, msgspec.Struct], None],
    ) -> MindProcess:
        """It loads while others work. Raises OSError."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "vivavoce.runtime.mind_worker"),
                    *(str(theirs.fileno()), loader, str(model_file), str(slots)),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=os.environ | _SLEEP_WHILE_WAITING,
                )
            _, line = await asyncio.get_running_loop().create_unix_connection(
                lambda: WorkerLine(process.pid, event_decoder.decode, on_event), sock=ours
            )
        except BaseException:
            ours.close()  # and with that, the process ends
            raise
        return cls(process, line)

    async def watch(self) -> None:
        """Until it is gone; one that hangs is killed."""
        while not self.line.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.line.closed.wait(), _HUNG_AFTER_S / 4)
            if self.line.jobs and time.monotonic() - self.line.heard_at > _HUNG_AFTER_S:
                _log.error("mind hangs", process=self.line.process_id)
                self.kill()
        await self._process.wait()

    async def close(self) -> None:
        """End it."""
        self.line.hang_up()
        self.kill()  # it has nothing to lose, and may still be loading
        await self._process.wait()

    def kill(self) -> None:
        """Without more ado."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
