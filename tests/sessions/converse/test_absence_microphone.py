"""What is said to an agent around a cut, and while nobody hears it."""

from __future__ import annotations

import asyncio
import random

import numpy as np
import pytest

from tests.sessions.converse.faltering import (
    DELAY_S,
    Line,
    faltering,
    played,
    silence,
    stream,
    text_played,
)
from tests.sessions.converse.scene import CHUNK_BYTES, CHUNK_S, an_agent
from tests.sessions.converse.test_caller_ear import Breath

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on and on and on."
RULES = ({"when": "time", "say": "It is noon."}, {"when": "story", "say": STORY})
ECHO_S = 0.12


@pytest.mark.parametrize("left_s", [0.0, 0.005, 0.015, 0.025, 0.035, 0.1])
async def test_nobody_hangs_up_on_a_caller_who_spoke_while_away(left_s: float) -> None:
    agent = an_agent(rules=RULES, turn={"turn_timeout": -1, "silence_end_call_timeout": 5})
    async with faltering(agent) as line:
        said = silence(7.0) + line.scene.ears.sound_of("What time is it?") + silence(4.0)
        async with asyncio.TaskGroup() as tasks:
            talking = tasks.create_task(stream(line, said))
            await asyncio.sleep(5.0 - DELAY_S - left_s)
            await line.peer.be_away(5.0)
            await line.scene.until(lambda: line.scene.responses or line.peer.closed)
            talking.cancel()
    assert line.scene.responses == ["It is noon."]


@pytest.mark.parametrize("away_s", [0.1, 0.5, 1.5, 4.0, 20.0])
@pytest.mark.parametrize("moment", [0.1, 0.6, 1.0, 1.3, 1.6, 1.9, 2.2, 2.6])
async def test_a_question_asked_across_a_cut_is_answered_once(moment: float, away_s: float) -> None:
    agent = an_agent(rules=RULES, turn={"turn_timeout": -1})
    async with faltering(agent) as line:
        question = silence(0.5) + line.scene.ears.sound_of("What time is it?")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, question + silence(away_s + 4.0)))
            await asyncio.sleep(moment)
            await line.peer.be_away(away_s)
    assert line.scene.transcripts == ["What time is it?"]
    assert line.scene.responses == ["It is noon."]
    assert text_played(line.peer).strip() == "It is noon."
    assert "interruption" not in line.scene.kinds


@pytest.mark.parametrize("stalled_s", [0.3, 0.7, 1.5, 2.5])
@pytest.mark.parametrize("moment", [0.6, 1.0, 1.3, 1.6, 1.9, 2.2])
async def test_a_question_on_a_line_that_stands_still_is_answered_once(
    moment: float, stalled_s: float
) -> None:
    agent = an_agent(rules=RULES, turn={"turn_timeout": -1})
    async with faltering(agent) as line:
        question = silence(0.5) + line.scene.ears.sound_of("What time is it?")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, question + silence(stalled_s + 4.0)))
            await asyncio.sleep(moment)
            await line.peer.stall(stalled_s)
    assert line.scene.transcripts == ["What time is it?"]
    assert line.scene.responses == ["It is noon."]


async def test_who_asks_while_away_over_an_agent_that_fell_silent_has_the_word() -> None:
    async with faltering(an_agent(first_message=STORY, rules=RULES)) as line:
        question = silence(2.5) + line.scene.ears.sound_of("What time is it?")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, question + silence(6.0)))
            await asyncio.sleep(1.0)
            await line.peer.be_away(3.0)
    assert line.scene.transcripts == ["What time is it?"]
    assert line.scene.responses == [STORY, "It is noon."]
    assert line.scene.told.count("interruption") == 1
    (correction,) = line.scene.of("agent_response_correction")
    heard = correction["corrected_agent_response"].split()
    interrupted_at = line.peer.times[line.scene.kinds.index("interruption")]
    begun = len(text_played(line.peer, interrupted_at).split())
    assert heard in (STORY.split()[:begun], STORY.split()[: begun - 1])


@pytest.mark.parametrize("away_s", [0.5, 2.0, 10.0])
async def test_who_interrupts_right_after_coming_back_is_heard_at_once(away_s: float) -> None:
    async with faltering(an_agent(first_message=STORY * 2, rules=RULES)) as line:
        question = silence(1.2 + away_s) + line.scene.ears.sound_of("What time is it?")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, question + silence(5.0)))
            await asyncio.sleep(1.0)
            await line.peer.be_away(away_s)
            began_at = line.now + 0.2
            await line.scene.heard("interruption")
            assert line.now - began_at < 1.0
    assert line.scene.transcripts == ["What time is it?"]
    assert line.scene.responses[-1] == "It is noon."


def heard_in_the_room(line: Line, said: bytes, began_at: float) -> bytes:
    """The next 20 ms of the microphone: what the caller says, and the loudspeaker behind it."""
    now = line.now
    at = round((now - began_at) / CHUNK_S) * CHUNK_BYTES
    echo = np.zeros(CHUNK_BYTES // 2, np.float64)
    for piece in played(line.peer)[-80:]:
        if piece.starts_at - 1 < now - ECHO_S < piece.ends_at + 1:
            sound = np.frombuffer(piece.pcm, "<i2") / 4
            first = round((now - ECHO_S - piece.starts_at) * 16_000)
            own = sound[max(0, first) : max(0, first + len(echo))]
            echo[max(0, -first) :][: len(own)] += own
    own_sound = np.frombuffer(said[at : at + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0"), "<i2")
    return (own_sound + echo).astype("<i2").tobytes()


async def loud(line: Line, seconds: float, said: bytes = b"") -> None:
    """A microphone next to a loudspeaker."""
    began_at = line.now
    while line.now < began_at + seconds:
        line.scene.hear(heard_in_the_room(line, said, began_at))
        await asyncio.sleep(CHUNK_S)


@pytest.mark.parametrize("away_s", [0.3, 1.0, 6.0])
@pytest.mark.parametrize("moment", [0.4, 1.5, 2.9])
async def test_the_agents_own_voice_is_no_caller_before_and_after_a_cut(
    moment: float, away_s: float
) -> None:
    agent = an_agent(first_message=STORY, rules=RULES, turn={"turn_timeout": -1})
    async with faltering(agent, voice=Breath()) as line:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(loud(line, away_s + 7.0))
            await asyncio.sleep(moment)
            await line.peer.be_away(away_s)
        line.scene.write("story")
        await loud(line, 6.0)
    assert "interruption" not in line.scene.kinds
    assert line.scene.transcripts == ["story"]
    assert line.scene.said == [("agent", STORY), ("user", "story"), ("agent", STORY)]


@pytest.mark.parametrize("seed", range(12))
async def test_a_line_that_is_cut_again_and_again_changes_nothing_that_is_said(seed: int) -> None:
    rng = random.Random(seed)
    agent = an_agent(first_message="Hello there.", rules=RULES, turn={"turn_timeout": -1})
    async with faltering(agent) as line:
        sound_of = line.scene.ears.sound_of
        said = silence(2.0) + sound_of("What time is it?") + silence(4.0)
        said += sound_of("Tell me a story.") + silence(12.0)
        async with asyncio.TaskGroup() as tasks:
            talking = tasks.create_task(stream(line, said))
            while not talking.done():
                await asyncio.sleep(rng.uniform(0.02, 2.5))
                await line.peer.be_away(rng.choice([0.01, 0.1, 0.3, 0.8, 1.5]) * rng.random())
        await asyncio.sleep(8.0)
    assert line.scene.transcripts == ["What time is it?", "Tell me a story."]
    assert text_played(line.peer).split() == f"Hello there. It is noon. {STORY}".split()
    assert "interruption" not in line.scene.kinds


async def test_steps_of_an_answer_are_timed_without_the_absence() -> None:
    async with faltering(an_agent(rules=RULES, turn={"turn_timeout": -1})) as line:
        question = silence(0.3) + line.scene.ears.sound_of("What time is it?")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream(line, question + silence(10.0)))
            await asyncio.sleep(1.4)
            await line.peer.be_away(6.0)
    (answer,) = line.scene.answers
    assert answer.first_audible is not None
    assert 0 < answer.first_audible < 1_500
    _, said = line.scene.record.transcript
    assert said.time_in_call_s > 7.0


async def test_a_microphone_that_kept_nothing_goes_on_as_one_that_was_closed() -> None:
    async with faltering(an_agent(rules=RULES, turn={"turn_timeout": -1})) as line:
        await stream(line, silence(1.0))
        await line.peer.be_away(5.0)
        question = silence(0.1) + line.scene.ears.sound_of("What time is it?")
        await stream(line, question + silence(3.0))
    assert line.scene.transcripts == ["What time is it?"]
    assert line.scene.responses == ["It is noon."]


async def test_a_client_that_says_nothing_after_its_return_has_closed_its_microphone() -> None:
    async with faltering(an_agent(rules=RULES, turn={"turn_timeout": 4.0})) as line:
        question = silence(0.1) + line.scene.ears.sound_of("What time is it?")
        await stream(line, question)
        await line.peer.be_away(5.0)
        await line.scene.heard("agent_response")
    assert line.scene.transcripts == ["What time is it?"]
