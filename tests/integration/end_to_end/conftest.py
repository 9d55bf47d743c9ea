"""Servers with the real voice, and ears to understand it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.recogniser import Recogniser
from tests.integration.clients.hearing import record
from tests.integration.end_to_end.server_process import ServerProcess

StartServer = Callable[..., ServerProcess]
SayIntoFile = Callable[[str], Path]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's home directory; all servers of a run share what they cache in it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[ServerProcess]:
    """One server with its default settings for all tests."""
    running = ServerProcess(home)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def tls_server(home: Path) -> Iterator[ServerProcess]:
    """One server that serves TLS."""
    running = ServerProcess(home, "--tls")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def calls_server(home: Path) -> Iterator[ServerProcess]:
    """One server whose agents answer by the rules that lie beside this file."""
    rules = Path(__file__).with_name("rules.toml")
    running = ServerProcess(home, VIVAVOCE_MIND_SCRIPT=str(rules))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def say_into_file(
    calls_server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> SayIntoFile:
    """What a caller says, by our own voice, in a WAV file: mono at 16 kHz."""
    directory = tmp_path_factory.mktemp("said")

    def say(text: str) -> Path:
        path = directory / f"{text}.wav"
        if not path.exists():
            record(calls_server, text, path)
        return path

    return say


@pytest.fixture
def start_server(home: Path) -> Iterator[StartServer]:
    """Starts servers for one test; flags by position, environment by name."""
    started: list[ServerProcess] = []

    def start(*flags: str, **variables: str) -> ServerProcess:
        started.append(ServerProcess(home, *flags, **variables))
        return started[-1]

    try:
        yield start
        for running in started:
            running.stop()
    finally:
        for running in started:
            running.kill()


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    """Reads speech back."""
    return Recogniser()
