from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.clients.scribe_server import ScribeServer, scribe_server, until
from vivavoce.clients.async_transcription import AsyncTranscriber
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.events import SessionLost
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState
from vivavoce.clients.transcripts import (
    CommittedTranscript,
    PartialTranscript,
    TranscribedWord,
    TranscriptionEvent,
    TranscriptionFailed,
    TranscriptionStarted,
)
from vivavoce.errors import UnsupportedFormat

QUICK = ConnectionOptions(backoff=BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1))
SECOND = 32_000
ONE, TWO, THREE = (bytes([number, 0]) * 16_000 for number in (1, 2, 3))


@pytest.fixture
async def server() -> AsyncIterator[ScribeServer]:
    async with scribe_server() as running:
        yield running


@contextlib.asynccontextmanager
async def transcribing(server: ScribeServer, **wanted: object) -> AsyncIterator[AsyncTranscriber]:
    """One that has started."""
    transcriber = AsyncTranscriber("secret", **{"url": server.http, "options": QUICK, **wanted})
    opening = asyncio.create_task(transcriber.open())
    try:
        await server.began.wait()
        await server.starts()
        await opening
        yield transcriber
    finally:
        await transcriber.close()


async def rest_of(transcriber: AsyncTranscriber) -> list[TranscriptionEvent]:
    return [event async for event in transcriber]


async def lose_session(server: ScribeServer, transcriber: AsyncTranscriber) -> None:
    """Returns when the next one has begun."""
    before = len(server.sessions)
    server.forget()
    server.cut()
    await until(lambda: len(server.sessions) > before)
    while not isinstance(await transcriber.next_event(), SessionLost):
        pass


async def test_what_is_wanted_stands_in_the_query(server: ScribeServer) -> None:
    async with transcribing(server, language_code="en", include_timestamps=True, vad_threshold=0.5):
        assert server.queries[0] == {
            "model_id": "scribe_v2_realtime",
            "audio_format": "pcm_16000",
            "language_code": "en",
            "commit_strategy": "manual",
            "include_timestamps": "true",
            "vad_threshold": "0.5",
            "resume": "true",
        }
        assert server.handshakes[0].headers["xi-api-key"] == "secret"
        assert server.handshakes[0].path.startswith("/v1/speech-to-text/realtime?")


async def test_sound_goes_out_in_whole_samples_and_in_pieces_of_a_second_at_most(
    server: ScribeServer,
) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE + TWO[:9])
        await transcriber.send_audio(TWO[9:10])
        await transcriber.commit()
        await until(lambda: len(server.session.heard) == 4)
        assert server.chunks() == [ONE, TWO[:8], TWO[8:10], None]
        assert server.session.heard[0]["sample_rate"] == 16_000


async def test_partial_and_committed_transcripts_are_told(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        await server.partial("Good")
        assert await transcriber.next_event() == TranscriptionStarted("s1", {"language_code": "en"})
        assert await transcriber.next_event() == PartialTranscript("Good")
        await server.commits("Good morning.")
        assert await transcriber.next_event() == CommittedTranscript("Good morning.")


async def test_of_partial_transcripts_that_wait_only_the_last_is_told(
    server: ScribeServer,
) -> None:
    async with transcribing(server) as transcriber:
        for text in ("a", "a b", "a b c"):
            await server.partial(text)
        await server.commits("a b c.")
        assert server.session.socket is not None
        await server.session.socket.close(1008)
        assert transcriber._listening is not None
        await transcriber._listening
        _, *events = [await transcriber.next_event() for _ in range(3)]
    assert events == [PartialTranscript("a b c"), CommittedTranscript("a b c.")]


@pytest.mark.parametrize("code", [1000, 1008])
async def test_a_server_that_says_what_is_wrong_and_closes_is_not_asked_again(
    server: ScribeServer, code: int
) -> None:
    async with transcribing(server) as transcriber:
        await server.session.say({"message_type": "quota_exceeded", "error": "No more."})
        assert server.session.socket is not None
        await server.session.socket.close(code)
        assert isinstance(await transcriber.next_event(), TranscriptionStarted)
        assert await transcriber.next_event() == TranscriptionFailed("quota_exceeded", "No more.")
        with pytest.raises(CannotConnect):
            await transcriber.next_event()
    assert len(server.handshakes) == 1


@pytest.mark.parametrize("kind", [None, "session_time_limit_exceeded", "rate_limited"])
async def test_a_server_that_closes_what_goes_on_is_gone_back_to(
    server: ScribeServer, kind: str | None
) -> None:
    server.grants = False
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(b"one.")
        await until(lambda: server.chunks() == [b"one."])
        if kind is not None:
            await server.session.say({"message_type": kind, "error": "For now."})
        assert server.session.socket is not None
        await server.session.socket.close(1000 if kind is None else 1008)
        await until(lambda: len(server.sessions) == 2)
        await until(lambda: server.chunks() == [b"one."])
        await transcriber.send_audio(b"two.")
        await until(lambda: server.chunks() == [b"one.", b"two."])


async def test_the_two_messages_of_a_timed_segment_are_one_event(server: ScribeServer) -> None:
    async with transcribing(server, include_timestamps=True) as transcriber:
        await server.commits_timed("Hello.", 0.5, 0.75)
        await transcriber.next_event()
        assert await transcriber.next_event() == CommittedTranscript(
            "Hello.", (TranscribedWord("Hello.", 0.5, 0.75, "word", -0.5),), "en"
        )


async def test_finish_waits_until_all_is_written_down(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE)
        finishing = asyncio.create_task(transcriber.finish())
        await until(lambda: server.chunks() == [ONE, None, None])
        await server.commits("The first part,")
        await server.commits("and the second.")
        await asyncio.sleep(0.05)
        assert not finishing.done()
        await server.commits("")
        await finishing
        _, *events = await rest_of(transcriber)
    assert events == [
        CommittedTranscript("The first part,"),
        CommittedTranscript("and the second."),
    ]
    assert server.close_codes == [1000]


async def test_finish_after_a_commit_tells_nothing_that_was_not_said(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE)
        await transcriber.commit()
        finishing = asyncio.create_task(transcriber.finish())
        await until(lambda: server.chunks() == [ONE, None, None])
        await server.commits("One.")
        await server.commits("")
        await finishing
        assert (await rest_of(transcriber))[1:] == [CommittedTranscript("One.")]


async def test_finish_is_content_with_a_server_that_refuses_the_empty_commit(
    server: ScribeServer,
) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE)
        finishing = asyncio.create_task(transcriber.finish())
        await until(lambda: server.chunks() == [ONE, None, None])
        await server.commits("One.")
        await server.session.say({"message_type": "commit_throttled", "error": "Too short."})
        await finishing
        assert (await rest_of(transcriber))[1:] == [CommittedTranscript("One.")]


async def test_finish_raises_what_the_connection_failed_with(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        finishing = asyncio.create_task(transcriber.finish())
        await until(lambda: len(server.session.heard) == 1)
        assert server.session.socket is not None
        await server.session.socket.close(1008, "No.")
        with pytest.raises(CannotConnect):
            await finishing


async def test_a_cut_loses_nothing(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        for number in range(20):
            await transcriber.send_audio(bytes([number, 0]))
            if number % 5 == 0:
                server.cut(mid_frame=number % 2 == 0)
                await asyncio.sleep(0.01)
        await until(lambda: len(server.session.heard) == 20)
        assert server.chunks() == [bytes([number, 0]) for number in range(20)]
        assert len(server.sessions) == 1


async def test_a_fresh_session_hears_what_was_not_written_down(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE)
        await transcriber.commit()
        await transcriber.send_audio(TWO)
        await transcriber.commit()
        await transcriber.send_audio(THREE)
        await until(lambda: len(server.session.heard) == 5)
        await server.commits("One.")
        assert isinstance(await transcriber.next_event(), TranscriptionStarted)
        assert await transcriber.next_event() == CommittedTranscript("One.")
        await lose_session(server, transcriber)
        await until(lambda: len(server.session.heard) == 3)
        assert server.chunks() == [TWO, None, THREE]
        assert transcriber.lost_audio_s == 0


async def test_times_go_on_from_the_first_sound_in_a_fresh_session(server: ScribeServer) -> None:
    async with transcribing(server, commit_strategy="vad", include_timestamps=True) as transcriber:
        await transcriber.send_audio(ONE + TWO + THREE)
        await until(lambda: len(server.session.heard) == 3)
        await server.commits_timed("One.", 0.5, 1.5)
        while not isinstance(await transcriber.next_event(), CommittedTranscript):
            pass
        await lose_session(server, transcriber)
        await until(lambda: len(server.session.heard) == 2)
        assert server.chunks() == [TWO[SECOND // 2 :], THREE]
        await server.commits_timed("Two.", 0.25, 0.5)
        committed = await transcriber.next_event()
        assert isinstance(committed, CommittedTranscript)
        assert [(word.start_s, word.end_s) for word in committed.words] == [(1.75, 2.0)]


async def test_words_that_nobody_asked_for_are_not_told(server: ScribeServer) -> None:
    async with transcribing(server, commit_strategy="vad") as transcriber:
        assert server.queries[0]["include_timestamps"] == "true"
        await server.commits_timed("One.", 0.5, 1.5)
        await transcriber.next_event()
        assert await transcriber.next_event() == CommittedTranscript("One.", (), "en")


async def test_of_more_than_a_minute_the_rest_is_lost_and_counted(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        for number in range(63):
            await transcriber.send_audio(bytes([number, 0]) * 16_000)
        await until(lambda: len(server.session.heard) == 63)
        await lose_session(server, transcriber)
        await until(lambda: len(server.session.heard) == 60)
        assert [piece[0] for piece in server.chunks() if piece] == list(range(3, 63))
        assert transcriber.lost_audio_s == 3


async def test_finish_lasts_until_a_fresh_session_has_written_it_all_down(
    server: ScribeServer,
) -> None:
    async with transcribing(server) as transcriber:
        await transcriber.send_audio(ONE)
        finishing = asyncio.create_task(transcriber.finish())
        await until(lambda: server.chunks() == [ONE, None, None])
        await lose_session(server, transcriber)
        await until(lambda: server.chunks() == [ONE, None, None])
        await server.commits("One.")
        await server.commits("")
        await finishing
        assert (await rest_of(transcriber)) == [CommittedTranscript("One.")]


async def test_a_refused_transcription_says_why(server: ScribeServer) -> None:
    server.http_status = 403
    transcriber = AsyncTranscriber(url=server.http, options=QUICK)
    with pytest.raises(CannotConnect):
        await transcriber.open()
    assert transcriber.connection.state is ConnectionState.CLOSED


async def test_a_closed_transcriber_takes_no_more(server: ScribeServer) -> None:
    async with transcribing(server) as transcriber:
        pass
    with pytest.raises(ConnectionOver):
        await transcriber.send_audio(ONE)
    assert server.close_codes == [1000]


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(UnsupportedFormat):
        AsyncTranscriber(audio_format="mp3_44100_128")
