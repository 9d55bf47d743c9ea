"""What connections leave behind, in small; `python -m bench resume-leaks` makes a thousand."""

from __future__ import annotations

import json
import threading
import time

from bench.resume_leaks import held_after
from vivavoce.testing.server_process import ServerProcess


def test_connections_that_were_closed_leave_no_thread_task_socket_or_handle() -> None:
    # In a process of its own: what the server holds is not to be counted here.
    with ServerProcess() as server:
        before, after, tasks = held_after(server.port, 8, 24)
        assert tasks == 0
        assert after.threads == before.threads == threading.active_count()
        assert (after.sockets, after.handles) == (before.sockets, before.handles)
        deadline = time.monotonic() + 20
        while (left := json.loads(server.request("GET", "/healthz"))["connections"]) != 0:
            assert time.monotonic() < deadline, f"{left} sessions are left at the server"
            time.sleep(0.05)
