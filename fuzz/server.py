"""`python -m fuzz.server DIRECTORY`: a server without a model, that tells what it has left over.

On standard output it says first on which port it listens. Each line on standard input is answered
with what there is beyond an idle server (see `Leftovers`); the end of the input stops the server.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path
from typing import TextIO

import msgspec

from fuzz.voice import AnyLetterVoice
from vivavoce.config import Settings
from vivavoce.logs import configure_logging
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.server.app import App
from vivavoce.server.run import DrainingServer, make_server

_ANSWERS_WITHIN_S = 10.0


class Leftovers(msgspec.Struct, frozen=True):
    """Sessions and answers under way, turns not given back, tasks that an idle server has not."""

    inside: int
    listeners: int
    tasks: int


class _Porter:
    """Answers the questions on standard input, from a thread of its own."""

    def __init__(self, server: DrainingServer, pool: InProcessPool) -> None:
        self._server = server
        self._pool = pool
        self._idle_tasks: int | None = None

    def serve(self, questions: TextIO, answers: TextIO) -> None:
        """Until there are no more questions."""
        try:
            for _ in questions:
                print(msgspec.json.encode(self._leftovers()).decode(), file=answers, flush=True)
        finally:
            self._server.should_exit = True

    def _leftovers(self) -> Leftovers:
        loop = self._server.loop
        app = self._server.config.app
        assert loop is not None
        assert isinstance(app, App)
        asked = asyncio.run_coroutine_threadsafe(_count_tasks(), loop)
        tasks = asked.result(_ANSWERS_WITHIN_S)
        if self._idle_tasks is None:
            self._idle_tasks = tasks
        return Leftovers(app.doors.inside, self._pool.listeners, tasks - self._idle_tasks)


async def _count_tasks() -> int:
    return len(asyncio.all_tasks()) - 1


def main() -> None:
    """Serves until standard input ends."""
    configure_logging("info", "json")
    pool = InProcessPool(AnyLetterVoice())
    settings = Settings(port=0, data_dir=Path(sys.argv[1]), cache_dir=Path(sys.argv[1]))
    server, listener = make_server(settings, lambda: pool)
    print(listener.getsockname()[1], flush=True)
    porter = threading.Thread(target=_Porter(server, pool).serve, args=(sys.stdin, sys.stdout))
    porter.start()
    server.run(sockets=[listener])
    porter.join()


if __name__ == "__main__":
    main()
