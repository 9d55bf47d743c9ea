"""How long a server takes to be of use."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench.figures import Bar, Effort, Figure, Report, shown
from bench.server import empty_cache, running_server

_RAW = "from hibari import Hibari; Hibari()('Ready.')"


def measure(effort: Effort) -> Report:
    """From the start of the process to the first 200 of `/healthz`."""
    times = effort.choose(7, 2)
    with running_server():
        pass  # fills the cache
    warm = []
    for _ in range(times):
        with running_server() as server:
            warm.append(server.started_s)
    cold = []
    for _ in range(effort.choose(3, 1)):
        with empty_cache() as directory, running_server(cache_dir=directory) as server:
            cold.append(server.started_s)
    raw = [_raw_s() for _ in range(times)]
    figure = Figure(
        "start to the first 200 of /healthz",
        statistics.median(warm),
        "s",
        Bar(4, 2),
        raw=shown(statistics.median(raw), "s"),
    )
    note = (
        f"start: median of {times}, worst {shown(max(warm), 's')}; "
        f"{shown(statistics.median(cold), 's')} when the cache is empty and the model has to be "
        "cut first. Raw engine: a process that says one word"
    )
    return Report([figure], [note])


def _raw_s() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", _RAW], check=True)
    return time.perf_counter() - started
