"""Answers of speech as ASGI sees them: callers who leave, do not read, or stay while it closes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import ServerDraining

TEXT = "One two three four. " * 30
FORMS = ["", "/stream", "/with-timestamps", "/stream/with-timestamps"]


class Exchange:
    """One request as the server sees it; it runs as a task of the test's loop."""

    def __init__(self, app: Any, form: str, *, text: str = TEXT, reads: bool = True) -> None:
        self.sent: list[dict[str, Any]] = []
        self.begun = asyncio.Event()
        self._body = json.dumps({"text": text}).encode()
        self._reads = reads
        self._left = asyncio.Event()
        self._is_asked = False
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/v1/text-to-speech/Rachel{form}",
            "raw_path": b"",
            "query_string": b"output_format=pcm_8000",
            "headers": [(b"host", b"test")],
        }
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def is_complete(self) -> bool:
        return bool(self.sent) and self.sent[-1].get("more_body") is False

    def leave(self) -> None:
        self._left.set()

    async def _receive(self) -> dict[str, Any]:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)
        self.begun.set()
        if not self._reads and event["type"] == "http.response.body":
            await asyncio.Event().wait()
        await asyncio.sleep(0)


def _entrance(pool: Any) -> asyncio.Event:
    """Set when somebody has entered a turn."""
    entered = asyncio.Event()
    enter_turn = pool.enter_turn

    def enter() -> None:
        enter_turn()
        entered.set()

    pool.enter_turn = enter
    return entered


@pytest.mark.parametrize("form", FORMS)
async def test_a_caller_who_leaves_ends_the_speech(open_rest: Any, form: str) -> None:
    async with open_rest(block_delay_s=0.01) as rest:
        entered = _entrance(rest.pool)
        exchange = Exchange(rest.app, form)
        await entered.wait()
        assert rest.house.doors.inside == 1
        exchange.leave()
        await exchange.task
        assert not exchange.is_complete
        assert rest.house.doors.inside == rest.pool.listeners == 0
        assert all(one.ended or one.cancelled for one in rest.pool.submitted)
        assert len(rest.pool.submitted) < 30


async def test_a_caller_who_leaves_in_mid_stream_is_sent_no_more(open_rest: Any) -> None:
    async with open_rest(block_delay_s=0.005) as rest:
        exchange = Exchange(rest.app, "/stream")
        await exchange.begun.wait()
        with capture_logs() as logs:
            exchange.leave()
            await exchange.task
        assert exchange.status == 200
        assert not exchange.is_complete
        assert logs == []


@pytest.mark.parametrize("form", FORMS)
async def test_what_has_begun_is_finished_while_the_server_drains(
    open_rest: Any, form: str
) -> None:
    async with open_rest(block_delay_s=0.001) as rest:
        entered = _entrance(rest.pool)
        exchange = Exchange(rest.app, form)
        await entered.wait()
        await rest.house.doors.drain(60)
        await exchange.task
        assert exchange.is_complete
        assert exchange.status == 200


async def test_a_stream_is_cut_off_when_the_server_ends_at_once(open_rest: Any) -> None:
    async with open_rest(block_delay_s=0.01) as rest:
        exchange = Exchange(rest.app, "/stream")
        await exchange.begun.wait()
        with capture_logs() as logs:
            await rest.house.doors.drain(0)
            await exchange.task
        assert not exchange.is_complete
        assert rest.pool.listeners == 0
        assert [log["error"] for log in logs] == ["server_shutting_down"]


async def test_an_answer_that_had_not_begun_is_503_when_the_server_ends_at_once(
    open_rest: Any,
) -> None:
    async with open_rest(block_delay_s=0.05) as rest:
        entered = _entrance(rest.pool)
        exchange = Exchange(rest.app, "")
        await entered.wait()
        await rest.house.doors.drain(0)
        await exchange.task
        assert exchange.is_complete
        assert exchange.status == 503


@pytest.mark.parametrize("form", FORMS)
async def test_a_caller_who_does_not_read_is_given_up(open_rest: Any, form: str) -> None:
    async with open_rest(send_timeout_s=0.05) as rest:
        exchange = Exchange(rest.app, form, reads=False)
        with capture_logs() as logs:
            await exchange.task
        assert not exchange.is_complete
        assert [log["error"] for log in logs] == ["slow_reader"]
        assert rest.house.doors.inside == rest.pool.listeners == 0


async def test_a_stream_whose_voice_breaks_is_cut_off_and_logged(open_rest: Any) -> None:
    async with open_rest(engine=FakeVoice(fail_on="boom")) as rest:
        exchange = Exchange(rest.app, "/stream", text="All is well. " * 3 + "Then boom. " + TEXT)
        with capture_logs() as logs:
            await exchange.task
        assert exchange.status == 200
        assert not exchange.is_complete
        assert [log["event"] for log in logs] == ["speech failed"]
        assert rest.pool.listeners == 0


async def test_a_whole_answer_whose_voice_breaks_is_an_error(open_rest: Any) -> None:
    async with open_rest(engine=FakeVoice(fail_on="boom")) as rest:
        exchange = Exchange(rest.app, "", text="All is well. Then boom.")
        await exchange.task
        assert exchange.status == 500
        assert exchange.is_complete


async def test_the_first_frame_is_sent_before_the_second_is_spoken(open_rest: Any) -> None:
    async with open_rest(block_delay_s=0.02) as rest:
        exchange = Exchange(rest.app, "/stream")
        await exchange.begun.wait()
        assert sum(one.blocks_taken for one in rest.pool.submitted) <= 2
        exchange.leave()
        await exchange.task


async def test_a_caller_who_leaves_before_the_end_of_the_body_is_no_failure(rest: Any) -> None:
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/text-to-speech/Rachel",
        "raw_path": b"",
        "query_string": b"",
        "headers": [(b"host", b"test"), (b"content-length", b"100")],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    with capture_logs() as logs:
        await rest.app(scope, receive, send)
    assert logs == []
    assert sent[0]["status"] == 499


async def test_no_new_speech_begins_while_the_server_drains(open_rest: Any) -> None:
    async with open_rest() as rest:

        def draining() -> None:
            raise ServerDraining("The server takes no new work.")

        rest.app.state["current_house"] = draining
        answer = await rest.client.post("/v1/text-to-speech/Rachel", json={"text": "Hi."})
        assert answer.status_code == 503
        assert answer.json()["detail"]["code"] == "server_shutting_down"
