"""The server's side of the nursery: start it, ask it for workers, start it again if it died."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from pathlib import Path

from vivavoce.errors import EngineFailed
from vivavoce.runtime.nursery import FORK, PROCESS_ID

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A worker has one core; and a process with one thread can be forked."""


class NurseryDoor:
    """One nursery process at a time."""

    def __init__(self, loader: str, cache_dir: Path) -> None:
        self._arguments = (loader, str(cache_dir))
        self._process: asyncio.subprocess.Process | None = None
        self._socket: socket.socket | None = None
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Start the process; it loads while others work."""
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "vivavoce.runtime.nursery"),
                *(str(theirs.fileno()), *self._arguments),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | _ONE_THREAD,
            )

    async def close(self) -> None:
        """Hang up, and wait for the process to be gone. Its workers live until theirs hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()  # it has nothing to lose, and may still be loading
            await self._process.wait()
            self._process = None

    async def fork(self, connection: socket.socket) -> int:
        """A new worker at the other end of `connection`: its process id.

        Raises EngineFailed when the nursery cannot even be started.
        """
        async with self._one_at_a_time:
            reply = await self._ask(connection)
            if not reply:
                await self.close()
                await self.open()
                reply = await self._ask(connection)
            if not reply:
                raise EngineFailed(f"{self._arguments[0]} does not load; its log is above")
            process_id: int = PROCESS_ID.unpack(reply)[0]
            return process_id

    async def _ask(self, connection: socket.socket) -> bytes:
        if self._socket is None:
            return b""
        try:
            socket.send_fds(self._socket, [FORK], [connection.fileno()])
            return await asyncio.get_running_loop().sock_recv(self._socket, PROCESS_ID.size)
        except OSError:
            return b""
