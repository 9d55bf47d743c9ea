"""The three speech clients of the founding document, word for word but for the address."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.end_to_end.server_process import (
    ServerProcess,
    strangers_environment,
    until,
)
from tests.integration.end_to_end.speech_client import for_recogniser, seconds_of

LISTINGS = Path(__file__).parents[3] / "examples" / "document"
CLIENTS = Path(__file__).parent / "clients"
NODE = Path(__file__).parents[1] / "node"

FORMAT = "mp3_44100_128"
_ENDS_WITHIN_S = 60.0

Run = Callable[..., "subprocess.Popen[str]"]
Understood = Callable[[str], bool]


class Reach(NamedTuple):
    """A server, and what a client needs in its environment to trust it."""

    server: ServerProcess
    trust: dict[str, str]


@pytest.fixture(params=["ws", "wss"], ids=["plain", "tls trusted by the printed line"])
def reach(request: pytest.FixtureRequest) -> Reach:
    """The document's clients know of no other way than TLS; both have to work."""
    if request.param == "ws":
        return Reach(request.getfixturevalue("server"), {})
    server: ServerProcess = request.getfixturevalue("tls_server")
    return Reach(server, server.trust)


@pytest.fixture
def run(tmp_path: Path, home: Path, reach: Reach) -> Iterator[Run]:
    """Starts a client in an empty directory; what is left of it when the test ends is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*command: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=tmp_path,
            env=strangers_environment(home) | reach.trust,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def understood(tmp_path: Path, recogniser: Recogniser) -> Understood:
    """Whether output.mp3 says these words, no more and no fewer."""

    def check(words: str) -> bool:
        with contextlib.suppress(FileNotFoundError, subprocess.CalledProcessError, AssertionError):
            samples = for_recogniser((tmp_path / "output.mp3").read_bytes(), FORMAT)
            return word_error_rate(words, recogniser.transcribe(samples)) == 0
        return False

    return check


def test_the_first_client_gets_three_pieces_of_text_spoken_and_closes(
    reach: Reach, run: Run, understood: Understood
) -> None:
    listing = LISTINGS / "on_open.py"
    client = run(sys.executable, CLIENTS / "run_on_open.py", listing, reach.server.websocket)
    until(lambda: understood("Hello, this is a test."))
    # Its thread would hear of it only when websocket-client next looks, ten seconds later.
    _, errors = client.communicate("close_connection(ws)\n", timeout=_ENDS_WITHIN_S)
    assert (client.returncode, errors) == (0, "")
    until(lambda: reach.server.connections() == 0)


def test_the_first_client_may_wait_for_the_server_to_close(
    reach: Reach, run: Run, understood: Understood, tmp_path: Path
) -> None:
    listing = LISTINGS / "on_open.py"
    client = run(sys.executable, CLIENTS / "run_on_open.py", listing, reach.server.websocket)
    end_of_input = 'ws.send(json.dumps({"text": ""})); until_closed()\n'
    output, errors = client.communicate(end_of_input, timeout=_ENDS_WITHIN_S)
    assert (client.returncode, errors) == (0, "")
    # The first line is how websocket-client reports every close of a server's.
    assert output == "Error: Connection closed normally (code 1000)\nConnection closed\n"
    assert understood("Hello, this is a test.")
    # FFmpeg, which complains of nothing, finds one stream without a hole.
    assert seconds_of((tmp_path / "output.mp3").read_bytes(), FORMAT) > 1.0


def test_the_python_class_gets_its_sentence_spoken(
    reach: Reach, run: Run, understood: Understood
) -> None:
    listing = LISTINGS / "realtime_tts.py"
    client = run(sys.executable, CLIENTS / "run_realtime_tts.py", listing, reach.server.websocket)
    until(lambda: understood("Hello, this is a real-time test."))
    # The example's loop has no end of its own.
    assert client.poll() is None
    client.kill()
    output, errors = client.communicate()
    assert (output, errors) == ("", "")
    until(lambda: reach.server.connections() == 0)


def _typescript(directory: Path, reach: Reach) -> tuple[Path, str]:
    """The command that runs TypeScript in `directory`, and the listing with our address."""
    tsx = NODE / "node_modules" / ".bin" / "tsx"
    assert tsx.exists(), "the Node clients are not installed: run `make node`"
    (directory / "node_modules").symlink_to(NODE / "node_modules")
    listing = (LISTINGS / "realtime_tts.ts").read_text("utf-8")
    return tsx, listing.replace("wss://api.elevenlabs.io", reach.server.websocket)


def test_the_typescript_client_reports_its_audio(reach: Reach, run: Run, tmp_path: Path) -> None:
    tsx, listing = _typescript(tmp_path, reach)
    (tmp_path / "realtime_tts.ts").write_text(listing, "utf-8")
    client = run(tsx, "realtime_tts.ts")
    assert client.stdout is not None
    line = client.stdout.readline()
    assert re.fullmatch(r"Received [1-9]\d* bytes of audio\n", line)
    assert client.poll() is None


def test_the_typescript_class_gets_its_sentence_spoken_and_closes(
    reach: Reach, run: Run, understood: Understood, tmp_path: Path
) -> None:
    tsx, listing = _typescript(tmp_path, reach)
    the_class, marker, _ = listing.partition("// 使用示例")
    assert marker
    exported = f"{the_class}export {{ RealtimeTTS }};\n"
    (tmp_path / "realtime_tts_class.ts").write_text(exported, "utf-8")
    runner = (CLIENTS / "run_realtime_tts.ts").read_text("utf-8")
    (tmp_path / "run_realtime_tts.ts").write_text(runner, "utf-8")
    client = run(tsx, "run_realtime_tts.ts")
    until(lambda: understood("Hello, this is a real-time test."))
    output, errors = client.communicate("close\n", timeout=_ENDS_WITHIN_S)
    assert (client.returncode, output, errors) == (0, "", "")
    until(lambda: reach.server.connections() == 0)
