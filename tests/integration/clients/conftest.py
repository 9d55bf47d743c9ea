"""Real clients in environments of their own, and the servers and ears of the other real tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.recogniser import Recogniser, word_error_rate
from tests.clients_js.conftest import installed, package
from tests.integration.clients.hearing import Utterance, record
from tests.integration.clients.running import Ran, run_node, run_python
from tests.integration.end_to_end.conftest import (
    calls_server,
    home,
    recogniser,
    say_into_file,
    server,
    tls_server,
)
from tests.integration.end_to_end.server_process import ServerProcess, strangers_environment
from tests.integration.end_to_end.speech_client import Floats, for_recogniser

__all__ = [
    "calls_server",
    "home",
    "installed",
    "package",
    "recogniser",
    "say_into_file",
    "server",
    "tls_server",
]

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
DEVICES = Path(__file__).parent / "devices"

# A hang guard; each takes a few seconds.
_ENDS_WITHIN_S = 90.0

Run = Callable[..., str]
RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]
Understand = Callable[[bytes, str], str]

# What is said to the clients that listen, and the word that begins each second sentence.
SAID = (
    ("Good morning, everyone. The train leaves in an hour.", "The"),
    ("The weather is fine today. Please take a seat by the window.", "Please"),
)


@pytest.fixture(scope="module")
def python_client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> RunProgram:
    """Runs a Python program in an empty directory: its name, its arguments, whom it trusts."""

    def run(name: str, *words: str, trusting: ServerProcess | None = None) -> Ran:
        environment = strangers_environment(home) | (trusting.trust if trusting else {})
        return run_python(name, tmp_path_factory.mktemp(name), environment, *words)

    return run


@pytest.fixture(scope="module")
def node_client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> RunProgram:
    """Runs a Node program in an empty directory: its name and its arguments."""

    def run(name: str, *words: str) -> Ran:
        return run_node(name, tmp_path_factory.mktemp(name), strangers_environment(home), *words)

    return run


@pytest.fixture
def run(tmp_path: Path, home: Path) -> Run:
    """Runs a command in an empty directory and returns what it prints; fails if it does.

    Our own package is at hand there, and a microphone and a loudspeaker that are programs;
    `variables` are added to its environment.
    """
    assert PYTHON.exists(), "the clients are not installed: `make test` makes .venv-clients"
    environment = strangers_environment(home) | {
        "LOGURU_LEVEL": "WARNING",  # Pipecat has much to tell
        "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(DEVICES), str(ROOT / "src")]),
        "PYTHONWARNINGS": "error:::vivavoce",
    }

    def start(*command: str | Path, **variables: str) -> str:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=tmp_path,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENDS_WITHIN_S,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr or done.returncode
        return done.stdout

    return start


@pytest.fixture(scope="session")
def understand(recogniser: Recogniser) -> Understand:
    """The words in encoded audio."""
    return lambda sound, output_format: recogniser.transcribe(for_recogniser(sound, output_format))


@pytest.fixture(scope="session")
def must_say(recogniser: Recogniser) -> MustSay:
    """Fails unless these words are understood from samples at 16 kHz, or from encoded audio."""

    def check(words: str, sound: bytes | Floats, output_format: str = "") -> None:
        samples = for_recogniser(sound, output_format) if isinstance(sound, bytes) else sound
        understood = recogniser.transcribe(samples)
        assert word_error_rate(words, understood) == 0, f"{words!r}, but heard {understood!r}"

    return check


@pytest.fixture(scope="session")
def utterances(
    server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Utterance, ...]:
    """What our own voice says, for clients to have it written down."""
    directory = tmp_path_factory.mktemp("utterances")
    said = []
    for number, (text, turn) in enumerate(SAID):
        said.append(Utterance(text, turn, directory / f"{number}.wav"))
        record(server, text, said[-1].path)
    return tuple(said)
