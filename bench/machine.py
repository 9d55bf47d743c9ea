"""What the figures were measured on, and what the processes measured took of it (Linux)."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
from collections import defaultdict
from collections.abc import Callable
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
    return _memory_of(process_id, "Pss")


def made_memory_kb(process_id: int) -> float:
    """As `memory_kb`, but without the pages of files: whoever else has one open changes that."""
    return _memory_of(process_id, "Pss_Anon")


def family(process_id: int) -> list[int]:
    """A process and all that descend from it."""
    children = defaultdict[int, list[int]](list)
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            children[int(_stat(int(directory.name))[1])].append(int(directory.name))
    found = [process_id]
    for one in found:
        found += children[one]
    return found


def family_memory_kb(process_id: int, measure: Callable[[int], float] = memory_kb) -> float:
    """The sum of `measure` over a process and all that descend from it."""
    total = 0.0
    for one in family(process_id):
        with contextlib.suppress(OSError, LookupError):  # it has ended meanwhile
            total += measure(one)
    return total


def family_cpu_seconds(process_id: int) -> float:
    """The sum of `cpu_seconds` over a process and all that descend from it."""
    return sum(map(cpu_seconds, family(process_id)))


def cpu_seconds(process_id: int) -> float:
    """Processor time that a process has used, all its threads, without its children."""
    fields = _stat(process_id)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_of(process_id: int, field: str) -> float:
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1])
    raise LookupError(f"no {field} for process {process_id}")


def _stat(process_id: int) -> list[str]:
    """What the kernel says of a process, from its state on."""
    return Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
