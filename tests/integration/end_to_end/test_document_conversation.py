"""The conversation of the founding document, word for word but for the address and the device."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.clients.hearing import spoken_words
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import (
    ServerProcess,
    strangers_environment,
    until,
)
from tests.integration.end_to_end.speech_client import for_recogniser

LISTING = Path(__file__).parents[3] / "examples" / "document" / "voice_conversation.py"
PROGRAM = Path(__file__).parents[1] / "clients" / "programs" / "document_conversation.py"

PLAYED = "pcm_22050"
_ENDS_WITHIN_S = 60.0


Talk = Callable[..., list[str]]


@pytest.fixture
def talk(home: Path, tmp_path: Path, say_into_file: SayIntoFile) -> Talk:
    """Holds the conversation: what it prints, where it ends as it should."""

    def run(server: ServerProcess, *lines: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, PROGRAM, LISTING, server.websocket, *map(say_into_file, lines)],
            cwd=tmp_path,
            env=strangers_environment(home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENDS_WITHIN_S,
        )
        assert (done.returncode, done.stderr) == (0, "")
        *printed, closed = done.stdout.splitlines()
        # How websocket-client reports every close of a server's.
        assert closed == "Error: Connection closed normally (code 1000): goodbye"
        until(lambda: server.connections() == 0)
        return printed

    return run


@pytest.fixture
def understood(tmp_path: Path, recogniser: Recogniser) -> Callable[[], str]:
    """What the device has played."""

    def listen() -> str:
        return recogniser.transcribe(for_recogniser((tmp_path / "heard.pcm").read_bytes(), PLAYED))

    return listen


def test_the_documents_conversation_is_held_until_the_caller_says_goodbye(
    calls_server: ServerProcess, talk: Talk, understood: Callable[[], str]
) -> None:
    printed = talk(calls_server, "What time is it?", "Thank you and goodbye.")
    said = [
        (who, spoken_words(text)) for who, _, text in (line.partition(": ") for line in printed)
    ]
    assert said == [
        ("Agent", "hello"),
        ("User", "what time is it"),
        ("Agent", "it is half past nine"),
        ("User", "thank you and goodbye"),
        ("Agent", "goodbye"),
    ]
    assert word_error_rate("Hello! It is half past nine. Goodbye!", understood()) == 0


def test_the_documents_conversation_is_answered_by_the_embedded_mind(
    server: ServerProcess, talk: Talk, understood: Callable[[], str]
) -> None:
    printed = talk(server, "What is the capital of France?", "Goodbye.")
    speakers = [line.partition(": ")[0] for line in printed]
    assert speakers == ["Agent", "User", "Agent", "User", "Agent"]
    answer = spoken_words(printed[2].removeprefix("Agent: "))
    assert "paris" in answer
    assert word_error_rate(f"Hello! {answer} Goodbye!", understood()) < 0.2
