"""The page in `examples`, beside the package's built files, in a browser."""

from __future__ import annotations

import contextlib
import functools
import shutil
import threading
import wave
from collections.abc import Callable, Iterable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients_js.package import Package
from tests.integration.clients.conftest import ROOT, MustSay, RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.clients.test_elevenlabs_browser import chromium
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

Use = Callable[..., Ran]

LINES = ("What time is it?", "Thank you and goodbye.")
# The microphone knows nothing of the agent, which may need a while on a machine that is busy.
GREETING_S, ANSWER_S, REST_S = 3.0, 5.0, 1.0


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """What is missing the page complains of."""


@contextlib.contextmanager
def serving(root: Path) -> Iterator[str]:
    """The address of a directory."""
    handler = functools.partial(_Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the repository is served as it is when the package has been built."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "examples" / "page", root / "examples" / "page")
    shutil.copytree(package.directory / "dist", root / "clients" / "js" / "dist")
    with serving(root) as address:
        yield f"{address}/examples/page/"


@pytest.fixture
def use(site: str, calls_server: ServerProcess, node_client: RunProgram) -> Use:
    def run(*microphone: str) -> Ran:
        address = f"{site}?{urlencode({'server': calls_server.http})}"
        return node_client("example_page", address, chromium(), *microphone)

    return run


@pytest.fixture
def microphone(say_into_file: SayIntoFile, tmp_path: Path) -> str:
    """A WAV file of what the caller says, with time for the agent in between."""
    path = tmp_path / "microphone.wav"
    record_lines(path, map(say_into_file, LINES))
    return str(path)


def record_lines(path: Path, lines: Iterable[Path]) -> None:
    """Joins the two lines of a caller who waits for the agent before each."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * round(GREETING_S * 16_000)))
        for line, pause_s in zip(lines, (ANSWER_S, REST_S), strict=True):
            with wave.open(str(line)) as said:
                file.writeframes(said.readframes(said.getnframes()))
            file.writeframes(bytes(2 * round(pause_s * 16_000)))


def _used(ran: Ran) -> Any:
    used = ran.answer("used")
    assert used["complaints"] == []
    [state] = used["state"]
    assert state.startswith("closed")
    return used


def test_it_speaks_its_text(use: Use, must_say: MustSay, calls_server: ServerProcess) -> None:
    ran = use()
    _used(ran)
    must_say("Hello, this is a real-time test.", ran.file("heard.webm"), "webm_48000")
    until(lambda: calls_server.connections() == 0)


def test_it_talks(
    use: Use, microphone: str, must_say: MustSay, calls_server: ServerProcess
) -> None:
    ran = use(microphone)
    lines = [line.partition(": ") for line in _used(ran)["lines"]]
    assert [(who, spoken_words(text)) for who, _, text in lines] == [
        ("agent", "hello"),
        ("you", "what time is it"),
        ("agent", "it is half past nine"),
        ("you", "thank you and goodbye"),
        ("agent", "goodbye"),
    ]
    heard = ran.file("heard.webm")
    must_say("Hello! It is half past nine. Goodbye!", heard, "webm_48000")
    until(lambda: calls_server.connections() == 0)
