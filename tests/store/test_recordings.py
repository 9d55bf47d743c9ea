"""The sound of conversations in a directory."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from structlog.testing import capture_logs

from tests.store.conftest import names_in
from vivavoce.audio.sound_reader import read_sound
from vivavoce.store.recording import SAMPLE_RATE, Recording
from vivavoce.store.recordings import Recordings

Samples = npt.NDArray[np.int16]

# LAME's and the decoder's delay, which nothing in the stream tells of.
_DELAY_S = 0.15


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recordings")


def tone(seconds: float, hz: float = 440.0) -> bytes:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * hz * times) * 8_000).astype(np.int16).tobytes()


def heard(path: Path | None, channel: int) -> Samples:
    """One side, at 16 kHz."""
    assert path is not None
    with path.open("rb") as file:
        return np.frombuffer(b"".join(read_sound(file, channel=channel)), np.int16)


def loud_spans(samples: Samples) -> list[tuple[float, float]]:
    """Where there is sound, in seconds."""
    step = SAMPLE_RATE // 20
    whole = samples[: len(samples) // step * step].reshape(-1, step).astype(float)
    loud = np.sqrt((whole**2).mean(axis=1)) > 1_000
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud, [0]))))
    return [(float(start) / 20, float(end) / 20) for start, end in edges.reshape(-1, 2)]


def assert_spans(found: list[tuple[float, float]], expected: list[tuple[float, float]]) -> None:
    assert np.array(found) == pytest.approx(np.array(expected), abs=_DELAY_S), found


async def test_the_caller_is_on_the_left_and_the_agent_where_it_is_heard_on_the_right(
    recordings: Recordings,
) -> None:
    recording = recordings.record("conv_1")
    for _ in range(10):
        recording.caller(tone(0.1))
    recording.agent(tone(0.5), 1.5)
    await recording.flush()
    recording.agent(tone(0.5), 2.0)
    recording.agent(tone(0.5), 4.0)
    recording.caller(bytes(2 * 2 * SAMPLE_RATE))
    assert recordings.path("conv_1") is None
    assert await recording.finish() == (True, True)
    path = recordings.path("conv_1")
    assert_spans(loud_spans(heard(path, 0)), [(0.0, 1.0)])
    assert_spans(loud_spans(heard(path, 1)), [(1.5, 2.5), (4.0, 4.5)])


async def test_what_lies_behind_a_barge_in_is_not_in_it(recordings: Recordings) -> None:
    recording = recordings.record("conv_1")
    recording.agent(tone(2.0), 0.0)
    await recording.flush()
    recording.agent(tone(2.0), 2.0)
    recording.cut_agent(1.0)
    recording.agent(tone(0.5), 3.0)
    recording.agent(tone(1.0), 3.5)
    recording.cut_agent(4.0)
    recording.cut_agent(9.0)
    await recording.flush()
    assert await recording.finish() == (False, True)
    assert_spans(loud_spans(heard(recordings.path("conv_1"), 1)), [(0.0, 1.0), (3.0, 4.0)])


async def test_sound_that_comes_too_early_waits_for_what_is_before_it(
    recordings: Recordings,
) -> None:
    recording = recordings.record("conv_1")
    recording.agent(tone(1.0), 0.0)
    recording.agent(tone(1.0), 0.5)
    recording.agent(tone(1.0), 2.01)
    await recording.finish()
    samples = heard(recordings.path("conv_1"), 1)
    assert_spans(loud_spans(samples), [(0.0, 3.0)])


async def test_the_caller_is_silent_where_nothing_came_for_longer_than_networks_take(
    recordings: Recordings,
) -> None:
    recording = recordings.record("conv_1")
    for number, late in enumerate((0.0, 0.2, 0.1, 0.25, 0.0)):
        recording.caller(tone(0.1), 1.1 + number / 10 + late)
    recording.caller(tone(0.5), 3.5)
    await recording.finish()
    samples = heard(recordings.path("conv_1"), 0)
    assert_spans(loud_spans(samples), [(1.0, 1.5), (3.0, 3.5)])


async def test_a_call_without_sound_has_no_recording(recordings: Recordings) -> None:
    recording = recordings.record("conv_1")
    recording.agent(tone(1.0), 1.0)
    recording.cut_agent(0.0)
    recording.caller(b"")
    assert await recording.finish() == (False, False)
    assert recordings.path("conv_1") is None


async def test_a_recording_and_its_directory_are_for_their_owner_only(
    recordings: Recordings, tmp_path: Path
) -> None:
    recording = recordings.record("conv_1")
    recording.caller(tone(0.1))
    await recording.finish()
    path = recordings.path("conv_1")
    assert path == tmp_path / "recordings" / "conv_1.mp3"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_what_is_closed_or_finished_takes_nothing_more(
    recordings: Recordings, tmp_path: Path
) -> None:
    closed, finished = recordings.record("conv_1"), recordings.record("conv_2")
    for recording in (closed, finished):
        recording.caller(tone(0.5))
        await recording.flush()
    closed.close()
    await finished.finish()
    for recording in (closed, finished):
        recording.caller(tone(0.5))
        recording.agent(tone(0.5), 0.0)
        recording.cut_agent(0.0)
        await recording.flush()
        assert await recording.finish() == (False, False)
        recording.close()
    assert names_in(tmp_path / "recordings") == ["conv_2.mp3"]
    assert_spans(loud_spans(heard(recordings.path("conv_2"), 0)), [(0.0, 0.5)])


class WatchedRecording(Recording):
    """Tells when it is being encoded, and when that is over."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, path.with_suffix(".part"), asyncio.Semaphore(1))
        self.is_encoding = threading.Event()
        self.may_encode = threading.Event()
        self.is_encoded = threading.Event()

    def _encode(self, cancelled: threading.Event) -> None:
        self.is_encoding.set()
        self.may_encode.wait()
        super()._encode(cancelled)
        self.is_encoded.set()


async def test_a_finish_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    recording = WatchedRecording(tmp_path / "conv_1.mp3")
    recording.caller(tone(10.0))
    finishing = asyncio.create_task(recording.finish())
    await asyncio.to_thread(recording.is_encoding.wait)
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing
    recording.may_encode.set()
    await asyncio.to_thread(recording.is_encoded.wait)
    assert names_in(tmp_path) == []


async def test_a_process_that_dies_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from vivavoce.store.recordings import Recordings\n"
        "async def main():\n"
        "    recording = Recordings(Path(sys.argv[1])).record('conv_1')\n"
        "    recording.caller(bytes(320_000))\n"
        "    recording.agent(bytes(320_000), 1.0)\n"
        "    await recording.flush()\n"
        "    os._exit(9)\n"
        "asyncio.run(main())\n"
    )
    died = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, str(tmp_path)], check=False
    )
    assert died.returncode == 9
    assert names_in(tmp_path) == []


async def test_what_a_killed_server_left_behind_is_removed_and_nothing_else(
    recordings: Recordings, tmp_path: Path
) -> None:
    await recordings.sweep()
    directory = tmp_path / "recordings"
    directory.mkdir()
    for name in ("left.part", "whole.mp3", "another_servers.part"):
        (directory / name).write_bytes(b"sound")
    with (directory / "another_servers.part").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        await recordings.sweep()
    assert names_in(directory) == ["another_servers.part", "whole.mp3"]


async def test_deleted_recordings_are_gone_and_others_stay(recordings: Recordings) -> None:
    for name in ("a", "b"):
        recording = recordings.record(name)
        recording.caller(tone(0.1))
        await recording.finish()
    await recordings.delete(["a", "unknown", "../b", "", "\0"])
    assert recordings.path("a") is None
    assert recordings.path("b") is not None


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\0", "\ud800", "x" * 300])
def test_an_id_that_is_no_file_name_leads_nowhere(recordings: Recordings, name: str) -> None:
    assert recordings.path(name) is None
    with pytest.raises(ValueError, match="id"):
        recordings.record(name)


async def test_a_disk_that_fails_ends_the_recording_and_not_the_call(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file where the directory should be")
    recording = Recordings(tmp_path / "recordings").record("conv_1")
    recording.caller(tone(0.1))
    with capture_logs() as logs:
        await recording.flush()
        recording.caller(tone(0.1))
        await recording.flush()
        assert await recording.finish() == (False, False)
    assert [(log["event"], log["error"]) for log in logs] == [
        ("recording given up", os.strerror(errno.EEXIST))
    ]


async def test_a_disk_that_fails_at_the_end_leaves_no_recording(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mp3"
    whole.mkdir()
    recording = Recording(whole, tmp_path / "whole.part", asyncio.Semaphore(1))
    recording.caller(tone(0.1))
    with capture_logs() as logs:
        assert await recording.finish() == (False, False)
    assert [log["event"] for log in logs] == ["recording given up"]
    assert names_in(tmp_path) == ["whole.mp3"]
