from __future__ import annotations

import asyncio

import msgspec

from vivavoce.commands.call_times import show_times, times_of
from vivavoce.commands.failures import CommandFailed
from vivavoce.core.call_record import CallRecord, TurnRecord, Waterfall
from vivavoce.sessions.call_history import shown_call

ALL = Waterfall(
    endpoint=200.0,
    transcript=210.0,
    first_token=300.0,
    first_clause=400.0,
    first_audio=450.0,
    first_audible=460.0,
)


def kept(*turns: TurnRecord) -> bytes:
    record = CallRecord(
        conversation_id="c",
        agent_id="a",
        agent_name="A",
        status="in-progress",
        started_at=0.0,
        transcript=turns,
    )
    return msgspec.json.encode(shown_call(record))


def agent(event_id: int, waterfall: Waterfall | None) -> TurnRecord:
    return TurnRecord(
        role="agent", message="Yes.", time_in_call_s=1.0, event_id=event_id, waterfall=waterfall
    )


class Server:
    """Knows one conversation more each time it is asked, then always the last."""

    def __init__(self, *known: bytes) -> None:
        self._known = list(known)
        self.asked: list[str] = []

    async def read(self, conversation_id: str) -> bytes:
        """See `ReadCall`."""
        self.asked.append(conversation_id)
        return self._known.pop(0) if len(self._known) > 1 else self._known[0]


async def test_every_step_is_told_in_milliseconds_after_the_last_word() -> None:
    assert await times_of(Server(kept(agent(3, ALL))).read, "c", 3) == (
        "turn over 200, transcript 210, first token 300, first clause 400, first audio 450, "
        "audible 460 ms after your last word"
    )


async def test_steps_that_were_not_taken_are_left_out() -> None:
    times = await times_of(Server(kept(agent(3, Waterfall(endpoint=1.4)))).read, "c", 3)
    assert times == "turn over 1 ms after your last word"


async def test_a_greeting_has_no_times_and_nobody_waits_for_them() -> None:
    server = Server(kept(agent(1, None)))
    assert await times_of(server.read, "c", 1) is None
    assert server.asked == ["c"]


async def test_an_answer_that_is_not_written_down_yet_is_asked_for_again() -> None:
    server = Server(kept(), kept(agent(3, ALL)))
    assert await times_of(server.read, "c", 3) is not None
    assert server.asked == ["c", "c"]


async def test_what_is_no_conversation_has_no_times() -> None:
    assert await times_of(Server(b"<html>").read, "c", 3) is None


async def test_times_that_cannot_be_read_are_told_once_and_hold_nothing_up() -> None:
    async def refuse(_conversation_id: str) -> bytes:
        raise CommandFailed("not yours")

    answers: asyncio.Queue[int] = asyncio.Queue()
    shown: list[str] = []
    for event_id in (1, 3):
        answers.put_nowait(event_id)
    showing = asyncio.create_task(show_times(refuse, "c", answers, shown.append))
    async with asyncio.timeout(10):
        await answers.join()
    showing.cancel()
    assert shown == ["no times: not yours"]
