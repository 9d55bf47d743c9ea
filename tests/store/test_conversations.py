"""Conversations in a database."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from tests.store.conftest import Clock
from vivavoce.core.call_record import (
    CallRecord,
    ToolCallRecord,
    ToolResultRecord,
    TurnRecord,
    Waterfall,
)
from vivavoce.errors import ConversationNotFound, InvalidParameter
from vivavoce.store.conversation_tables import CallQuery, listed
from vivavoce.store.conversations import Conversations
from vivavoce.store.database import open_database
from vivavoce.store.store import Store

_HI = TurnRecord(role="agent", message="Hi.", time_in_call_s=0.0, event_id=1)
_BYE = TurnRecord(
    role="agent",
    message="Good",
    time_in_call_s=2.5,
    event_id=2,
    interrupted=True,
    original_message="Good bye.",
    feedback="dislike",
    tool_calls=(ToolCallRecord("c1", "end_call", "system", "{}"),),
    tool_results=(ToolResultRecord("c1", "end_call", "system", "done", False, 0.25),),
    waterfall=Waterfall(endpoint=200.0, first_audible=700.5),
)


@pytest.fixture
def conversations(store: Store) -> Conversations:
    return store.conversations


def record_of(
    conversation_id: str,
    started_at: float = 1_700_000_000.5,
    *,
    agent_id: str = "agent_a",
    status: str = "in-progress",
    user_id: str | None = None,
    transcript: tuple[TurnRecord, ...] = (),
) -> CallRecord:
    return CallRecord(
        conversation_id=conversation_id,
        agent_id=agent_id,
        agent_name="Ann",
        status=status,
        started_at=started_at,
        user_id=user_id,
        transcript=transcript,
    )


async def listed_ids(
    conversations: Conversations, page_size: int = 2, **asked: object
) -> list[str]:
    """All pages, one after the other."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = await conversations.list(
            cursor=cursor,
            page_size=page_size,
            **asked,  # type: ignore[arg-type]
        )
        assert len(page) <= page_size
        ids += [one.conversation_id for one in page]
        if cursor is None:
            return ids


async def test_a_conversation_is_found_as_it_was_saved_last(conversations: Conversations) -> None:
    begun = record_of("conv_1", transcript=(_HI,))
    await conversations.begin(begun)
    assert await conversations.get("conv_1") == begun
    done = msgspec.structs.replace(
        begun,
        status="done",
        duration_s=3.25,
        user_id="you",
        termination_reason="end_call tool was called.",
        error_code=1008,
        error_reason="none",
        transcript=(_HI, TurnRecord(role="user", message="Bye", time_in_call_s=1.0), _BYE),
        initiation='{"dynamic_variables":{}}',
        config='{"agent":{}}',
        has_user_audio=True,
        has_response_audio=True,
    )
    await conversations.save(done)
    assert await conversations.get("conv_1") == done
    ((summary,), cursor) = await conversations.list()
    assert cursor is None
    assert (summary.status, summary.message_count, summary.duration_s) == ("done", 3, 3.25)
    assert summary.started_at == 1_700_000_000.5


async def test_texts_that_a_database_refuses_are_kept_but_for_what_it_refuses(
    conversations: Conversations,
) -> None:
    odd = TurnRecord(role="user", message="a\ud800b\0c", time_in_call_s=0.0)
    await conversations.begin(record_of("conv_1", user_id="\0\ud800", transcript=(odd,)))
    kept = await conversations.get("conv_1")
    assert kept.user_id == "\ufffd\ufffd"
    assert kept.transcript[0].message == "a\ufffdb\ufffdc"
    assert await listed_ids(conversations, user_id="\0\ud800") == ["conv_1"]


async def test_agents_and_users_may_be_called_whatever_clients_like(
    conversations: Conversations,
) -> None:
    for name, odd in (("conv_1", "a\0b c"), ("conv_2", "\U0001f600" * 3_000)):
        await conversations.begin(record_of(name, agent_id=odd, user_id=odd))
        assert await listed_ids(conversations, agent_id=odd, user_id=odd) == [name]
        assert list(await conversations.last_call_times([odd])) == [odd]


async def test_what_callers_say_about_a_call_outlives_the_next_save(
    conversations: Conversations,
) -> None:
    record = record_of("conv_1", transcript=(_HI,))
    await conversations.begin(record)
    await conversations.rate("conv_1", 4, "nice\0")
    await conversations.save(msgspec.structs.replace(record, transcript=(_HI, _BYE)))
    kept = await conversations.get("conv_1")
    assert (kept.rating, kept.comment) == (4, "nice\ufffd")
    ((summary,), _) = await conversations.list()
    assert summary.rating == 4


async def test_a_deleted_conversation_stays_deleted(conversations: Conversations) -> None:
    record = record_of("conv_1")
    await conversations.begin(record)
    await conversations.delete("conv_1")
    await conversations.save(record)
    with pytest.raises(ConversationNotFound):
        await conversations.get("conv_1")


@pytest.mark.parametrize("unknown", ["nobody", "", "a\0b", "\ud800", "x" * 300])
async def test_unknown_ids_are_not_found_whatever_they_look_like(
    conversations: Conversations, unknown: str
) -> None:
    await conversations.begin(record_of("conv_1"))
    with pytest.raises(ConversationNotFound):
        await conversations.get(unknown)
    with pytest.raises(ConversationNotFound):
        await conversations.delete(unknown)
    with pytest.raises(ConversationNotFound):
        await conversations.rate(unknown, 1)
    assert await listed_ids(conversations, agent_id=unknown) == []


class TestPages:
    """The list, a page at a time."""

    @pytest.mark.parametrize("page_size", [1, 2, 3, 30])
    async def test_every_conversation_is_on_one_page_newest_first(
        self, conversations: Conversations, page_size: int
    ) -> None:
        for name, started_at in (("b", 2.0), ("a", 1.0), ("d", 2.0), ("c", 3.0)):
            await conversations.begin(record_of(name, started_at))
        assert await listed_ids(conversations, page_size) == ["c", "d", "b", "a"]

    async def test_those_of_an_agent_a_user_a_time_or_a_status_can_be_asked_for(
        self, conversations: Conversations
    ) -> None:
        await conversations.begin(record_of("a", 1.0, agent_id="x", user_id="u"))
        await conversations.begin(record_of("b", 2.0, agent_id="x", user_id="v", status="done"))
        await conversations.begin(record_of("c", 3.0, agent_id="y", user_id="u", status="failed"))
        for asked, expected in (
            ({"agent_id": "x"}, ["b", "a"]),
            ({"user_id": "u"}, ["c", "a"]),
            ({"agent_id": "x", "user_id": "u"}, ["a"]),
            ({"statuses": ("done", "failed")}, ["c", "b"]),
            ({"call_start_after": 1.0}, ["c", "b"]),
            ({"call_start_before": 3.0, "call_start_after": 1.0}, ["b"]),
            ({"call_start_before": 1e300}, ["c", "b", "a"]),
            ({"call_start_before": -1.0}, []),
        ):
            assert await listed_ids(conversations, 1, **asked) == expected

    async def test_a_cursor_of_another_list_or_of_none_is_refused(
        self, store: Store, conversations: Conversations
    ) -> None:
        await store.agents.create("Ann", {})
        _, cursor = await store.agents.list(page_size=1)
        for bad in ("nonsense", "é", "W10=", cursor):
            with pytest.raises(InvalidParameter, match="cursor"):
                await conversations.list(cursor=bad)

    @pytest.mark.parametrize(
        ("query", "index"),
        [
            (CallQuery(), "conversations_by_start"),
            (CallQuery(agent_id="x"), "conversations_by_agent_id"),
            (CallQuery(agent_id="x", started_before=9.0), "conversations_by_agent_id"),
            (CallQuery(user_id="x"), "conversations_by_user_id"),
            (CallQuery(statuses=("done",)), "conversations_by_status"),
        ],
    )
    async def test_no_page_is_sorted_by_hand(
        self, tmp_path: object, query: CallQuery, index: str
    ) -> None:
        compiled = listed(query).compile(
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
        )
        async with (
            open_database(f"sqlite:///{tmp_path}/a.db") as engine,
            engine.connect() as connection,
        ):
            steps = await connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))
            plan = "; ".join(row.detail for row in steps)
        assert f"USING INDEX {index}" in plan
        assert "TEMP B-TREE" not in plan


async def test_the_newest_call_of_each_agent_is_known(conversations: Conversations) -> None:
    for name, started_at, agent in (("a", 1.5, "x"), ("b", 2.5, "x"), ("c", 1.0, "y")):
        await conversations.begin(record_of(name, started_at, agent_id=agent))
    many = [f"agent_{number}" for number in range(1_200)]
    assert await conversations.last_call_times(["x", "y", "z", "x", "\0", *many]) == {
        "x": 2.5,
        "y": 1.0,
    }
    assert await conversations.last_call_times([]) == {}


async def test_old_conversations_go_and_new_or_unfinished_ones_stay(
    conversations: Conversations,
) -> None:
    for number in range(201):
        await conversations.begin(record_of(f"old_{number}", 10.0, status="done"))
    await conversations.begin(record_of("failed", 10.0, status="failed"))
    await conversations.begin(record_of("live", 10.0))
    await conversations.begin(record_of("new", 20.0, status="done"))
    gone = await conversations.prune(20.0)
    assert sorted(gone) == sorted(["failed", *(f"old_{number}" for number in range(201))])
    assert await listed_ids(conversations) == ["new", "live"]
    assert await conversations.prune(20.0) == ()


async def test_what_a_killed_server_left_in_progress_has_failed(
    conversations: Conversations, clock: Clock
) -> None:
    await conversations.begin(record_of("finished", status="done"))
    await conversations.begin(record_of("left", transcript=(_HI,)))
    await conversations.begin(record_of("early", status="initiated"))
    assert await conversations.abandon_unfinished() == 2
    assert await conversations.abandon_unfinished() == 0
    left = await conversations.get("left")
    assert (left.status, left.error_code, left.transcript) == ("failed", 1011, (_HI,))
    assert "stopped" in left.termination_reason
    assert (await conversations.get("finished")).status == "done"


async def test_a_conversation_of_another_server_is_left_alone_and_outlives_a_mistake(
    conversations: Conversations, clock: Clock
) -> None:
    record = record_of("live")
    await conversations.begin(record)
    clock.now += 30
    assert await conversations.abandon_unfinished(silent_s=60) == 0
    clock.now += 30
    assert await conversations.abandon_unfinished(silent_s=60) == 1
    await conversations.save(record)
    assert await conversations.get("live") == record
