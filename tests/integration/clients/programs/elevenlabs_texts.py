"""`python elevenlabs_texts.py HTTP_ADDRESS`: the SDK's conversations without an audio interface."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sys
from collections.abc import Callable, Iterator

from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AgentChatResponsePartType,
    AsyncConversation,
    ClientTools,
    Conversation,
    ConversationInitiationData,
    DisconnectionDetails,
    OnPremInitiationData,
)
from elevenlabs_agent import make_agent
from outcomes import tell

WITHIN_S = 30.0
QUIET_S = 1.0
"""How long one waits for what is not to come."""

address = sys.argv[1]
client = ElevenLabs(base_url=address, api_key="any")
concierge = make_agent(client)


def tools() -> ClientTools:
    """One that fails and one that is asynchronous; switch_light is nobody's."""

    def look_out(given: dict[str, object]) -> str:
        raise RuntimeError(f"foggy over {given['city']}")

    async def open_door(given: dict[str, object]) -> dict[str, object]:
        await asyncio.sleep(0)
        return {"open": True, "parameters": sorted(given)}

    made = ClientTools()
    made.register("weather", look_out)
    made.register("open_door", open_door, is_async=True)
    return made


class Writing:
    """A conversation that is written, and waits for its answers."""

    def __init__(self, agent_id: str, **options: object) -> None:
        self._answers: queue.Queue[str | None] = queue.Queue()
        self.parts: list[tuple[str, str]] = []
        self.transcripts: list[str] = []
        self.ends: list[DisconnectionDetails] = []
        self.conversation = Conversation(
            client,
            agent_id,
            callback_agent_response=self._answers.put,
            callback_agent_chat_response_part=self._note,
            callback_user_transcript=self.transcripts.append,
            callback_disconnect=self._end,
            **options,
        )
        self.conversation.start_session()
        self.greeting = self.next()

    def next(self) -> str:
        answer = self._answers.get(timeout=WITHIN_S)
        assert answer is not None, self.ends
        return answer

    def ask(self, text: str) -> str:
        self.conversation.send_user_message(text)
        return self.next()

    def is_quiet(self) -> bool:
        try:
            self._answers.get(timeout=QUIET_S)
        except queue.Empty:
            return True
        return False

    def end(self) -> dict[str, object]:
        self.conversation.end_session()
        self.conversation.wait_for_session_end()
        return {"greeting": self.greeting, "ends": [one.reason for one in self.ends]}

    def _end(self, details: DisconnectionDetails) -> None:
        self.ends.append(details)
        self._answers.put(None)

    def _note(self, text: str, kind: AgentChatResponsePartType) -> None:
        self.parts.append((kind.value, text))


@contextlib.contextmanager
def unlogged() -> Iterator[None]:
    """The SDK logs what it then tells."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def refused(agent_id: str, config: ConversationInitiationData | None = None) -> object:
    """A conversation that does not come about."""
    ends: list[DisconnectionDetails] = []
    conversation = Conversation(
        client, agent_id, requires_auth=False, config=config, callback_disconnect=ends.append
    )
    with unlogged():
        conversation.start_session()
        conversation_id = conversation.wait_for_session_end()
    [end] = ends
    return [conversation_id, end.reason, end.close_code, end.close_reason]


def with_tools() -> object:
    """What its tools answer is said; the signed URL is the only way to the agent."""
    writing = Writing(concierge, requires_auth=True, client_tools=tools())
    answers = [
        writing.ask("How is the weather in Rome?"),
        writing.ask("Open the door."),
        writing.ask("Switch on the light."),
    ]
    return {**writing.end(), "answers": answers, "first_parts": writing.parts[:3]}


def without_key() -> object:
    """Of an agent that is not public."""
    return refused(concierge)


def asides() -> object:
    """What is no question gets no answer."""
    writing = Writing("default", requires_auth=False)
    writing.conversation.send_contextual_update("The user looks at the price list.")
    writing.conversation.register_user_activity()
    is_quiet = writing.is_quiet()
    writing.conversation.send_multimodal_message(text="What time is it?", file_ids=["f1"])
    answer = writing.next()
    last = writing.ask("Goodbye.")
    conversation_id = writing.conversation.wait_for_session_end()
    [end] = writing.ends
    shown = client.conversational_ai.conversations.get(str(conversation_id))
    return {
        "is_quiet": is_quiet,
        "answers": [answer, last],
        "end": [end.reason, end.close_code],
        "said": [turn.message for turn in shown.transcript],
    }


def missing_variable() -> object:
    """The greeting wants it, and nobody gives it."""
    override = {"agent": {"first_message": "Hello {{name}}."}}
    return refused("default", ConversationInitiationData(conversation_config_override=override))


async def brought_along() -> object:
    """The agent is the client's own."""
    answers: asyncio.Queue[str] = asyncio.Queue()
    ends: list[str] = []
    parts: list[str] = []

    async def note_part(text: str, kind: AgentChatResponsePartType) -> None:
        parts.append(kind.value)

    async def note_end(details: DisconnectionDetails) -> None:
        ends.append(details.reason)

    conversation = AsyncConversation(
        client,
        "mine",
        requires_auth=False,
        on_prem_config=OnPremInitiationData(
            on_prem_conversation_url=f"{address.replace('http', 'ws', 1)}/v1/convai/conversation",
            agent_config_dict={
                "agent": {"first_message": "I am {{whose}}.", "prompt": {"prompt": "Be brief."}}
            },
            tools_config_list=[
                {
                    "type": "client",
                    "name": "open_door",
                    "description": "Opens the door.",
                    "expects_response": True,
                }
            ],
        ),
        config=ConversationInitiationData(dynamic_variables={"whose": "yours"}),
        client_tools=tools(),
        callback_agent_response=answers.put,
        callback_agent_chat_response_part=note_part,
        callback_disconnect=note_end,
    )
    await conversation.start_session()
    async with asyncio.timeout(WITHIN_S):
        said = [await answers.get()]
        await conversation.send_user_message("Open the door.")
        said.append(await answers.get())
    await conversation.end_session()
    await conversation.wait_for_session_end()
    return {"said": said, "ends": ends, "parts": sorted(set(parts))}


calls: dict[str, Callable[[], object]] = {
    "with_tools": with_tools,
    "without_key": without_key,
    "asides": asides,
    "missing_variable": missing_variable,
    "brought_along": lambda: asyncio.run(brought_along()),
}
tell(calls)
