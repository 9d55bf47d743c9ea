"""Our own client of conversations, with the real voice and the real ears at the other end."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator

import httpx

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.clients.hearing import spoken_words
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import for_recogniser
from vivavoce.clients.async_conversation import AsyncVoiceConversation
from vivavoce.clients.events import (
    AgentResponse,
    AgentResponseCorrection,
    AgentSpeech,
    ConversationEvent,
    Interruption,
    SessionLost,
    UserTranscript,
)

_BLOCK = 1_600
_WITHIN_S = 90.0
LINES = (
    "What is the weather in Paris?",
    "Tell me a story.",
    "What time is it?",
    "Thank you and goodbye.",
)


class Mouth:
    """A microphone into which a test speaks files, and which is silent otherwise."""

    def __init__(self, say_into_file: SayIntoFile, *lines: str) -> None:
        self._paths = {line: say_into_file(line) for line in lines}
        self._ahead = b""

    def say(self, line: str) -> None:
        with wave.open(str(self._paths[line])) as file:
            self._ahead += file.readframes(file.getnframes())

    async def sound(self) -> AsyncIterator[bytes]:
        while True:
            yield self._ahead[:_BLOCK].ljust(_BLOCK, b"\0")
            self._ahead = self._ahead[_BLOCK:]


def weather(city: str, days: int = 1) -> str:
    """The weather in a city."""
    return f"sunny, {days} day long" if city == "Paris" else "unknown"


async def agent_with(server: ServerProcess, call: AsyncVoiceConversation) -> str:
    """An agent that knows the tools of the call."""
    prompt = {
        "tools": call.tools.definitions(),
        "built_in_tools": {"end_call": {"name": "end_call"}},
    }
    async with httpx.AsyncClient(base_url=server.http, trust_env=False) as rest:
        made = await rest.post(
            "/v1/convai/agents/create",
            json={"conversation_config": {"agent": {"first_message": "Hello.", "prompt": prompt}}},
        )
    return str(made.json()["agent_id"])


async def test_a_call_is_spoken_interrupted_cut_and_ended(
    calls_server: ServerProcess, say_into_file: SayIntoFile, recogniser: Recogniser
) -> None:
    plan = AsyncVoiceConversation(text_only=True, url=calls_server.http)
    plan.tool(weather)
    mouth = Mouth(say_into_file, *LINES)
    call = AsyncVoiceConversation(
        url=calls_server.http,
        agent_id=await agent_with(calls_server, plan),
        source=mouth.sound(),
        sink=None,
    )
    call.tool(weather)
    events: list[ConversationEvent] = []

    async def until(kind: type[ConversationEvent], text: str = "") -> None:
        async for event in call:
            events.append(event)
            if isinstance(event, kind) and text in getattr(event, "text", ""):
                return

    async with call, asyncio.timeout(_WITHIN_S):
        await until(AgentResponse, "Hello")
        mouth.say("What is the weather in Paris?")
        await until(AgentResponse, "Paris")
        await until(AgentSpeech)
        call.connection.cut()
        await asyncio.sleep(4)
        mouth.say("Tell me a story.")
        await until(AgentResponse, "Once upon a time")
        await asyncio.sleep(2)
        mouth.say("What time is it?")
        await until(Interruption)
        await until(AgentResponse, "half past nine")
        call.connection.cut()
        await asyncio.sleep(3)
        mouth.say("Thank you and goodbye.")
        async for event in call:
            events.append(event)
    responses = [event.text for event in events if isinstance(event, AgentResponse)]
    assert responses[:2] == ["Hello.", "In Paris it is sunny, 1 day long."]
    assert responses[3:] == ["It is half past nine.", "Goodbye!"]
    transcripts = [one.text for one in events if isinstance(one, UserTranscript) and one.is_final]
    assert list(map(spoken_words, transcripts)) == [
        "what is the weather in paris",
        "tell me a story",
        "what time is it",
        "thank you and goodbye",
    ]
    (correction,) = [one for one in events if isinstance(one, AgentResponseCorrection)]
    assert correction.original == responses[2]
    assert len(correction.corrected) < len(correction.original)
    assert not any(isinstance(one, SessionLost) for one in events)
    spoken = recogniser.transcribe(for_recogniser(first_answers(events), "pcm_16000"))
    assert word_error_rate("Hello. In Paris it is sunny, one day long.", spoken) < 0.2


def first_answers(events: list[ConversationEvent]) -> bytes:
    """The sound of all that was said before the story."""
    ids = [one.event_id for one in events if isinstance(one, AgentResponse)][:2]
    speech = [one for one in events if isinstance(one, AgentSpeech) and one.event_id in ids]
    return b"".join(one.audio for one in speech)
