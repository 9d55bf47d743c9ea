"""Somebody at the server's own page, in a browser with a microphone that is a WAV file."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.conftest import MustSay, RunProgram, must_say, node_client
from tests.integration.clients.test_elevenlabs_browser import chromium
from tests.integration.end_to_end.conftest import (
    SayIntoFile,
    StartServer,
    calls_server,
    home,
    recogniser,
    say_into_file,
    start_server,
)
from tests.integration.end_to_end.server_process import ServerProcess

__all__ = [
    "MustSay",
    "StartServer",
    "calls_server",
    "home",
    "must_say",
    "node_client",
    "recogniser",
    "say_into_file",
    "start_server",
]

SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"

Microphone = Callable[..., Path]
AtThePage = Callable[..., "Scene"]


class Scene:
    """What came of one: what it told, and what was played."""

    def __init__(self, told: Any, file: Callable[[str], bytes]) -> None:
        self.told = told
        self.file = file


@pytest.fixture(scope="session")
def microphone(say_into_file: SayIntoFile, tmp_path_factory: pytest.TempPathFactory) -> Microphone:
    """Makes a WAV file of silences, in seconds, and of what is said."""

    def made(*parts: float | str) -> Path:
        path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
            for part in parts:
                if isinstance(part, str):
                    with wave.open(str(say_into_file(part))) as said:
                        file.writeframes(said.readframes(said.getnframes()))
                else:
                    file.writeframes(bytes(2 * int(part * 16_000)))
        return path

    return made


@pytest.fixture(scope="module")
def at_the_page(calls_server: ServerProcess, node_client: RunProgram) -> AtThePage:
    """Plays one scene; a page that fills the console fails, unless with these `complaints`."""

    def play(
        scene: str,
        *,
        hearing: Path | None = None,
        server: ServerProcess = calls_server,
        key: str = "",
        complaints: tuple[str, ...] = (),
    ) -> Scene:
        # Only pages of this machine's own may hear the microphone without TLS.
        address = server.http.replace("127.0.0.1", "localhost")
        words = [scene, address, chromium(), str(SCREENSHOTS), str(hearing or ""), key]
        ran = node_client("page", *words)
        told = ran.answer(scene)
        found = told.pop("complaints", [])
        assert len(found) == len(complaints), found
        assert all(map(str.__contains__, found, complaints)), found
        return Scene(told, ran.file)

    return play
