"""A caller, an agent, and all that a call between them needs, without a model and in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pybase64

from tests.sessions.conftest import LimitedCaller, Peer
from vivavoce.config import Settings
from vivavoce.core.call_record import CallRecord, Waterfall
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.guarded_http import Allows, is_any
from vivavoce.engines.minds.base import Mind
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import AgentNotFound, StoreFailed
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.front import Admitted
from vivavoce.sessions.converse.minding import Minds
from vivavoce.sessions.converse.plan import CalledAgent
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.converse.session import ConversationSession
from vivavoce.sessions.desk import EmptyShelf, SpeechDesk
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices
from vivavoce.store.conversations import Conversations
from vivavoce.store.recordings import Recordings
from vivavoce.wire.initiation import Webhook

WORDS = (
    *("What", "time", "is", "it?", "Tell", "me", "a", "story.", "Stop", "now."),
    *("Mhm.", "Goodbye!", "Hello,", "world.", "Please", "wait", "for", "Anna."),
)
CHUNK_S = 0.02
CHUNK_BYTES = 640
USUAL_EVENTS = (
    *("audio", "interruption", "agent_response", "agent_response_correction", "user_transcript"),
    *("tentative_user_transcript", "ping", "agent_tool_request", "agent_tool_response"),
)


class CallPeer(Peer):
    """A client of the conversation's socket; `times` says when each frame came."""

    def __init__(self, *, answers_pings: bool = True) -> None:
        super().__init__()
        self.times: list[float] = []
        self._answers_pings = answers_pings

    async def send(self, message: str | bytes) -> None:
        await super().send(message)
        self.times.append(asyncio.get_running_loop().time())
        read = json.loads(message)
        if self._answers_pings and read["type"] == "ping":
            self.say(type="pong", event_id=read["ping_event"]["event_id"])


class KeptCalls(Conversations):
    """Conversations in memory; each write takes `delay_s`, and fails while it `fails`."""

    def __init__(self, *, fails: bool = False, delay_s: float = 0.005) -> None:
        self.fails = fails
        self._delay_s = delay_s
        self.begun: list[CallRecord] = []
        self.saved: list[CallRecord] = []

    async def begin(self, record: CallRecord) -> None:
        await self._keep(self.begun, record)

    async def save(self, record: CallRecord) -> None:
        await self._keep(self.saved, record)

    async def _keep(self, shelf: list[CallRecord], record: CallRecord) -> None:
        await asyncio.sleep(self._delay_s)
        if self.fails:
            raise StoreFailed("The database is gone.") from OSError(f"it was to keep {record}")
        shelf.append(record)


class KeptWebhooks(PostCall):
    """`sent` has the kind, the webhook and the body of all that would have gone out, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Webhook, bytes]] = []

    async def send_transcript(self, webhook: Webhook, conversation: bytes, allows: Allows) -> bool:
        self.sent.append(("transcript", webhook, conversation))
        return True

    async def send_audio(
        self, webhook: Webhook, agent_id: str, conversation_id: str, mp3: bytes, allows: Allows
    ) -> bool:
        self.sent.append(("audio", webhook, mp3))
        return True


class Front:
    """`CallFront` that knows these agents, the first by default; "broken" breaks the store."""

    def __init__(self, agents: Sequence[CalledAgent], caller: LimitedCaller) -> None:
        self._agents = {agent.agent_id: agent for agent in agents}
        self._first = agents[0]
        self._caller = caller

    async def agent(self, agent_id: str | None) -> CalledAgent:
        if agent_id is None:
            return self._first
        if agent_id == "broken":
            raise StoreFailed("The database is gone.")
        if agent_id not in self._agents:
            raise AgentNotFound(f"There is no agent {agent_id}.")
        return self._agents[agent_id]

    async def admit(self, agent: CalledAgent) -> Admitted:
        self._caller.require("convai")
        return Admitted(self._caller)


def an_agent(
    agent_id: str = "agent_1",
    *,
    first_message: str = "",
    rules: Sequence[Mapping[str, object]] = (),
    prompt: Mapping[str, object] | None = None,
    events: Sequence[str] = (),
    platform: Mapping[str, object] | None = None,
    **config: object,
) -> CalledAgent:
    """An agent whose mind is its rules; `events` come on top of the usual ones."""
    spoken = {"llm": "scripted", "rules": list(rules), **(prompt or {})}
    conversation = config.pop("conversation", {})
    assert isinstance(conversation, dict)
    agent = config.pop("agent", {})
    assert isinstance(agent, dict)
    return CalledAgent(
        agent_id=agent_id,
        name=f"The {agent_id}",
        conversation_config={
            "agent": {"first_message": first_message, "prompt": spoken, **agent},
            "conversation": {"client_events": [*USUAL_EVENTS, *events], **conversation},
            **config,
        },
        platform_settings=platform or {},
    )


class CallScene:
    """One session and its client."""

    def __init__(
        self,
        *agents: CalledAgent,
        query: str = "",
        mind: Mind | None = None,
        voice: FakeVoice | None = None,
        ears: FakeEars | None = None,
        caller: LimitedCaller | None = None,
        capacity: int | None = None,
        ears_capacity: int | None = None,
        block_delay_s: float = 0.0,
        ears_delay_s: float = 0.0,
        store: KeptCalls | None = None,
        recordings: Path | None = None,
        answers_pings: bool = True,
        peer: CallPeer | None = None,
        **settings: Any,
    ) -> None:
        self.peer = peer or CallPeer(answers_pings=answers_pings)
        self.caller = caller or LimitedCaller()
        self.ears = ears or FakeEars(WORDS)
        self.voice = voice or FakeVoice()
        self.pool = InProcessPool(self.voice, block_delay_s=block_delay_s, capacity=capacity)
        detector = FakeDetector()
        self.ears_pool = InProcessEarsPool(
            self.ears, detector, delay_s=ears_delay_s, capacity=ears_capacity
        )
        self.store = store or KeptCalls()
        self.webhooks = KeptWebhooks()
        self.answers: list[Waterfall] = []
        self.settings = Settings(keep_audio=recordings is not None, **settings)
        usual = mind or ScriptedMind()
        desk = CallDesk(
            speech=SpeechDesk(self.pool, self.settings, Notices(), EmptyShelf()),
            ears=EarsDesk(self.ears_pool, detector, self.settings, Notices()),
            minds=Minds(usual, usual, allows=is_any),
            conversations=self.store,
            recordings=Recordings(recordings or Path("nowhere")),
            post_call=self.webhooks,
            settings=self.settings,
            on_answer=self.answers.append,
        )
        front = Front(agents or (an_agent(),), self.caller)
        self.session = ConversationSession(self.peer, query, desk=desk, front=front)

    # What the client does.

    def begin(self, **fields: object) -> None:
        """As the SDKs do."""
        self.peer.say(
            type="conversation_initiation_client_data",
            **{"conversation_config_override": {}, **fields},
        )

    def write(self, text: str) -> None:
        self.peer.say(type="user_message", text=text)

    def hear(self, pcm: bytes) -> None:
        """Sound all at once."""
        self.peer.say(user_audio_chunk=pybase64.b64encode_as_string(pcm))

    async def speak(self, text: str, *, quiet_s: float = 0.0) -> None:
        """At the pace of speech, with a breath before it; then silence for `quiet_s`."""
        silence = bytes(round(quiet_s / CHUNK_S) * CHUNK_BYTES)
        await self._stream(bytes(CHUNK_BYTES * 5) + self.ears.sound_of(text) + silence)

    async def hush(self, seconds: float) -> None:
        """Nothing is said, though the microphone is open."""
        await self._stream(bytes(round(seconds / CHUNK_S) * CHUNK_BYTES))

    async def _stream(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), CHUNK_BYTES):
            self.hear(pcm[start : start + CHUNK_BYTES])
            await asyncio.sleep(CHUNK_S)

    # What it has heard.

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.peer.messages]

    @property
    def told(self) -> list[str]:
        """The kinds without pings, the same kind in a row once."""
        kinds = [kind for kind in self.kinds if kind not in ("ping", "tentative_user_transcript")]
        return [kind for at, kind in enumerate(kinds) if not at or kinds[at - 1] != kind]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What is inside the messages of this kind."""
        return [
            next(value for key, value in message.items() if key != "type")
            for message in self.peer.messages
            if message["type"] == kind
        ]

    @property
    def responses(self) -> list[str]:
        return [one["agent_response"] for one in self.of("agent_response")]

    @property
    def transcripts(self) -> list[str]:
        return [one["user_transcript"] for one in self.of("user_transcript")]

    @property
    def audio_s(self) -> float:
        """Seconds of sound, at 16 kHz."""
        sounds = (pybase64.b64decode(one["audio_base_64"]) for one in self.of("audio"))
        return sum(map(len, sounds)) / 32_000

    @property
    def error(self) -> dict[str, Any]:
        (error,) = self.of("error")
        return error

    @property
    def record(self) -> CallRecord:
        """As it was written down at last."""
        return self.store.saved[-1]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who said what, as it was written down."""
        return [(turn.role, turn.message) for turn in self.record.transcript]

    async def until(self, condition: Callable[[], object], within_s: float = 30.0) -> None:
        """Waits for `condition` to hold."""
        for _ in range(round(within_s / 0.01)):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it never came to hold")

    async def heard(self, kind: str, count: int = 1) -> None:
        await self.until(lambda: self.kinds.count(kind) >= count)

    async def run(self) -> None:
        async with asyncio.timeout(3_000):
            await self.session.run()
        self.is_left_clean()

    def is_left_clean(self) -> None:
        """Everything that was taken has been given back."""
        assert self.pool.listeners == 0
        assert self.ears_pool.streams == 0
        assert self.caller.turns == 1_000


@asynccontextmanager
async def call(
    *agents: CalledAgent, begins: bool = True, **options: Any
) -> AsyncIterator[CallScene]:
    """A call that has begun, which the client leaves in the end."""
    scene = CallScene(*agents, **options)
    if begins:
        scene.begin()
    async with asyncio.timeout(3_000), asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.session.run())
        if begins:
            await scene.heard("conversation_initiation_metadata")
        yield scene
        scene.peer.vanish()
    scene.is_left_clean()
