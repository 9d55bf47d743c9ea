"""The process that workers are forked from.

`python -m vivavoce.runtime.nursery FD LOADER CACHE_DIR` loads what every worker needs once
(dictionaries: 0.5 s and 100 MB) and stays single-threaded, so that a fork is safe and a worker that
died is replaced in a quarter of a second. Over socket FD it gets one end of a socket pair for each
worker wanted, and answers with the worker's process id. LOADER is `module:function`; the function
takes the cache directory and returns `VoiceParts` or `EarsParts`, which say what workers do.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import struct
import sys
import traceback
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from vivavoce.engines.base import ActivityDetector, Ears, VoiceEngine
from vivavoce.runtime.ears_messages import Command
from vivavoce.runtime.ears_work import EarsWork
from vivavoce.runtime.speech_work import SpeechJob, SpeechWork
from vivavoce.runtime.worker import Worker

PROCESS_ID = struct.Struct("<q")
FORK = b"f"
_NICENESS = 10
"""The event loop must always win: its lag then stays at 1 to 2 ms while all cores speak."""


@runtime_checkable
class VoiceParts(Protocol):
    """What is loaded before the fork by workers that speak."""

    def engine(self) -> VoiceEngine:
        """The engine, after it."""


@runtime_checkable
class EarsParts(Protocol):
    """What is loaded before the fork by workers that hear."""

    def ears(self) -> Ears:
        """The ears, after it."""

    def detector(self) -> ActivityDetector:
        """The detector of voice activity, after it."""


Parts = VoiceParts | EarsParts


def main() -> None:
    """Serve until the server hangs up."""
    descriptor, loader, cache_dir = sys.argv[1:]
    # Signals to the whole process group are the server's to handle: it drains first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps workers
    server = socket.socket(fileno=int(descriptor))
    module, function = loader.split(":")
    parts = cast(Parts, getattr(importlib.import_module(module), function)(Path(cache_dir)))
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(server, len(FORK), 1)
        if not request:
            return
        child = os.fork()
        if child == 0:
            server.close()
            _be_worker(parts, socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])
        try:
            server.sendall(PROCESS_ID.pack(child))
        except (BrokenPipeError, ConnectionResetError):
            return  # the server is gone


def _be_worker(parts: Parts, connection: socket.socket) -> None:
    status = 0
    try:
        os.nice(_NICENESS)
        _worker(parts, connection).run()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server is gone, and so are we
    except BaseException:
        traceback.print_exc()
        status = 1
    os._exit(status)


def _worker(parts: Parts, connection: socket.socket) -> Worker[SpeechJob] | Worker[Command]:
    if isinstance(parts, EarsParts):
        return Worker(EarsWork(parts.ears(), parts.detector()), connection)
    return Worker(SpeechWork(parts.engine()), connection)


if __name__ == "__main__":
    main()
