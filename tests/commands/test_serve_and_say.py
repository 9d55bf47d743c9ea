"""The two commands as a user runs them, in processes of their own, with the real voice."""

from __future__ import annotations

import subprocess
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tests.commands.processes import PATIENCE_S, VIVAVOCE, Server, own_environment, run_command

TEXT = "Hello, this is a real-time test."


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return own_environment(tmp_path_factory.mktemp("home"))


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[Server]:
    running = Server(environment)
    yield running
    running.stop()


def say(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return run_command(environment, "say", *arguments)


def decoded_s(path: Path) -> float:
    """Seconds of sound that come out of a file."""
    with av.open(str(path)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def test_a_server_says_where_it_is_once_it_speaks_and_stops_by_ctrl_c(
    environment: dict[str, str],
) -> None:
    server = Server(environment)
    try:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=PATIENCE_S) as answer:
            assert answer.status == 200
    finally:
        code, log = server.stop()
    assert code == 0
    assert "Traceback" not in log


def test_what_a_server_with_stored_keys_says_to_try_has_a_place_for_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    own = environment | {"XDG_DATA_HOME": str(tmp_path)}
    made = [*VIVAVOCE, "keys", "create", "phone"]
    subprocess.run(made, env=own, capture_output=True, timeout=PATIENCE_S, check=True)
    running = Server(own)
    running.stop()
    assert any("--api-key YOUR_KEY" in line for line in running.printed)


def test_say_turns_a_text_into_a_file_and_sums_up(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "hello.mp3"
    run = say(environment, TEXT, "-o", str(path), "--url", server.url)
    assert run.returncode == 0, run.stderr
    assert 1.5 < decoded_s(path) < 4.0
    (line,) = run.stderr.decode().splitlines()
    seconds = float(line.split()[1])
    assert seconds == pytest.approx(decoded_s(path), abs=0.15)
    assert line.endswith(" ms")


def test_what_a_server_refuses_is_told_by_name_and_leaves_no_file(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "hello.mp3"
    run = say(environment, "សួស្តី", "-o", str(path), "--url", server.url)
    assert run.returncode == 1
    assert run.stderr.startswith(b"vivavoce: unsupported_language: ")
    assert list(tmp_path.iterdir()) == []


def test_stdin_is_spoken_while_it_is_still_being_written(
    environment: dict[str, str], server: Server
) -> None:
    with subprocess.Popen(
        [*VIVAVOCE, "say", "-o", "-", "--format", "pcm_24000", "--url", server.url],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"This sentence stands at the beginning. And")
        assert process.stdout.read(1)
        process.stdin.write(b" this one at the end.")
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait(PATIENCE_S) == 0
        assert len(rest) > 2 * 24_000


def test_without_a_server_say_speaks_all_the_same_and_mentions_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "hello.wav"
    run = say(environment, TEXT, "-o", str(path))
    assert run.returncode == 0, run.stderr
    assert b"no server listens at" in run.stderr
    with wave.open(str(path)) as sound:
        assert sound.getparams()[:3] == (1, 2, 24_000)
        assert 1.5 < sound.getnframes() / 24_000 < 4.0
