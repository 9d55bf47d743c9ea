from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from tests.clients.conversation_server import ConversationServer, conversation_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.conversation import VoiceConversation
from vivavoce.clients.events import AgentResponse, ConversationStarted, ToolCalled
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.transcription import Transcriber
from vivavoce.clients.transcripts import CommittedTranscript
from vivavoce.errors import VivavoceError

QUICK = ConnectionOptions(backoff=BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1))


class ServerThread:
    """A `ConversationServer` for tests that have no event loop."""

    def __init__(self) -> None:
        self._loop = LoopThread("server")
        self._running = conversation_server()

    def __enter__(self) -> ServerThread:
        self._loop.start()
        self.server: ConversationServer = self._loop.call(self._running.__aenter__())
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call(self._running.__aexit__(None, None, None))
        self._loop.stop()

    def do(self, coroutine: object) -> None:
        self._loop.call(coroutine)


@pytest.fixture
def peer() -> Iterator[ServerThread]:
    with ServerThread() as running:
        yield running


def call_to(peer: ServerThread, **wanted: object) -> VoiceConversation:
    usual = {"url": peer.server.http, "source": None, "sink": None, "options": QUICK}
    return VoiceConversation("secret", **{**usual, **wanted})


def test_events_are_read_by_an_ordinary_loop(peer: ServerThread) -> None:
    with call_to(peer) as call:
        peer.do(peer.server.responds("Hello!", 1))
        peer.do(peer.server.close())
        assert list(call) == [
            ConversationStarted("conv_1", "pcm_16000", "pcm_16000"),
            AgentResponse("Hello!", 1),
        ]


def test_connect_holds_the_call_until_it_is_over(
    peer: ServerThread, capsys: pytest.CaptureFixture[str]
) -> None:
    call = call_to(peer, agent_config={"agent": {"first_message": "Hello!"}})
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        held = threads.submit(call.connect)
        peer.do(peer.server.began.wait())
        peer.do(peer.server.transcribes("Bye.", 1))
        peer.do(peer.server.responds("Goodbye!", 2))
        peer.do(peer.server.close())
        held.result(20)
    assert capsys.readouterr().out == "User: Bye.\nAgent: Goodbye!\n"


def test_a_tool_may_write_and_hang_up_from_its_thread(peer: ServerThread) -> None:
    call = call_to(peer)
    ran_in: list[str] = []

    @call.tool
    def hang_up() -> None:
        ran_in.append(threading.current_thread().name)
        call.send_text("Bye.")
        call.end()

    with call:
        peer.do(peer.server.calls("hang_up", "c1"))
        assert [type(event) for event in call] == [ConversationStarted, ToolCalled]
    assert ran_in[0] != threading.current_thread().name
    assert peer.server.heard("user_message") == [{"type": "user_message", "text": "Bye."}]


def test_a_source_that_blocks_for_ever_does_not_keep_a_call_from_closing(
    peer: ServerThread,
) -> None:
    goes_on = threading.Event()

    def source() -> Iterator[bytes]:
        yield bytes(3200)
        goes_on.wait(60)

    with call_to(peer, source=source()) as call:
        peer.do(until(lambda: len(peer.server.sound()) == 3200))
    goes_on.set()
    assert call.connection.session_id is not None


def test_a_tool_may_close_the_call_it_is_called_in(peer: ServerThread) -> None:
    call = call_to(peer)
    call.tools.add(call.close, name="leave")
    call.open()
    peer.do(peer.server.calls("leave", "c1"))
    assert [type(event) for event in call] == [ConversationStarted, ToolCalled]


def test_waiting_for_an_event_may_have_an_end(peer: ServerThread) -> None:
    with call_to(peer) as call:
        assert isinstance(call.next_event(20), ConversationStarted)
        with pytest.raises(TimeoutError):
            call.next_event(0.01)
        peer.do(peer.server.responds("Hello!", 1))
        assert call.next_event(20) == AgentResponse("Hello!", 1)


def test_what_was_not_read_can_be_read_after_the_end(peer: ServerThread) -> None:
    with call_to(peer) as call:
        call.end()
    assert isinstance(call.next_event(), ConversationStarted)
    assert call.next_event() is None
    with pytest.raises(VivavoceError):
        call.send_text("Hello?")
    call.close()


def test_a_call_that_cannot_begin_leaves_no_thread(peer: ServerThread) -> None:
    peer.server.http_status = 401
    before = threading.active_count()
    with pytest.raises(CannotConnect):
        call_to(peer).open()
    assert threading.active_count() == before


def test_all_of_the_calls_face_is_there(peer: ServerThread) -> None:
    with call_to(peer) as call:
        call.contextual_update("It rains.")
        call.user_activity()
        call.feedback(False, event_id=2)
        call.is_muted = True
        assert call.is_muted
        assert call.conversation_id == "conv_1"
        assert (call.lost_events, call.lost_sound_s) == (0, 0)
        assert call.connection.session_id == "session-1"
        call.end()
        with pytest.raises(ConnectionOver):
            call.send_text("Hello?")
    heard = peer.server.session.heard
    peer.do(until(lambda: len(heard) == 4))
    assert [one["type"] for one in heard[1:]] == ["contextual_update", "user_activity", "feedback"]
    assert call.started is not None
    assert call.tools.definitions() == []


def test_a_synchronous_transcriber_writes_down(peer: ServerThread) -> None:
    async def write_down() -> None:
        server = peer.server
        await server.session.say({"message_type": "session_started", "session_id": "s1"})
        await until(lambda: sum(bool(one.get("commit")) for one in server.session.heard) == 2)
        for text in ("One.", ""):
            await server.session.say({"message_type": "committed_transcript", "text": text})

    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        writing = threads.submit(lambda: (peer.do(peer.server.began.wait()), peer.do(write_down())))
        with Transcriber(url=peer.server.http, options=QUICK) as transcriber:
            transcriber.send_audio(bytes(3200))
            transcriber.finish()
            assert CommittedTranscript("One.") in list(transcriber)
            assert (transcriber.lost_audio_s, transcriber.lost_events) == (0, 0)
        writing.result(20)
    assert transcriber.next_event() is None
