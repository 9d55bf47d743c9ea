"""A spoken conversation with an agent, for programs with an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Final

from vivavoce.clients.addresses import socket_url, with_query
from vivavoce.clients.call import Call
from vivavoce.clients.call_settings import CallSettings
from vivavoce.clients.call_sound import CallSound
from vivavoce.clients.connection import Connection
from vivavoce.clients.devices import Loudspeaker, Microphone
from vivavoce.clients.events import (
    AgentResponse,
    ConversationEvent,
    ConversationStarted,
    UserTranscript,
)
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.overrides import Variables
from vivavoce.clients.sound_sink import SinkLike, as_sink
from vivavoce.clients.sound_source import SourceLike, as_source
from vivavoce.clients.tools import Tools

_PATH: Final = "/v1/convai/conversation"
NO_VARIABLES: Final[Variables] = MappingProxyType({})
MICROPHONE: Final = Microphone()
LOUDSPEAKER: Final = Loudspeaker()


def show_line(event: ConversationEvent) -> None:
    """Prints what either side has said."""
    match event:
        case UserTranscript(text, True):
            print(f"User: {text}")
        case AgentResponse(text):
            print(f"Agent: {text}")


class AsyncVoiceConversation:
    """One call to an agent; it goes on where it was when the network comes back.

    async with AsyncVoiceConversation(agent_config={"agent": {"first_message": "Hello!"}}) as call:
        async for event in call:
            ...

    The microphone and the loudspeaker are used unless `source` and `sink` say otherwise (None for
    neither); sound is 16-bit little-endian mono at the rate of the agent's formats. Where the
    server has lost the conversation, `SessionLost` is told and another one begins, which is told
    what has been said; not with `restart=False`: then the events end with CannotConnect.
    """

    def __init__(
        self,
        api_key: str = "",
        agent_config: Mapping[str, object] | None = None,
        *,
        agent_id: str | None = None,
        url: str | None = None,
        signed_url: str | None = None,
        source: SourceLike | None = MICROPHONE,
        sink: SinkLike | None = LOUDSPEAKER,
        tools: Tools | None = None,
        dynamic_variables: Variables = NO_VARIABLES,
        user_id: str | None = None,
        text_only: bool = False,
        restart: bool = True,
        options: ConnectionOptions | None = None,
    ) -> None:
        """`agent_config` is what this call changes of the agent: see `conversation_override`.

        `url` is the server's, by default the environment's VIVAVOCE_URL or this machine;
        `signed_url` stands for it, the agent and the key. `tools` may be made before, for their
        definitions are part of an agent. A call that is `text_only` has no sound.
        Raises InvalidParameter for what cannot be used.
        """
        self.tools = Tools() if tools is None else tools
        """What the agent can have done here; `tool` adds a function, as a decorator."""
        self.tool = self.tools.tool
        self._sound = CallSound(
            None if source is None or text_only else as_source(source),
            None if sink is None or text_only else as_sink(sink),
        )
        if signed_url is None:
            place = socket_url(url, _PATH, {"agent_id": agent_id})
        else:
            place = with_query(signed_url, {})
        self._call = Call(
            place,
            CallSettings(
                dict(agent_config or {}), dict(dynamic_variables), user_id, text_only, restart
            ),
            sound=self._sound,
            tools=self.tools,
            options=(options or ConnectionOptions()).with_key(api_key),
        )

    @property
    def conversation_id(self) -> str | None:
        """The server's name for the conversation, None before it has begun."""
        return self._call.core.started.conversation_id if self._call.core.started else None

    @property
    def started(self) -> ConversationStarted | None:
        """The formats and the id, None before it has begun."""
        return self._call.core.started

    @property
    def connection(self) -> Connection:
        """For its state, its round trip and the listeners of both."""
        return self._call.connection

    @property
    def is_muted(self) -> bool:
        """Whether the agent hears silence in place of the source."""
        return self._sound.is_muted

    @is_muted.setter
    def is_muted(self, is_muted: bool) -> None:
        self._sound.is_muted = is_muted

    @property
    def lost_sound_s(self) -> float:
        """Seconds of the source that were never sent: the connection was away for over 30 s."""
        return self._sound.lost_s

    @property
    def lost_events(self) -> int:
        """Events that nobody has read before 1,024 others had come."""
        return self._call.events.lost

    async def open(self) -> None:
        """Begins the call, and returns when the agent is there.

        Raises CannotConnect, DeviceFailed and other kinds of VivavoceError; then all is released.
        """
        await self._call.open()

    async def connect(self, on_event: Callable[[ConversationEvent], None] = show_line) -> None:
        """Holds the call until it is over, and hands on every event; by default they are printed.

        Raises as `open` does.
        """
        async with self:
            async for event in self:
                on_event(event)

    async def send_text(self, text: str) -> None:
        """A turn of the caller's, in writing. Raises ConnectionOver."""
        self._call.core.memory.wrote(text)
        await self._call.connection.send({"type": "user_message", "text": text})

    async def contextual_update(self, text: str, *, context_id: str | None = None) -> None:
        """What the agent is to know, without an answer; of one `context_id` only the newest counts.

        Raises ConnectionOver.
        """
        await self._call.connection.send(self._call.core.context(text, context_id))

    async def user_activity(self) -> None:
        """The caller is busy, such as typing: the agent does not speak up.

        Raises ConnectionOver.
        """
        await self._call.connection.send({"type": "user_activity"})

    async def feedback(self, is_good: bool | None, *, event_id: int | None = None) -> None:
        """What the caller thinks of an answer, the agent's last one by default; None takes it back.

        Raises ConnectionOver.
        """
        score = None if is_good is None else "like" if is_good else "dislike"
        about = self._call.core.spoken_id if event_id is None else event_id
        await self._call.connection.send({"type": "feedback", "event_id": about, "score": score})

    async def end(self) -> None:
        """Hangs up; the events end. A tool may do so, too."""
        await self._call.end()

    async def close(self) -> None:
        """Hangs up, and returns when every device, task and socket is released. Idempotent."""
        await self._call.close()

    async def next_event(self) -> ConversationEvent:
        """What happens next. Raises StopAsyncIteration when the call is over, or its failure."""
        return await self._call.events.get()

    def waiting_event(self) -> ConversationEvent | None:
        """What has happened and nobody has read, None for nothing; raises what it failed with."""
        return self._call.events.get_waiting()

    def __aiter__(self) -> AsyncIterator[ConversationEvent]:
        return self

    async def __anext__(self) -> ConversationEvent:
        return await self._call.events.get()

    async def __aenter__(self) -> AsyncVoiceConversation:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()
