"""The programs in `examples` that use our own SDKs: each runs as it stands."""

from __future__ import annotations

import sys
import wave
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.clients_js.package import Installed
from tests.integration.clients.conftest import PYTHON, ROOT, MustSay, Run
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.language_model import LanguageModel
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

OF_OUR_OWN = {
    "audio_buffer",
    "conversation_tools",
    "llm_stream",
    "realtime_tts",
    "voice_conversation",
    "websocket_app",
}
EXAMPLES = ROOT / "examples"

HELLO = "Hello, this is a real-time test."
TOLD = (
    "Once upon a time an old fisherman lived in a small house by the sea. "
    "Every morning he took his boat and went out before the sun was up.",
    "One day he found a bottle with a letter in it.",
)
ABOUT_TRAINS = [
    "agent: Where do you want to go?",
    "you: When is the next train to Rome?",
    "agent: The train to Rome leaves at noon.",
]

RunOurs = Callable[..., str]


@pytest.fixture
def run_ours(run: Run, server: ServerProcess) -> RunOurs:
    """Runs an example in Python, which is told in its environment where the server is."""

    def start(name: str, *words: str, **variables: str) -> str:
        program = EXAMPLES / f"{name}.py"
        return run(PYTHON, program, *words, VIVAVOCE_URL=server.http, **variables)

    return start


@pytest.fixture
def run_node(run: Run, server: ServerProcess, installed: Installed, tmp_path: Path) -> RunOurs:
    """The same for Node."""
    (tmp_path / "node_modules").symlink_to(installed.directory / "node_modules")

    def start(name: str, *words: str, **variables: str) -> str:
        program = tmp_path / f"{name}.mjs"
        program.write_text((EXAMPLES / "node" / program.name).read_text("utf-8"), "utf-8")
        return run("node", program, *words, VIVAVOCE_URL=server.http, **variables)

    return start


@pytest.fixture(params=["run_ours", "run_node"], ids=["Python", "Node"])
def run_either(request: pytest.FixtureRequest) -> RunOurs:
    runner: RunOurs = request.getfixturevalue(request.param)
    return runner


@pytest.fixture(autouse=True)
def nothing_stays_open(server: ServerProcess) -> object:
    yield
    until(lambda: server.connections() == 0)


def test_the_bare_socket_hears_all_that_it_sent_before_it_said_that_this_was_all(
    run: Run, server: ServerProcess, must_say: MustSay, tmp_path: Path
) -> None:
    program = EXAMPLES / "websocket_app.py"
    assert run(sys.executable, program, server.websocket) == "closed with 1000\n"
    must_say(HELLO, (tmp_path / "websocket_app.mp3").read_bytes(), "mp3_44100_128")


def test_the_class_of_the_founding_document_speaks(
    run_ours: RunOurs, must_say: MustSay, tmp_path: Path
) -> None:
    assert run_ours("realtime_tts") == "nothing more to say\n"
    must_say(HELLO, (tmp_path / "realtime_tts.mp3").read_bytes(), "mp3_44100_128")


def test_the_class_of_the_founding_document_speaks_in_node(
    run_node: RunOurs, must_say: MustSay, tmp_path: Path
) -> None:
    assert run_node("realtime_tts").startswith("Received ")
    must_say(HELLO, (tmp_path / "realtime_tts.mp3").read_bytes(), "mp3_44100_128")


def test_a_language_model_is_heard_before_it_has_written_its_last_sentence(
    run_either: RunOurs, must_say: MustSay, tmp_path: Path
) -> None:
    spoken = tmp_path / "llm_stream.mp3"
    model = LanguageModel(*TOLD, lambda: spoken.exists() and spoken.stat().st_size > 0)
    with model.writing() as environment:
        written = run_either("llm_stream", "Tell me a story.", **environment)
    assert written.split() == " ".join(TOLD).split()
    must_say(" ".join(TOLD), spoken.read_bytes(), "mp3_44100_128")
    [(path, asked)] = model.asked
    assert (path, asked["stream"]) == ("/v1/chat/completions", True)
    assert asked["messages"] == [{"role": "user", "content": "Tell me a story."}]


def test_an_agent_calls_a_function_and_is_gone_with_the_program(
    run_either: RunOurs, server: ServerProcess
) -> None:
    assert run_either("conversation_tools").splitlines() == ABOUT_TRAINS
    agents = httpx.get(
        f"{server.http}/v1/convai/agents", params={"search": "Trains"}, trust_env=False
    )
    assert agents.json()["agents"] == []


def test_of_a_long_speech_the_end_is_kept(
    run_ours: RunOurs, understand: Callable[[bytes, str], str], tmp_path: Path
) -> None:
    run_ours("audio_buffer")
    with wave.open(str(tmp_path / "audio_buffer.wav")) as file:
        assert file.getnframes() == 2 * file.getframerate()
    heard = understand((tmp_path / "audio_buffer.wav").read_bytes(), "wav_24000")
    assert spoken_words(heard).endswith("last of it was this")


def test_the_conversation_of_the_founding_document_is_held_until_goodbye(
    run: Run,
    calls_server: ServerProcess,
    say_into_file: SayIntoFile,
    must_say: MustSay,
    tmp_path: Path,
) -> None:
    said = map(str, map(say_into_file, ("What time is it?", "Thank you and goodbye.")))
    program = EXAMPLES / "voice_conversation.py"
    printed = run(PYTHON, program, VIVAVOCE_URL=calls_server.http, SAID="\n".join(said))
    assert [(who, spoken_words(text)) for who, text in _lines(printed)] == [
        ("Agent", "hello"),
        ("User", "what time is it"),
        ("Agent", "it is half past nine"),
        ("User", "thank you and goodbye"),
        ("Agent", "goodbye"),
    ]
    heard = (tmp_path / "heard.pcm").read_bytes()
    must_say("Hello! It is half past nine. Goodbye!", heard, "pcm_16000")
    until(lambda: calls_server.connections() == 0)


def _lines(printed: str) -> list[tuple[str, str]]:
    return [(who, text) for who, _, text in (line.partition(": ") for line in printed.splitlines())]
