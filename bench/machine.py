"""What the figures were measured on, and what the processes measured took of it (Linux)."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path


def description() -> str:
    """Date, cores, CPU model and versions, in a line."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{datetime.date.today().isoformat()}, {cores} cores, {_cpu_model()}, "
        f"Python {platform.python_version()}, onnxruntime {version('onnxruntime')}, "
        f"hibari-tts {version('hibari-tts')}"
    )


def cores() -> int:
    """Cores that this process may use, and with it those it starts."""
    return len(os.sched_getaffinity(0))


def memory_kb(process_id: int) -> float:
    """Proportional set size of a process: its own pages, and its share of those it shares."""
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    raise LookupError(f"no Pss for process {process_id}")


def cpu_seconds(process_id: int) -> float:
    """Processor time that a process has used, all its threads, without its children."""
    fields = Path(f"/proc/{process_id}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
