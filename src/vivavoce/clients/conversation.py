"""A spoken conversation with an agent, for programs without an event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from vivavoce.clients.async_conversation import (
    LOUDSPEAKER,
    MICROPHONE,
    NO_VARIABLES,
    AsyncVoiceConversation,
    show_line,
)
from vivavoce.clients.connection import Connection
from vivavoce.clients.event_reader import EventReader
from vivavoce.clients.events import ConversationEvent, ConversationStarted
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.overrides import Variables
from vivavoce.clients.sound_sink import SinkLike
from vivavoce.clients.sound_source import SourceLike
from vivavoce.clients.tools import Tools


class VoiceConversation:
    """One call to an agent; it goes on where it was when the network comes back.

    conversation = VoiceConversation("any key", {"agent": {"first_message": "Hello!"}})
    conversation.connect()

    holds it with this machine's microphone and loudspeaker until it is over, and prints what is
    said. Whoever wants to do something meanwhile opens it and reads its events:

    with VoiceConversation("any key") as conversation:
        for event in conversation:
            ...

    All else is as in `AsyncVoiceConversation`. Its methods may be called from any thread, but not
    from a tool that is a coroutine.
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
        """See `AsyncVoiceConversation`. Raises InvalidParameter for what cannot be used."""
        self._loop = LoopThread("vivavoce-conversation")
        self._call = AsyncVoiceConversation(
            api_key,
            agent_config,
            agent_id=agent_id,
            url=url,
            signed_url=signed_url,
            source=source,
            sink=sink,
            tools=tools,
            dynamic_variables=dynamic_variables,
            user_id=user_id,
            text_only=text_only,
            restart=restart,
            options=options,
        )
        self._reader = EventReader(self._loop, self._call)
        self.tool = self._call.tool

    @property
    def tools(self) -> Tools:
        """What the agent can have done here; `tool` adds a function, as a decorator."""
        return self._call.tools

    @property
    def conversation_id(self) -> str | None:
        """The server's name for the conversation, None before it has begun."""
        return self._call.conversation_id

    @property
    def started(self) -> ConversationStarted | None:
        """The formats and the id, None before it has begun."""
        return self._call.started

    @property
    def connection(self) -> Connection:
        """For its state and its round trip."""
        return self._call.connection

    @property
    def is_muted(self) -> bool:
        """Whether the agent hears silence in place of the source."""
        return self._call.is_muted

    @is_muted.setter
    def is_muted(self, is_muted: bool) -> None:
        self._call.is_muted = is_muted

    @property
    def lost_sound_s(self) -> float:
        """Seconds of the source that were never sent: the connection was away for over 30 s."""
        return self._call.lost_sound_s

    @property
    def lost_events(self) -> int:
        """Events that nobody has read before 1,024 others had come."""
        return self._call.lost_events

    def connect(self, on_event: Callable[[ConversationEvent], None] = show_line) -> None:
        """Holds the call until it is over, and hands on every event; by default they are printed.

        Raises as `open` does.
        """
        with self:
            for event in self:
                on_event(event)

    def open(self) -> None:
        """Begins the call, and returns when the agent is there.

        Raises CannotConnect, DeviceFailed and other kinds of VivavoceError; then all is released.
        """
        self._loop.start()
        try:
            self._loop.call(self._call.open())
        except BaseException:
            self.close()
            raise

    def send_text(self, text: str) -> None:
        """A turn of the caller's, in writing. Raises ConnectionOver."""
        self._loop.call(self._call.send_text(text))

    def contextual_update(self, text: str, *, context_id: str | None = None) -> None:
        """What the agent is to know, without an answer. Raises ConnectionOver."""
        self._loop.call(self._call.contextual_update(text, context_id=context_id))

    def user_activity(self) -> None:
        """The caller is busy: the agent does not speak up. Raises ConnectionOver."""
        self._loop.call(self._call.user_activity())

    def feedback(self, is_good: bool | None, *, event_id: int | None = None) -> None:
        """What the caller thinks of an answer, by default the last one. Raises ConnectionOver."""
        self._loop.call(self._call.feedback(is_good, event_id=event_id))

    def end(self) -> None:
        """Hangs up; the events end. A tool may do so, too."""
        if self._loop.is_running:
            self._loop.call(self._call.end())

    def close(self) -> None:
        """Hangs up, and returns when all is released, the thread included. Idempotent."""
        self._loop.end(self._call.close)

    def next_event(self, timeout: float | None = None) -> ConversationEvent | None:
        """What happens next, None when the call is over.

        Raises TimeoutError after `timeout` seconds, and what the call failed with.
        """
        return self._reader.next(timeout)

    def __iter__(self) -> Iterator[ConversationEvent]:
        return iter(self._reader)

    def __enter__(self) -> VoiceConversation:
        self.open()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
