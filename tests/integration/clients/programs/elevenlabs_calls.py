"""`python elevenlabs_calls.py HTTP_ADDRESS WEATHER STORY TIME GOODBYE`: the SDK's voice calls.

The words are those of WAV files with what callers say. All calls are held at the same time; what
is heard in them is then in `<call>.pcm`.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from caller import INTERRUPTING, Caller
from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AsyncConversation,
    AudioEventAlignment,
    ClientTools,
    Conversation,
    ConversationInitiationData,
    DisconnectionDetails,
)
from elevenlabs_agent import make_agent
from outcomes import tell
from telephones import AsyncTelephone, Telephone

WITHIN_S = 40.0

address, weather, story, time_of_day, goodbye = sys.argv[1:]
client = ElevenLabs(base_url=address, api_key="any")
concierge = make_agent(client)


class Notes:
    """What the callbacks are told, in the SDK's own names."""

    def __init__(self) -> None:
        self.responses: list[str] = []
        self.transcripts: list[str] = []
        self.corrections: list[tuple[str, str]] = []
        self.latencies: list[int] = []
        self.aligned: list[str] = []
        self.ends: list[dict[str, object]] = []
        self._over = threading.Event()

    def correct(self, original: str, corrected: str) -> None:
        self.corrections.append((original, corrected))

    def align(self, alignment: AudioEventAlignment) -> None:
        assert len(alignment.chars) == len(alignment.char_start_times_ms)
        assert len(alignment.chars) == len(alignment.char_durations_ms)
        self.aligned += alignment.chars

    def end(self, details: DisconnectionDetails) -> None:
        self.ends.append(
            {"reason": details.reason, "code": details.close_code, "why": details.close_reason}
        )
        self._over.set()

    def wait(self) -> bool:
        return self._over.wait(WITHIN_S)

    def told(self, caller: Caller) -> dict[str, object]:
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {**public, "aligned": "".join(self.aligned), "cuts": caller.interruptions}


def call(
    name: str,
    lines: list[str],
    agent_id: str,
    *,
    config: ConversationInitiationData | None = None,
    tools: ClientTools | None = None,
    requires_auth: bool = False,
) -> dict[str, object]:
    """One voice call until the agent hangs up."""
    notes, caller = Notes(), Caller(lines)
    conversation = Conversation(
        client,
        agent_id,
        user_id="susan",
        requires_auth=requires_auth,
        audio_interface=Telephone(caller),
        config=config,
        client_tools=tools,
        callback_agent_response=notes.responses.append,
        callback_agent_response_correction=notes.correct,
        callback_user_transcript=notes.transcripts.append,
        callback_latency_measurement=notes.latencies.append,
        callback_audio_alignment=notes.align,
        callback_disconnect=notes.end,
    )
    conversation.start_session()
    if not notes.wait():
        conversation.end_session()
        raise TimeoutError(notes.told(caller))
    conversation_id = conversation.wait_for_session_end()
    keep_sound(name, caller)
    return {**notes.told(caller), "kept": kept(str(conversation_id))}


def keep_sound(name: str, caller: Caller) -> None:
    Path(f"{name}.pcm").write_bytes(caller.heard)


def kept(conversation_id: str) -> object:
    """What the server remembers of a call that has just ended."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        shown = client.conversational_ai.conversations.get(conversation_id)
        if shown.status == "done" or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return {
        "status": shown.status,
        "roles": [turn.role for turn in shown.transcript],
        "user": shown.user_id,
    }


def concierges() -> object:
    """With a tool, a signed URL, and a greeting of the caller's own."""
    parameters: list[dict[str, object]] = []

    def look_out(given: dict[str, object]) -> str:
        parameters.append({key: value for key, value in given.items() if key != "tool_call_id"})
        return "sunny"

    tools = ClientTools()
    tools.register("weather", look_out)
    config = ConversationInitiationData(
        conversation_config_override={
            "agent": {"first_message": "Good morning, {{name}}."},
            "tts": {"voice_id": "Claudio"},
        },
        dynamic_variables={"name": "Susan"},
    )
    told = call(
        "concierges",
        [weather, goodbye],
        concierge,
        config=config,
        tools=tools,
        requires_auth=True,
    )
    return {**told, "parameters": parameters}


def interrupted() -> object:
    return call("interrupted", [story, INTERRUPTING + time_of_day, goodbye], "default")


async def asynchronous() -> object:
    """One that the caller ends."""
    notes, caller, over = Notes(), Caller([time_of_day]), asyncio.Event()

    async def note_response(text: str) -> None:
        notes.responses.append(text)
        if len(notes.responses) == 2:
            over.set()

    async def note_transcript(text: str) -> None:
        notes.transcripts.append(text)

    async def note_latency(milliseconds: int) -> None:
        notes.latencies.append(milliseconds)

    async def note_alignment(alignment: AudioEventAlignment) -> None:
        notes.align(alignment)

    async def note_end(details: DisconnectionDetails) -> None:
        notes.end(details)

    conversation = AsyncConversation(
        client,
        "default",
        requires_auth=False,
        audio_interface=AsyncTelephone(caller),
        callback_agent_response=note_response,
        callback_user_transcript=note_transcript,
        callback_latency_measurement=note_latency,
        callback_audio_alignment=note_alignment,
        callback_disconnect=note_end,
    )
    await conversation.start_session()
    async with asyncio.timeout(WITHIN_S):
        await over.wait()
        await asyncio.to_thread(caller.listen_to_the_end)
    await conversation.end_session()
    conversation_id = await conversation.wait_for_session_end()
    keep_sound("asynchronous", caller)
    return {
        **notes.told(caller),
        "kept": await asyncio.to_thread(kept, str(conversation_id)),
    }


calls = {
    "concierges": concierges,
    "interrupted": interrupted,
    "asynchronous": lambda: asyncio.run(asynchronous()),
}
with ThreadPoolExecutor() as pool:
    held = {name: pool.submit(one) for name, one in calls.items()}
    tell({name: partial(one.result) for name, one in held.items()})
