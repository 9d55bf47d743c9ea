"""The official Python SDK, pointed at this server by nothing but its documented knobs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.end_to_end.server_process import ServerProcess, strangers_environment
from tests.integration.end_to_end.speech_client import for_recogniser

RUNNER = Path(__file__).parent / "clients" / "run_sdk.py"
WORDS = "Good morning, everyone. The train leaves in an hour."


def run_sdk(
    directory: Path, environment: dict[str, str], *addresses: str
) -> subprocess.CompletedProcess[str]:
    """Runs it to its end: it raises on every close code but 1000."""
    return subprocess.run(
        [sys.executable, str(RUNNER), *addresses],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def transcript(recogniser: Recogniser, directory: Path) -> str:
    audio = (directory / "output.mp3").read_bytes()
    return recogniser.transcribe(for_recogniser(audio, "mp3_44100_128"))


def test_checklist_1_convert_realtime_over_tls_trusts_the_printed_line_and_ends_by_1000(
    tls_server: ServerProcess, recogniser: Recogniser, home: Path, tmp_path: Path
) -> None:
    trusting = strangers_environment(home) | tls_server.trust
    done = run_sdk(tmp_path, trusting, tls_server.http)
    assert (done.returncode, done.stderr) == (0, "")
    assert word_error_rate(WORDS, transcript(recogniser, tmp_path)) == 0


def test_checklist_1_convert_realtime_over_plain_ws_ends_by_1000(
    server: ServerProcess, recogniser: Recogniser, home: Path, tmp_path: Path
) -> None:
    done = run_sdk(tmp_path, strangers_environment(home), server.http, server.websocket)
    assert (done.returncode, done.stderr) == (0, "")
    assert word_error_rate(WORDS, transcript(recogniser, tmp_path)) == 0


def test_without_the_printed_line_the_certificate_is_not_trusted(
    tls_server: ServerProcess, home: Path, tmp_path: Path
) -> None:
    done = run_sdk(tmp_path, strangers_environment(home), tls_server.http)
    assert done.returncode != 0
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
