"""Calls to a server as a user makes them: what is answered is understood by the ears."""

from __future__ import annotations

import re
import signal
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.processes import (
    PATIENCE_S,
    VIVAVOCE,
    Server,
    own_environment,
    run_command,
)

SCRIPT = """
[[rules]]
when = "capital"
say = "The capital of France is Paris."
[[rules]]
when = "story"
say = "The first train left at nine, the second at ten, and the third one never left at all."
[[rules]]
when = "."
say = "I beg your pardon?"
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    script = home / "script.toml"
    script.write_text(SCRIPT)
    return own_environment(home) | {"VIVAVOCE_MIND_SCRIPT": str(script)}


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[Server]:
    running = Server(environment)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def question(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spoken(
        environment, "What is the capital of France?", tmp_path_factory.mktemp("question")
    )


def spoken(environment: dict[str, str], text: str, directory: Path) -> Path:
    path = directory / "spoken.wav"
    said = run_command(environment, "say", text, "-o", str(path))
    assert said.returncode == 0, said.stderr
    return path


def understood(environment: dict[str, str], sound: Path) -> list[str]:
    run = run_command(environment, "transcribe", str(sound))
    assert run.returncode == 0, run.stderr
    return words(run.stdout.decode())


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def test_a_file_is_asked_and_the_answer_is_heard_shown_and_timed(
    environment: dict[str, str], server: Server, question: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.wav"
    run = run_command(
        environment,
        *("talk", "--file", str(question), "-o", str(answer), "--url", server.url),
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.decode().splitlines() == [
        "agent: Hello! How can I help you?",
        "you: What is the capital of France?",
        "agent: The capital of France is Paris.",
    ]
    heard = "Hello! How can I help you? The capital of France is Paris."
    assert understood(environment, answer) == words(heard)
    steps = re.findall(r"([a-z ]+) (\d+)", run.stderr.decode().splitlines()[-1])
    names = [name.strip() for name, _ in steps]
    assert names[:2] == ["turn over", "transcript"]
    assert names[-1] == "audible"
    milliseconds = [int(number) for _, number in steps]
    # What was thought of before the turn was over took less.
    assert milliseconds[-1] == max(milliseconds)


def test_who_speaks_while_the_agent_does_interrupts_it(
    environment: dict[str, str], server: Server, question: Path, tmp_path: Path
) -> None:
    story = spoken(environment, "Please tell me a story.", tmp_path)
    both = tmp_path / "both.wav"
    with wave.open(str(story)) as first, wave.open(str(question)) as second:
        sounds = [file.readframes(file.getnframes()) for file in (first, second)]
        rate = first.getframerate()
    with wave.open(str(both), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * rate * 3).join(sounds))
    answer = tmp_path / "answer.wav"
    run = run_command(
        environment,
        *("talk", "--file", str(both), "-o", str(answer), "--first-message", ""),
        *("--url", server.url),
    )
    assert run.returncode == 0, run.stderr
    asked, interrupted, _, answered = run.stdout.decode().splitlines()
    assert "story" in asked
    assert re.fullmatch(r"agent: The first train .+ --", interrupted)
    assert answered == "agent: The capital of France is Paris."
    heard = understood(environment, answer)
    assert heard[:3] == ["the", "first", "train"]
    # The recogniser may write "France's".
    last = ["is" if word == "s" else word for word in heard[-6:]]
    assert last == words("The capital of France is Paris.")
    assert "all" not in heard


def test_lines_are_answered_in_writing_as_the_agent_was_told(
    environment: dict[str, str], server: Server
) -> None:
    told = ("--first-message", "Hello {{name}}.", "--var", "name=Ann")
    run = run_command(
        environment,
        *("talk", "--text", *told, "--url", server.url),
        stdin=b"The capital, please.\n",
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.decode().splitlines() == [
        "agent: Hello Ann.",
        "you: The capital, please.",
        "agent: The capital of France is Paris.",
    ]


def test_without_a_server_it_is_a_call_all_the_same_and_written_down_as_one(
    environment: dict[str, str], question: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.wav"
    run = run_command(
        environment,
        *("talk", "--file", str(question), "-o", str(answer), "--first-message", ""),
    )
    assert run.returncode == 0, run.stderr
    assert "talking without one" in run.stderr.decode()
    assert understood(environment, answer) == words("The capital of France is Paris.")
    assert "audible" in run.stderr.decode().splitlines()[-1]


def test_ctrl_c_hangs_up_and_keeps_what_was_heard(
    environment: dict[str, str], server: Server, question: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.wav"
    greeting = "One morning in May, the trains of the whole country stood still for an hour."
    with subprocess.Popen(
        [
            *(*VIVAVOCE, "talk", "--file", str(question), "-o", str(answer)),
            *("--first-message", greeting, "--url", server.url),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        while b"Ctrl-C hangs up" not in process.stderr.readline():
            pass
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2.5)
        process.send_signal(signal.SIGINT)
        shown, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert re.fullmatch(r"agent: One morning .*--\n", shown.decode())
    assert understood(environment, answer)[:3] == ["one", "morning", "in"]


def test_an_agent_is_made_shown_called_changed_and_forgotten(
    environment: dict[str, str], server: Server
) -> None:
    def agents(*arguments: str, code: int = 0) -> str:
        run = run_command(environment, "agents", *arguments, "--url", server.url)
        assert run.returncode == code, run.stderr
        return (run.stdout or run.stderr).decode()

    agent_id = agents("create", "--name", "Bob", "--first-message", "I am Bob.").strip()
    agents("set", agent_id, "--first-message", "I am Bobby.", "--prompt", "Be brief.")
    assert f"{agent_id}  Bob" in agents("list").splitlines()
    assert '"Be brief."' in agents("show", agent_id)
    run = run_command(environment, "talk", "--text", "--agent", agent_id, "--url", server.url)
    assert run.stdout.decode() == "agent: I am Bobby.\n"
    agents("delete", agent_id)
    assert "404" in agents("show", agent_id, code=1)


def test_a_dead_server_is_told_by_its_name(environment: dict[str, str]) -> None:
    running = Server(environment)
    with subprocess.Popen(
        [*VIVAVOCE, "talk", "--text", "--url", running.url],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"agent: Hello! How can I help you?\n"
        running.stop()
        process.wait(PATIENCE_S)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 1, said
    assert said.startswith(b"vivavoce: ")
    assert said.count(b"\n") == 1
