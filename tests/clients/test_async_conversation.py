from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest

from tests.clients.conversation_server import ConversationServer, conversation_server, until
from tests.clients.fake_devices import FakeLoudspeaker, FakeMicrophone
from vivavoce.clients.async_conversation import AsyncVoiceConversation
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.devices import DeviceFailed
from vivavoce.clients.events import (
    AgentResponse,
    AgentSpeech,
    ConversationEvent,
    ConversationFailed,
    ConversationStarted,
    Interruption,
    SessionLost,
    ToolCalled,
    UserTranscript,
)
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState
from vivavoce.clients.tools import Tools

QUICK = ConnectionOptions(backoff=BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1))
LOUD = b"\x10\x20" * 800

Event = TypeVar("Event")


class Scene:
    """A call to a server that does what it is told."""

    def __init__(self, server: ConversationServer) -> None:
        self.server = server
        self.microphone = FakeMicrophone()
        self.loudspeaker = FakeLoudspeaker()

    def call(self, **wanted: object) -> AsyncVoiceConversation:
        settings = {
            "url": self.server.http,
            "source": self.microphone,
            "sink": self.loudspeaker,
            "options": QUICK,
        }
        return AsyncVoiceConversation("secret", **{**settings, **wanted})


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with conversation_server() as server:
        yield Scene(server)


async def next_of(call: AsyncVoiceConversation, kind: type[Event]) -> Event:
    """The next event of a kind; those before it are of no interest."""
    async for event in call:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"the call was over before a {kind.__name__}")


async def rest_of(call: AsyncVoiceConversation) -> list[ConversationEvent]:
    return [event async for event in call]


async def test_a_call_begins_with_the_agents_settings_and_the_key(scene: Scene) -> None:
    config = {"agent": {"prompt": {"text": "Be brief."}, "voice": {"voice_id": "Viola"}}}
    async with scene.call(agent_config=config, agent_id="a b", user_id="u1") as call:
        started = await next_of(call, ConversationStarted)
        await until(lambda: bool(scene.server.session.heard))
        (first,) = scene.server.session.heard
    assert started == ConversationStarted("conv_1", "pcm_16000", "pcm_16000") == call.started
    assert first["type"] == "conversation_initiation_client_data"
    assert first["user_id"] == "u1"
    assert first["conversation_config_override"] == {
        "agent": {"prompt": {"prompt": "Be brief."}},
        "tts": {"voice_id": "Viola"},
    }
    assert scene.server.queries[0]["agent_id"] == "a b"
    assert scene.server.handshakes[0].headers["xi-api-key"] == "secret"


async def test_what_both_sides_say_is_told_in_order(scene: Scene) -> None:
    async with scene.call() as call:
        await scene.server.transcribes("Hello?", 1)
        await scene.server.responds("Yes?", 2)
        await scene.server.speaks(LOUD, 2, "Yes?")
        await scene.server.close()
        _, *events = await rest_of(call)
    assert events[:2] == [UserTranscript("Hello?", True, 1), AgentResponse("Yes?", 2)]
    assert isinstance(events[2], AgentSpeech)
    assert events[2].audio == LOUD
    assert events[2].alignment is not None
    assert events[2].alignment.starts_ms == (0, 50, 100, 150)


async def test_devices_open_at_the_rates_of_the_formats_and_close_with_the_call(
    scene: Scene,
) -> None:
    scene.server.output_format, scene.server.input_format = "pcm_22050", "ulaw_8000"
    async with scene.call() as call:
        assert (scene.loudspeaker.rate, scene.microphone.rate) == (22_050, 8_000)
        scene.microphone.hear(bytes(1600))
        await until(lambda: scene.server.sound() != b"")
        assert scene.server.sound() == b"\xff" * 800
        assert call.connection.state is ConnectionState.OPEN
    assert not scene.loudspeaker.is_open
    assert not scene.microphone.is_open
    assert call.connection.state is ConnectionState.CLOSED


async def test_an_interruption_drops_the_speech_that_waits_and_what_comes_late_of_it(
    scene: Scene,
) -> None:
    async with scene.call() as call:
        await scene.server.speaks(LOUD, 3)
        await until(lambda: scene.loudspeaker.waiting == LOUD)
        await scene.server.says("interruption", "interruption_event", event_id=4)
        await scene.server.speaks(LOUD, 4)
        await scene.server.speaks(LOUD[:40], 5)
        assert await next_of(call, Interruption) == Interruption(4)
        assert (await next_of(call, AgentSpeech)).event_id == 5
        assert scene.loudspeaker.waiting == LOUD[:40]


async def test_pings_are_answered(scene: Scene) -> None:
    async with scene.call():
        await scene.server.says("ping", "ping_event", event_id=9, ping_ms=None)
        await until(lambda: scene.server.heard("pong") == [{"type": "pong", "event_id": 9}])


async def test_the_caller_may_write_hint_judge_and_show_that_he_is_there(scene: Scene) -> None:
    async with scene.call() as call:
        await scene.server.responds("Well?", 6)
        await next_of(call, AgentResponse)
        await call.send_text("Hello.")
        await call.contextual_update("It rains.", context_id="weather")
        await call.user_activity()
        await call.feedback(True)
        await call.feedback(None, event_id=2)
        await until(lambda: len(scene.server.session.heard) == 6)
        assert scene.server.session.heard[1:] == [
            {"type": "user_message", "text": "Hello."},
            {"type": "contextual_update", "text": "It rains.", "context_id": "weather"},
            {"type": "user_activity"},
            {"type": "feedback", "event_id": 6, "score": "like"},
            {"type": "feedback", "event_id": 2, "score": None},
        ]


async def test_a_muted_call_sends_silence(scene: Scene) -> None:
    async with scene.call() as call:
        call.is_muted = True
        scene.microphone.hear(LOUD)
        await until(lambda: scene.server.sound() == bytes(len(LOUD)))
        call.is_muted = False
        scene.microphone.hear(LOUD)
        await until(lambda: scene.server.sound() == bytes(len(LOUD)) + LOUD)


async def test_tools_run_and_their_results_go_back(scene: Scene) -> None:
    call = scene.call()
    ran_in: list[threading.Thread] = []

    @call.tool
    def weather(city: str) -> str:
        """The weather in a city."""
        ran_in.append(threading.current_thread())
        return f"sunny in {city}"

    @call.tool(name="open_door")
    async def opens(door: int) -> None:
        raise PermissionError(f"door {door} is locked")

    async with call:
        await scene.server.calls("weather", "c1", city="Rome")
        assert await next_of(call, ToolCalled) == ToolCalled("weather", "c1", {"city": "Rome"}, 7)
        await until(lambda: len(scene.server.heard("client_tool_result")) == 1)
        await scene.server.calls("open_door", "c2", door=3)
        await scene.server.calls("fly", "c3")
        await until(lambda: len(scene.server.heard("client_tool_result")) == 3)
        results = {
            str(one["tool_call_id"]): (one["result"], one["is_error"])
            for one in scene.server.heard("client_tool_result")
        }
    assert results == {
        "c1": ("sunny in Rome", False),
        "c2": ("PermissionError: door 3 is locked", True),
        "c3": ("This client has no tool 'fly'.", True),
    }
    assert ran_in != [threading.current_thread()]


async def test_tools_may_be_made_before_the_call(scene: Scene) -> None:
    tools = Tools()

    @tools.tool
    def weather(city: str) -> str:
        return f"sunny in {city}"

    async with scene.call(tools=tools) as call:
        assert call.tools is tools
        await scene.server.calls("weather", "c1", city="Rome")
        await until(lambda: len(scene.server.heard("client_tool_result")) == 1)
    assert scene.server.heard("client_tool_result")[0]["result"] == "sunny in Rome"


async def test_a_tool_may_hang_up(scene: Scene) -> None:
    call = scene.call()

    @call.tool
    async def hang_up() -> None:
        await call.end()

    async with call:
        await scene.server.calls("hang_up", "c1")
        assert isinstance((await rest_of(call))[-1], ToolCalled)
    assert scene.server.close_codes == [1000]


async def test_a_tool_that_blocks_does_not_hold_up_the_call(scene: Scene) -> None:
    call = scene.call()
    done = threading.Event()

    @call.tool
    def wait() -> str:
        done.wait(20)
        return "done"

    async with call:
        await scene.server.calls("wait", "c1")
        await scene.server.responds("One moment.", 2)
        assert await next_of(call, AgentResponse) == AgentResponse("One moment.", 2)
        done.set()
        await until(lambda: len(scene.server.heard("client_tool_result")) == 1)


async def test_after_a_cut_the_call_goes_on_and_no_event_is_lost_or_comes_twice(
    scene: Scene,
) -> None:
    async with scene.call() as call:
        for number in range(1, 40):
            await scene.server.responds(f"Answer {number}.", number)
            if number % 10 == 0:
                scene.server.cut(mid_frame=number % 20 == 0)
                await asyncio.sleep(0.01)
        await until(lambda: scene.server.session.socket is not None)
        await scene.server.responds("The last.", 40)
        texts = []
        while texts[-1:] != ["The last."]:
            texts.append((await next_of(call, AgentResponse)).text)
        assert texts == [*(f"Answer {number}." for number in range(1, 40)), "The last."]
        assert len(scene.server.sessions) == 1
        assert len(scene.server.heard("conversation_initiation_client_data")) == 1


async def test_sound_of_the_time_away_is_sent_on_return(scene: Scene) -> None:
    async with scene.call() as call:
        scene.microphone.hear(LOUD)
        await until(lambda: scene.server.sound() == LOUD)
        scene.server.http_status = 503
        scene.server.cut()
        await until(lambda: call.connection.state is ConnectionState.RECONNECTING)
        for _ in range(10):
            scene.microphone.hear(LOUD)
        await asyncio.sleep(0.1)
        scene.server.http_status = None
        await until(lambda: scene.server.sound() == 11 * LOUD)
        assert call.lost_sound_s == 0


async def test_of_sound_beyond_half_a_minute_the_oldest_is_lost_and_counted(scene: Scene) -> None:
    async with scene.call() as call:
        scene.server.http_status = 503
        scene.server.cut()
        await until(lambda: call.connection.state is ConnectionState.RECONNECTING)
        for second in range(40):
            scene.microphone.hear(bytes([second, 0]) * 16_000)
        await until(lambda: call.lost_sound_s == 10)
        scene.server.http_status = None
        await until(lambda: len(scene.server.sound()) == 30 * 32_000)
        assert scene.server.sound()[::32_000] == bytes(range(10, 40))


async def test_a_lost_session_is_told_and_the_next_one_knows_what_was_said(scene: Scene) -> None:
    async with scene.call(agent_config={"agent": {"first_message": "Hello!"}}) as call:
        await scene.server.responds("Hello!", 1)
        await scene.server.transcribes("My name is Ann.", 2)
        await scene.server.responds("Hello Ann, how are you?", 3)
        await scene.server.speaks(LOUD, 3, "Hello Ann,")
        await next_of(call, AgentSpeech)
        await call.send_text("Fine.")
        await until(lambda: len(scene.server.heard("user_message")) == 1)
        scene.server.forget()
        scene.server.cut()
        lost = await next_of(call, SessionLost)
        assert (await next_of(call, ConversationStarted)).conversation_id == "conv_2"
        await until(lambda: len(scene.server.session.heard) == 3)
        first, update, message = scene.server.session.heard
        await scene.server.speaks(LOUD, 1)
        assert (await next_of(call, AgentSpeech)).event_id == 1
    assert "4404" in lost.reason
    assert first["conversation_config_override"] == {"agent": {"first_message": ""}}
    assert str(update["text"]).splitlines()[1:] == [
        "Agent: Hello!",
        "User: My name is Ann.",
        "Agent: Hello Ann,",
    ]
    assert message == {"type": "user_message", "text": "Fine."}


async def test_without_sessions_a_cut_is_a_lost_session(scene: Scene) -> None:
    scene.server.grants = False
    async with scene.call() as call:
        await scene.server.responds("Hello!", 1)
        await next_of(call, AgentResponse)
        scene.server.cut()
        await next_of(call, SessionLost)
        assert (await next_of(call, ConversationStarted)).conversation_id == "conv_2"


@pytest.mark.parametrize("grants", [True, False])
async def test_who_wants_no_other_conversation_gets_none(scene: Scene, grants: bool) -> None:
    scene.server.grants = grants
    async with scene.call(restart=False) as call:
        await next_of(call, ConversationStarted)
        scene.server.forget()
        scene.server.cut()
        await next_of(call, SessionLost)
        with pytest.raises(CannotConnect):
            await call.next_event()
    assert [bool(session.heard) for session in scene.server.sessions] in ([True], [True, False])


async def test_a_tool_of_a_lost_session_answers_nobody(scene: Scene) -> None:
    call = scene.call()
    done = asyncio.Event()

    @call.tool
    async def slow() -> str:
        await done.wait()
        return "too late"

    async with call:
        await scene.server.calls("slow", "c1")
        await next_of(call, ToolCalled)
        scene.server.forget()
        scene.server.cut()
        await next_of(call, ConversationStarted)
        done.set()
        await call.send_text("Still there?")
        await until(lambda: len(scene.server.heard("user_message")) == 1)
        assert scene.server.heard("client_tool_result") == []


async def test_speech_that_waits_is_heard_out_when_the_server_hangs_up(scene: Scene) -> None:
    async with scene.call() as call:
        await scene.server.speaks(LOUD, 1)
        await scene.server.close()
        await next_of(call, AgentSpeech)
        over = asyncio.create_task(rest_of(call))
        await until(lambda: call.connection.state is ConnectionState.CLOSED)
        assert not over.done()
        assert scene.loudspeaker.waiting == LOUD
        scene.loudspeaker.waiting = b""
        await over


async def test_a_refused_call_says_why(scene: Scene) -> None:
    scene.server.http_status = 401
    call = scene.call()
    with pytest.raises(CannotConnect) as caught:
        await call.open()
    assert caught.value.failure.http_status == 401
    assert not scene.microphone.is_open


async def test_an_error_is_told_before_the_call_fails(scene: Scene) -> None:
    async with scene.call() as call:
        told = {"code": 1008, "message": "No.", "error_type": "override_error"}
        await scene.server.says("error", "error_event", **told)
        await scene.server.close(1008, "No.")
        assert await next_of(call, ConversationFailed) == ConversationFailed(
            1008, "No.", "override_error"
        )
        with pytest.raises(CannotConnect, match="No"):
            await call.next_event()


async def test_a_microphone_that_breaks_ends_the_call_with_its_reason(scene: Scene) -> None:
    async with scene.call() as call:
        await next_of(call, ConversationStarted)
        scene.microphone.break_with(DeviceFailed("The microphone records no more."))
        with pytest.raises(DeviceFailed):
            await rest_of(call)
    assert not scene.loudspeaker.is_open
    assert scene.server.close_codes == [1000]


async def test_a_call_in_writing_opens_no_device(scene: Scene) -> None:
    async with scene.call(text_only=True):
        await until(lambda: bool(scene.server.session.heard))
        override = scene.server.session.heard[0]["conversation_config_override"]
    assert override == {"conversation": {"text_only": True}}
    assert (scene.microphone.rate, scene.loudspeaker.rate) == (None, None)


async def test_a_signed_address_is_called_as_it_is_and_carries_no_key(scene: Scene) -> None:
    signed = f"{scene.server.url}?agent_id=a1&conversation_signature=s1"
    call = AsyncVoiceConversation(
        signed_url=signed, source=None, sink=None, options=QUICK, url="ignored"
    )
    async with call:
        query = scene.server.queries[0]
    assert query == {"agent_id": "a1", "conversation_signature": "s1", "resume": "true"}
    assert "xi-api-key" not in scene.server.handshakes[0].headers


async def test_a_call_is_held_until_it_is_over_and_printed(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    call = scene.call()
    held = asyncio.create_task(call.connect())
    await scene.server.began.wait()
    await scene.server.transcribes("Bye.", 1)
    await scene.server.responds("Goodbye!", 2)
    await scene.server.close()
    await held
    assert capsys.readouterr().out == "User: Bye.\nAgent: Goodbye!\n"


async def test_a_closed_call_takes_no_more(scene: Scene) -> None:
    async with scene.call() as call:
        await next_of(call, ConversationStarted)
    assert await rest_of(call) == []
    with pytest.raises(ConnectionOver):
        await call.send_text("Hello?")
    await call.close()


async def test_a_call_that_is_cancelled_releases_everything(scene: Scene) -> None:
    call = scene.call()
    held = asyncio.create_task(call.connect(lambda event: None))
    await until(lambda: scene.microphone.is_open)
    held.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await held
    assert not scene.microphone.is_open
    assert not scene.loudspeaker.is_open
    await until(lambda: scene.server.open_sockets == 0)
