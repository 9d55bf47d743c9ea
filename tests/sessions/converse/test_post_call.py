"""What is posted of a finished call."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from tests.scripted_http import Answer, Asked, scripted_http
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.wire.initiation import Webhook

NOW = 1_700_000_000


class Pauses:
    """Stands in for the time between two attempts."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.now = float(NOW)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def post_call(self) -> PostCall:
        return PostCall(sleep=self.sleep, unix_time=lambda: self.now)


def is_signed(asked: Asked, secret: str) -> bool:
    """Whether the header is what the official SDK makes of the body."""
    stamp, mark = asked.headers["elevenlabs-signature"].split(",")
    signed = stamp.removeprefix("t=").encode() + b"." + asked.body
    return mark == "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


async def test_the_transcript_is_posted_and_signed() -> None:
    async with scripted_http(lambda _: Answer(200)) as server:
        webhook = Webhook(server.url + "/hook", "s3cret")
        conversation = b'{"conversation_id":"conv_1","transcript":[]}'
        assert await Pauses().post_call.send_transcript(webhook, conversation, is_any)
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/hook")
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "type": "post_call_transcription",
        "event_timestamp": NOW,
        "data": {"conversation_id": "conv_1", "transcript": []},
    }
    assert is_signed(asked, "s3cret")


@pytest.mark.parametrize("size", [0, 1, 48 * 1024, 48 * 1024 + 1, 500_000])
async def test_the_sound_is_posted_in_chunks_and_signed(size: int) -> None:
    mp3 = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    async with scripted_http(lambda _: Answer(200)) as server:
        webhook = Webhook(server.url, "s3cret")
        sent = await Pauses().post_call.send_audio(webhook, "agent_1", "conv_1", mp3, is_any)
    assert sent
    (asked,) = server.asked
    assert asked.headers["transfer-encoding"] == "chunked"
    data = asked.json["data"]
    assert asked.json["type"] == "post_call_audio"
    assert (data["agent_id"], data["conversation_id"]) == ("agent_1", "conv_1")
    assert base64.b64decode(data["full_audio"], validate=True) == mp3
    assert is_signed(asked, "s3cret")


async def test_without_a_secret_it_goes_unsigned() -> None:
    async with scripted_http(lambda _: Answer(204)) as server:
        assert await Pauses().post_call.send_transcript(Webhook(server.url), b"{}", is_any)
    assert "elevenlabs-signature" not in server.asked[0].headers


async def test_what_fails_is_tried_again_with_a_new_time() -> None:
    answers = iter([500, 429, 200])
    pauses = Pauses()
    async with scripted_http(lambda _: Answer(next(answers))) as server:
        webhook = Webhook(server.url, "s3cret")
        assert await pauses.post_call.send_transcript(webhook, b"{}", is_any)
    assert pauses.slept == [1.0, 5.0]
    assert [asked.json["event_timestamp"] - NOW for asked in server.asked] == [0, 1, 6]
    assert all(is_signed(asked, "s3cret") for asked in server.asked)


async def test_it_is_given_up_after_four_attempts() -> None:
    pauses = Pauses()
    async with scripted_http(lambda _: Answer(503)) as server:
        assert not await pauses.post_call.send_transcript(Webhook(server.url), b"{}", is_any)
    assert (len(server.asked), pauses.slept) == (4, [1.0, 5.0, 25.0])


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410])
async def test_a_receiver_that_refuses_is_not_asked_again(status: int) -> None:
    pauses = Pauses()
    away = Answer(status, headers={"location": "/elsewhere"})
    async with scripted_http(lambda _: away) as server:
        assert not await pauses.post_call.send_transcript(Webhook(server.url), b"{}", is_any)
    assert (len(server.asked), pauses.slept) == (1, [])


async def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    pauses = Pauses()
    assert not await pauses.post_call.send_transcript(Webhook("http://127.0.0.1:1/"), b"{}", is_any)
    assert pauses.slept == [1.0, 5.0, 25.0]


@pytest.mark.parametrize("url", ["http://x.test:port", "file:///etc/passwd", "", "nonsense"])
async def test_a_url_that_cannot_be_used_is_not_tried_again(url: str) -> None:
    pauses = Pauses()
    assert not await pauses.post_call.send_transcript(Webhook(url), b"{}", is_any)
    assert pauses.slept == []


async def test_a_private_address_is_posted_to_only_if_allowed() -> None:
    pauses = Pauses()
    async with scripted_http(lambda _: Answer(200)) as server:
        assert not await pauses.post_call.send_transcript(Webhook(server.url), b"{}", is_public)
    assert (server.asked, pauses.slept) == ([], [])
