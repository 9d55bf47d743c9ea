"""Our own clients of conversations and transcription, at a real server without models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest

from tests.clients.resuming_server import until
from tests.integration.conftest import RunningServer
from vivavoce.clients.async_conversation import AsyncVoiceConversation
from vivavoce.clients.async_transcription import AsyncTranscriber
from vivavoce.clients.events import (
    AgentResponse,
    AgentSpeech,
    ConversationEvent,
    ConversationStarted,
    SessionLost,
    UserTranscript,
)
from vivavoce.clients.states import ConnectionState
from vivavoce.clients.transcripts import CommittedTranscript, PartialTranscript
from vivavoce.engines.ears.fake import FakeEars

GREETING = "Good morning to you."
SILENCE = bytes(32_000)
_WITHIN_S = 60


@pytest.fixture
def running(start_server: Callable[..., RunningServer]) -> RunningServer:
    """A server of its own: one that serves several tests grows threads in the first."""
    return start_server()


def said(*texts: str) -> Iterator[bytes]:
    """A caller who says these, a second of silence around each, and is silent for a while."""
    for text in texts:
        yield SILENCE
        yield FakeEars().sound_of(text)
    for _ in range(20):
        yield SILENCE


async def until_answers(
    call: AsyncVoiceConversation, count: int, *, cut_every: int = 0
) -> list[ConversationEvent]:
    """All events up to the last of so many answers, and to the end of its sound."""
    events: list[ConversationEvent] = []
    answered = spoken = 0
    async with asyncio.timeout(_WITHIN_S):
        async for event in call:
            events.append(event)
            answered += isinstance(event, AgentResponse)
            spoken += isinstance(event, AgentSpeech)
            if answered == count and _is_spoken(events):
                break
            if cut_every and isinstance(event, AgentSpeech) and spoken % cut_every == 0:
                call.connection.cut()
    return events


def _is_spoken(events: list[ConversationEvent]) -> bool:
    """Whether all of the last answer has been."""
    (response,) = [one for one in events if isinstance(one, AgentResponse)][-1:]
    of_it = [
        one for one in events if isinstance(one, AgentSpeech) and one.event_id == response.event_id
    ]
    return text_of(of_it).split() == response.text.split()


def text_of(events: Sequence[ConversationEvent]) -> str:
    """What was spoken, by its alignment."""
    timed = [one.alignment for one in events if isinstance(one, AgentSpeech) and one.alignment]
    return "".join(char for alignment in timed for char in alignment.chars)


def responses_of(events: list[ConversationEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, AgentResponse)]


@pytest.mark.parametrize("cut_every", [0, 4])
async def test_a_spoken_question_is_answered_once_however_often_the_network_breaks(
    running: RunningServer, cut_every: int
) -> None:
    call = AsyncVoiceConversation(
        "any",
        {"agent": {"first_message": GREETING}},
        url=running.url("", "http"),
        source=said("", "", "", "Good morning."),
        sink=lambda pcm: None,
    )
    states = []
    call.connection.on_state(lambda change: states.append(change.state))
    async with call:
        events = await until_answers(call, 2, cut_every=cut_every)
        await until(lambda: call.connection.state is ConnectionState.OPEN)
    assert states.count(ConnectionState.RECONNECTING) >= (3 if cut_every else 0)
    assert responses_of(events) == [GREETING, "You said: Good morning."]
    assert text_of(events).split() == [*GREETING.split(), "You", "said:", "Good", "morning."]
    heard = [event.text for event in events if isinstance(event, UserTranscript) and event.is_final]
    assert heard == ["Good morning."]
    assert len([event for event in events if isinstance(event, ConversationStarted)]) == 1
    assert not any(isinstance(event, SessionLost) for event in events)
    await asyncio.to_thread(running.until, running.is_idle)


async def test_a_tool_answers_for_the_agent(running: RunningServer) -> None:
    call = AsyncVoiceConversation(text_only=True, url=running.url("", "http"))

    @call.tool
    def weather(city: str) -> str:
        """The weather in a city.

        city: its name
        """
        return f"sunny for all of {city}"

    rule = {
        "when": r"weather in (\w+)",
        "tool": "weather",
        "parameters": {"city": "{1}"},
        "then": "It is {result}.",
    }
    prompt = {"tools": call.tools.definitions(), "rules": [rule]}
    async with httpx.AsyncClient(base_url=running.url("", "http")) as rest:
        made = await rest.post(
            "/v1/convai/agents/create",
            json={"conversation_config": {"agent": {"first_message": "", "prompt": prompt}}},
        )
    named = AsyncVoiceConversation(
        text_only=True, url=running.url("", "http"), agent_id=made.json()["agent_id"]
    )
    named.tool(weather)
    async with named, asyncio.timeout(_WITHIN_S):
        await named.send_text("How is the weather in Rome?")
        async for event in named:
            if isinstance(event, AgentResponse):
                assert event.text == "It is sunny for all of Rome."
                break


async def test_what_waits_for_the_agent_is_silent_when_the_caller_barges_in(
    running: RunningServer,
) -> None:
    call = AsyncVoiceConversation(
        "any",
        {"agent": {"first_message": 20 * GREETING}},
        url=running.url("", "http"),
        source=said("", "Why? Why? Why?"),
        sink=None,
    )
    async with call:
        events = await until_answers(call, 2)
    kinds = [type(event).__name__ for event in events]
    assert kinds.index("Interruption") < kinds.index("AgentResponseCorrection")
    assert "Why?" in responses_of(events)[1]


@pytest.mark.parametrize("is_cut", [False, True])
async def test_what_is_said_is_written_down_once_however_often_the_network_breaks(
    running: RunningServer, is_cut: bool
) -> None:
    words = "one two three four five six seven eight nine zero"
    async with AsyncTranscriber(
        url=running.url("", "http"), include_timestamps=True
    ) as transcriber:
        for word in words.split():
            await transcriber.send_audio(FakeEars().sound_of(word))
            if is_cut:
                transcriber.connection.cut()
        async with asyncio.timeout(_WITHIN_S):
            await transcriber.finish()
        events = [event async for event in transcriber]
    committed = [event for event in events if isinstance(event, CommittedTranscript)]
    assert [event.text for event in committed] == [words]
    starts = [word.start_s for word in committed[0].words if word.kind == "word"]
    assert starts == sorted(starts)
    assert 2.0 < starts[-1] < 2.5
    assert not any(isinstance(event, SessionLost) for event in events)


async def test_the_server_commits_at_silences_and_all_of_it_is_told(running: RunningServer) -> None:
    async with AsyncTranscriber(
        url=running.url("", "http"), commit_strategy="vad", vad_silence_threshold_secs=0.5
    ) as transcriber:
        for text in ("Good morning.", "Why? Yes.", "Goodbye!"):
            await transcriber.send_audio(FakeEars().sound_of(text) + SILENCE)
        await transcriber.finish()
        events = [event async for event in transcriber]
    assert [event.text for event in events if isinstance(event, CommittedTranscript)] == [
        "Good morning.",
        "Why? Yes.",
        "Goodbye!",
    ]
    assert not isinstance(events[-1], PartialTranscript)
