"""Commands as a user runs them, in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

VIVAVOCE = [sys.executable, "-c", "from vivavoce.cli import main; main()"]
PATIENCE_S = 60


class Server:
    """`vivavoce serve` on a free port, and what it printed up to its last hint."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*VIVAVOCE, "serve", "--port", "0", "--workers", "1"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.printed: list[str] = []
        for line in self._process.stdout:
            self.printed.append(line)
            if "replace wss://api.elevenlabs.io" in line:
                break
        assert self.printed, self._process.communicate(timeout=PATIENCE_S)
        self.url = self.printed[0].split()[3]

    def stop(self) -> tuple[int, str]:
        """Its exit code after Ctrl-C, and its log."""
        self._process.send_signal(signal.SIGINT)
        _, log = self._process.communicate(timeout=PATIENCE_S)
        return self._process.returncode, log


def own_environment(home: Path) -> dict[str, str]:
    """Directories below `home`, and a default port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    own = {"XDG_CACHE_HOME": str(home), "XDG_DATA_HOME": str(home), "VIVAVOCE_PORT": port}
    others = {name: value for name, value in os.environ.items() if not name.startswith("VIVAVOCE_")}
    return others | own


def run_command(
    environment: dict[str, str], *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """One command, to its end."""
    return subprocess.run(
        [*VIVAVOCE, *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
