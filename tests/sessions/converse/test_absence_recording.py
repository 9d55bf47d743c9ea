"""Recordings of calls whose line was cut."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from tests.sessions.converse.faltering import (
    Played,
    faltering,
    played,
    silence,
    stream,
)
from tests.sessions.converse.scene import an_agent
from tests.sessions.converse.test_caller_ear import Breath
from tests.sessions.converse.test_keeping import files_in

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on and on and on."


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_recording_has_both_sides_where_they_were_heard(
    tmp_path: Path, noticed: bool
) -> None:
    agent = an_agent(first_message=STORY, turn={"turn_timeout": -1})
    async with faltering(agent, voice=Breath(), recordings=tmp_path) as line:
        began_at = line.now
        said = silence(1.6) + line.scene.ears.sound_of("Mhm.") + silence(4.0)
        said += line.scene.ears.sound_of("Mhm.") + silence(2.0)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, said))
            await asyncio.sleep(1.2)
            await line.peer.be_away(0.4 if not noticed else 3.0, noticed=noticed)
        await asyncio.sleep(1.0)
        heard = loud_stretches(on_a_tape(played(line.peer), began_at))
    (file,) = files_in(tmp_path)
    caller, agents = decoded(file)
    first, second = loud_stretches(caller)
    assert first == pytest.approx((1.6, 1.8), abs=0.1)
    assert second == pytest.approx((5.85, 6.05), abs=0.1)
    assert np.array(loud_stretches(agents)) == pytest.approx(np.array(heard), abs=0.1)


async def test_what_was_sent_again_is_recorded_where_it_was_heard(tmp_path: Path) -> None:
    agent = an_agent(first_message=STORY, turn={"turn_timeout": -1})
    async with faltering(agent, voice=Breath(), recordings=tmp_path) as line:
        began_at = line.now
        await asyncio.sleep(1.2)
        await line.peer.be_away(2.0, noticed=False)
        await asyncio.sleep(4.0)
        heard = loud_stretches(on_a_tape(played(line.peer), began_at))
    (file,) = files_in(tmp_path)
    _, agents = decoded(file)
    assert len(heard) == 2
    assert np.array(loud_stretches(agents)) == pytest.approx(np.array(heard), abs=0.1)


def on_a_tape(pieces: Sequence[Played], began_at: float) -> npt.NDArray[np.float32]:
    """What the client's loudspeaker has played, from `began_at` on."""
    tape = np.zeros(round((pieces[-1].ends_at - began_at) * 16_000) + 160, np.float32)
    for piece in pieces:
        at = max(0, round((piece.starts_at - began_at) * 16_000))
        sound = np.frombuffer(piece.pcm, "<i2").astype(np.float32) / 32_768
        tape[at : at + len(sound)] = sound[: len(tape) - at]
    return tape


def decoded(file: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    with av.open(file) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    left, right = np.concatenate(frames, axis=1).astype(np.float32)
    return left, right


def loud_stretches(samples: npt.NDArray[np.float32]) -> list[tuple[float, float]]:
    """From when to when it is loud, in seconds, as far as no pause is longer than 0.5 s."""
    level = np.abs(samples[: len(samples) // 160 * 160]).reshape(-1, 160).max(axis=1) > 0.02
    at = np.flatnonzero(level) / 100
    edges = np.flatnonzero(np.diff(at) > 0.5)
    starts, ends = [at[0], *at[edges + 1]], [*at[edges], at[-1]]
    return list(zip(map(float, starts), map(float, ends), strict=True))
