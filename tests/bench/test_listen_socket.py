"""The client's side of a transcription socket, against a server that answers by rote."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import AsyncIterator

import msgspec
import orjson
import pytest
from websockets.exceptions import ConnectionClosed

from bench.caller import RefusedError
from bench.listen_socket import Microphone, ScribeSocket, chunks, dictating
from tests.bench.scripted_scribe import Answers, Message, answering, transcript


def _answer_commits(message: Message) -> list[Message]:
    return [transcript("committed", "all of it")] if message["commit"] else []


@contextlib.asynccontextmanager
async def _dictating(answers: Answers, **query: str) -> AsyncIterator[ScribeSocket]:
    async with answering(answers) as server, dictating(server, **query) as scribe:
        yield scribe


@pytest.mark.parametrize(
    ("audio_format", "rate", "bytes_a_chunk"),
    [("pcm_16000", 16_000, 640), ("pcm_48000", 48_000, 1920), ("ulaw_8000", 8_000, 160)],
)
def test_sound_is_cut_into_chunks_of_20_ms(
    audio_format: str, rate: int, bytes_a_chunk: int
) -> None:
    sound = bytes(range(250)) * 20
    cut = chunks(sound, audio_format)
    messages = [orjson.loads(chunk.message) for chunk in cut]
    pieces = [base64.b64decode(message["audio_base_64"]) for message in messages]
    assert b"".join(pieces) == sound
    assert {len(piece) for piece in pieces[:-1]} == {bytes_a_chunk}
    assert {chunk.seconds for chunk in cut[:-1]} == {0.02}
    assert cut[-1].seconds == pytest.approx(0.02 * len(pieces[-1]) / bytes_a_chunk)
    assert {message["sample_rate"] for message in messages} == {rate}


async def test_sound_arrives_whole_and_no_sooner_than_it_sounds() -> None:
    received: list[bool] = []

    def answer(message: Message) -> list[Message]:
        received.append(message["commit"] is True)
        return _answer_commits(message)

    async with _dictating(answer) as scribe:
        microphone = Microphone(scribe)
        began = await microphone.play(chunks(bytes(3200)))
        assert time.perf_counter() - began >= 0.099
        await scribe.committed_since(await scribe.commit())
    assert received == [False] * 5 + [True]
    assert microphone.sent_s == pytest.approx(0.1)


async def test_what_is_played_next_follows_without_a_gap() -> None:
    async with _dictating(_answer_commits) as scribe:
        microphone = Microphone(scribe)
        first = await microphone.play(chunks(bytes(1500)))
        second = await microphone.play(chunks(bytes(640)))
        assert second - first == pytest.approx(1500 / 32_000)


async def test_only_what_is_committed_after_the_commit_answers_it() -> None:
    async with _dictating(_answer_commits) as scribe:
        first = await scribe.committed_since(await scribe.commit())
        again = await scribe.commit()
        assert scribe.committed(again) is None
        second = await scribe.committed_since(again)
        assert second.at >= again >= first.at
        assert scribe.take() == [first, second]
        assert scribe.take() == []


async def test_silence_goes_on_until_the_server_commits() -> None:
    received: list[Message] = []

    def answer_the_seventh(message: Message) -> list[Message]:
        received.append(message)
        kind = {3: "partial", 7: "committed"}.get(len(received))
        return [transcript(kind, "so far")] if kind else []

    async with _dictating(answer_the_seventh) as scribe:
        final = await Microphone(scribe).fall_silent(time.perf_counter())
        assert [one.committed for one in scribe.take()] == [False, True]
    assert final.text == "so far"
    assert len(received) >= 7


async def test_with_times_only_the_transcript_that_has_them_counts() -> None:
    def answer(message: Message) -> list[Message]:
        word = {"text": "yes", "start": 0.1, "end": 0.4, "type": "word", "speaker_id": None}
        timed = {**transcript("committed", "yes"), "words": [word]}
        timed["message_type"] = "committed_transcript_with_timestamps"
        return [transcript("committed", "yes"), timed]

    async with _dictating(answer, include_timestamps="true") as scribe:
        final = await scribe.committed_since(await scribe.commit())
        assert [(word.text, word.start, word.end) for word in final.words] == [("yes", 0.1, 0.4)]
        assert scribe.take() == [final]


async def test_an_error_of_the_server_ends_the_wait() -> None:
    def refuse(message: Message) -> list[Message]:
        return [{"message_type": "resource_exhausted", "error": "full", "message": "full"}]

    async with _dictating(refuse) as scribe:
        asked = await scribe.commit()
        with pytest.raises(RefusedError, match="resource_exhausted: full"):
            await scribe.committed_since(asked)
        with pytest.raises(RefusedError):
            await Microphone(scribe).rest(0.1)


async def test_a_closed_connection_ends_the_wait() -> None:
    async with _dictating(lambda message: None) as scribe:
        asked = await scribe.commit()
        with pytest.raises(ConnectionClosed):
            await scribe.committed_since(asked)


async def test_what_is_no_message_of_the_protocol_ends_the_wait() -> None:
    async with _dictating(lambda message: [{"text": "of no type"}]) as scribe:
        asked = await scribe.commit()
        with pytest.raises(msgspec.ValidationError):
            await scribe.committed_since(asked)


async def test_a_server_that_never_commits_is_not_waited_for() -> None:
    async with _dictating(lambda message: []) as scribe:
        with pytest.raises(TimeoutError):
            await scribe.committed_since(await scribe.commit(), within_s=0.05)
        with pytest.raises(TimeoutError):
            await Microphone(scribe).fall_silent(time.perf_counter(), within_s=0.05)
