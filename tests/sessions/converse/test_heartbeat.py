"""Pings of a call."""

from __future__ import annotations

import json

import pytest

from vivavoce.sessions.converse.dialect import FlatDialect, SdkDialect
from vivavoce.sessions.converse.heartbeat import Heartbeat


class Pings:
    def __init__(self, *, is_flat: bool = False) -> None:
        self.sent: list[dict[str, object]] = []
        dialect = FlatDialect() if is_flat else SdkDialect(["ping"])
        self.heartbeat = Heartbeat(self._send, dialect)

    async def _send(self, frame: str | None) -> None:
        if frame is not None:
            self.sent.append(json.loads(frame)["ping_event"])


async def test_each_tells_how_long_the_last_answer_took() -> None:
    pings = Pings()
    await pings.heartbeat.ping(10.0)
    pings.heartbeat.answered(1, 10.042)
    await pings.heartbeat.ping(13.0)
    await pings.heartbeat.ping(16.0)
    pings.heartbeat.answered(3, 16.1)
    await pings.heartbeat.ping(19.0)
    assert pings.sent == [
        {"event_id": 1, "ping_ms": None},
        {"event_id": 2, "ping_ms": 42},
        {"event_id": 3, "ping_ms": 42},
        {"event_id": 4, "ping_ms": 100},
    ]


@pytest.mark.parametrize("event_id", [None, 0, 99, -1])
async def test_answers_to_nothing_change_nothing(event_id: int | None) -> None:
    pings = Pings()
    await pings.heartbeat.ping(10.0)
    pings.heartbeat.answered(event_id, 11.0)
    await pings.heartbeat.ping(13.0)
    assert pings.sent[1]["ping_ms"] is None


async def test_an_answer_that_took_no_time_is_not_taken_for_none() -> None:
    pings = Pings()
    await pings.heartbeat.ping(10.0)
    pings.heartbeat.answered(1, 10.0)
    await pings.heartbeat.ping(13.0)
    assert pings.sent[1]["ping_ms"] == 1


async def test_what_is_never_answered_is_forgotten() -> None:
    pings = Pings()
    for second in range(100):
        await pings.heartbeat.ping(float(second))
    pings.heartbeat.answered(1, 200.0)
    await pings.heartbeat.ping(201.0)
    assert pings.sent[-1]["ping_ms"] is None


async def test_a_flat_client_gets_none() -> None:
    pings = Pings(is_flat=True)
    await pings.heartbeat.ping(1.0)
    assert pings.sent == []
