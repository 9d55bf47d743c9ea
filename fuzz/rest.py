"""The REST side, asked by schemathesis for all that its own OpenAPI document promises."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fuzz.running import FuzzedServer

_ROOT = Path(__file__).parents[1]
_SCHEMATHESIS = _ROOT / ".venv-clients" / "bin" / "schemathesis"
_CONFIG = Path(__file__).with_name("schemathesis.toml")

_ENDS_WITHIN_S = 900.0


def fuzz_rest(server: FuzzedServer, *, examples: int, seed: int, phases: str = "") -> int:
    """Sends `examples` requests an operation, besides some 2,000 in which each limit is tried.

    `phases` of schemathesis, separated by commas; without them all. Returns how many requests there
    were. Raises AssertionError with what schemathesis has to say.
    """
    assert _SCHEMATHESIS.exists(), "schemathesis is not installed: `make clients` installs it"
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        command = [
            _SCHEMATHESIS,
            *("--config-file", _CONFIG),
            *("run", f"{server.http}/openapi.json"),
            *("--max-examples", str(examples), "--seed", str(seed)),
            *("--report", "json", "--report-json-path", report),
            *(("--phases", phases) if phases else ()),
            "--no-color",
        ]
        done = subprocess.run(
            command,
            cwd=directory,
            env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENDS_WITHIN_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    assert told["complete"], done.stdout
    return int(told["test_cases"]["generated"])
