"""What the voice says is understood by the ears: `transcribe` and `listen` as a user runs them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
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

TEXT = "Hello, this is a real-time test. The second sentence is about the weather in Berlin."


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return own_environment(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def recording(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`TEXT`, spoken by `vivavoce say`."""
    path = tmp_path_factory.mktemp("sound") / "walk.wav"
    said = run_command(environment, "say", TEXT, "-o", str(path))
    assert said.returncode == 0, said.stderr
    return path


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[Server]:
    running = Server(environment)
    yield running
    running.stop()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def test_what_was_said_into_a_file_is_written_down(
    environment: dict[str, str], recording: Path
) -> None:
    run = run_command(environment, "transcribe", str(recording))
    assert run.returncode == 0, run.stderr
    assert words(run.stdout.decode()) == words(TEXT)
    (line,) = run.stderr.decode().splitlines()
    assert line.startswith(f"vivavoce: {recording}: ")
    assert line.endswith("times as fast as it is heard")


def test_a_pipe_is_written_down_with_the_times_of_its_words(
    environment: dict[str, str], recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "walk.json"
    run = run_command(environment, "transcribe", "-", "-o", str(path), stdin=recording.read_bytes())
    assert run.returncode == 0, run.stderr
    assert run.stdout == b""
    transcript = json.loads(path.read_bytes())
    assert words(transcript["text"]) == words(TEXT)
    spoken = [word for word in transcript["words"] if word["type"] == "word"]
    assert words(" ".join(word["text"] for word in spoken)) == words(TEXT)
    times = [time for word in spoken for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= transcript["audio_duration_secs"]


@pytest.mark.parametrize(
    ("form", "timing"),
    [
        ("srt", r"\A1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\n"),
        ("vtt", r"\AWEBVTT\n\n(1\n)?00:00:00\.\d{3} --> 00:00:0\d\.\d{3}\n"),
    ],
)
def test_subtitles_come_in_both_kinds(
    environment: dict[str, str], recording: Path, form: str, timing: str
) -> None:
    run = run_command(environment, "transcribe", str(recording), "--format", form)
    assert run.returncode == 0, run.stderr
    subtitles = run.stdout.decode()
    assert re.search(timing, subtitles)
    assert set(words(TEXT)) <= set(words(subtitles))


def test_a_file_that_cannot_be_read_holds_up_no_other(
    environment: dict[str, str], recording: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.doc"
    notes.write_text("no sound")
    out = tmp_path / "out"
    run = run_command(
        *(environment, "transcribe", "missing.mp3", str(notes), str(recording)), "-o", f"{out}/"
    )
    assert run.returncode == 1
    assert [path.name for path in out.iterdir()] == ["walk.txt"]
    assert words((out / "walk.txt").read_text()) == words(TEXT)
    missing, unreadable, _ = run.stderr.decode().splitlines()
    assert missing == "vivavoce: cannot read missing.mp3: No such file or directory"
    assert unreadable.startswith(f"vivavoce: {notes}: ")


def test_a_language_that_nobody_understands_is_a_failure_that_leaves_no_file(
    environment: dict[str, str], recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "walk.txt"
    run = run_command(
        environment, *("transcribe", str(recording), "-o", str(path)), "--language=tlh"
    )
    assert run.returncode == 1
    assert b"'tlh'" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_transcription_at_once_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "endless.txt"
    with subprocess.Popen(
        [*VIVAVOCE, "transcribe", "-", "-o", str(path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdin is not None
        # More than the pipe holds: it is being read when this is through.
        process.stdin.write(bytes(1_000_000))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert said == b""
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_listened_to_as_if_it_were_being_spoken(
    environment: dict[str, str], recording: Path
) -> None:
    run = run_command(environment, "listen", "--file", str(recording))
    assert run.returncode == 0, run.stderr
    assert words(run.stdout.decode()) == words(TEXT)
    alone, listening = run.stderr.decode().splitlines()
    assert "listening without one" in alone
    assert listening == f"vivavoce: listening to {recording}; Ctrl-C ends it"


def test_a_server_can_do_the_listening(
    environment: dict[str, str], server: Server, recording: Path
) -> None:
    run = run_command(environment, "listen", "--file", str(recording), "--url", server.url)
    assert run.returncode == 0, run.stderr
    assert words(run.stdout.decode()) == words(TEXT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_listening_still_writes_down_what_was_said(
    environment: dict[str, str], recording: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [*VIVAVOCE, "listen", "--file", str(recording)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        while b"Ctrl-C ends it" not in process.stderr.readline():
            pass
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2.5)
        process.send_signal(number)
        heard, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert said == b""
    assert 2 <= len(words(heard.decode())) < len(words(TEXT))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_a_signal_ends_what_waits_for_the_rest_of_a_pipe(
    environment: dict[str, str], number: signal.Signals, code: int
) -> None:
    with subprocess.Popen(
        [*VIVAVOCE, "listen", "--file", "-"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdin is not None
        # More than the pipe holds: it is being read when this is through.
        process.stdin.write(bytes(1_000_000))
        process.send_signal(number)
        try:
            assert process.wait(PATIENCE_S / 4) == code
        finally:
            process.kill()
