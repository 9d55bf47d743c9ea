"""What processes take of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.machine import (
    cpu_seconds,
    family,
    family_cpu_seconds,
    family_memory_kb,
    memory_kb,
)

_WORK = """
import subprocess, sys
burnt = sum(range(20_000_000))
child = subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"],
                         stdin=subprocess.PIPE)
input()
child.communicate(b"done")
"""


def test_a_family_is_a_process_and_its_children() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()  # the child's
        members = family(parent.pid)
        assert members[0] == parent.pid
        assert len(members) == 2
        assert set(members) < set(family(os.getpid()))
        assert family_memory_kb(parent.pid) > 1.2 * memory_kb(parent.pid)
        assert family_cpu_seconds(parent.pid) >= cpu_seconds(parent.pid) > 0
        parent.communicate(b"done")
    assert members[1] not in family(os.getpid())
