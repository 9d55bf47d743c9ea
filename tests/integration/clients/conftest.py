"""Real clients in environments of their own, and the servers and ears of the other real tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.recogniser import Recogniser, word_error_rate
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

__all__ = ["calls_server", "home", "recogniser", "say_into_file", "server", "tls_server"]

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
