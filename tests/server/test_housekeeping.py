"""What a server does in its own house."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.server.conftest import Clock
from vivavoce.core.call_record import CallRecord
from vivavoce.errors import StoreFailed
from vivavoce.server.housekeeping import housekeeping
from vivavoce.store.conversations import Conversations
from vivavoce.store.store import Store

DAY_S = 86_400.0


def a_call(name: str, started_at: float, status: str = "done") -> CallRecord:
    return CallRecord(
        conversation_id=name, agent_id="a", agent_name="", status=status, started_at=started_at
    )


async def statuses(store: Store) -> dict[str, str]:
    shown, _ = await store.conversations.list()
    return {one.conversation_id: one.status for one in shown}


async def until_kept(store: Store, expected: dict[str, str]) -> None:
    for _ in range(500):
        if await statuses(store) == expected:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be so")


async def test_conversations_that_are_old_enough_are_forgotten(store: Store, clock: Clock) -> None:
    await store.conversations.begin(a_call("old", clock.now - 8 * DAY_S))
    await store.conversations.begin(a_call("new", clock.now - 6 * DAY_S))
    async with housekeeping(store, 7.0):
        await until_kept(store, {"new": "done"})


async def test_for_no_days_none_is(store: Store, clock: Clock) -> None:
    await store.conversations.begin(a_call("old", clock.now - 800 * DAY_S))
    await store.conversations.begin(a_call("dead", clock.now, "in-progress"))
    clock.now += 2 * 3600
    async with housekeeping(store, 0.0):
        await until_kept(store, {"old": "done", "dead": "failed"})


async def test_calls_that_another_server_may_be_holding_are_left_alone(
    store: Store, clock: Clock
) -> None:
    await store.conversations.begin(a_call("live", clock.now, "in-progress"))
    await store.conversations.begin(a_call("old", clock.now - 8 * DAY_S))
    clock.now += 600
    async with housekeeping(store, 7.0):
        await until_kept(store, {"live": "in-progress"})


class Failing(Conversations):
    """Conversations of a database that is gone."""

    def __init__(self, error: Exception) -> None:
        """There is nothing behind it."""
        self._error = error

    async def abandon_unfinished(self, silent_s: float = 0.0) -> int:
        raise self._error


@pytest.mark.parametrize(
    "error", [StoreFailed("The database is gone."), PermissionError(13, "Permission denied")]
)
async def test_a_store_that_fails_is_logged_and_stops_nothing(
    store: Store, error: Exception
) -> None:
    broken = msgspec.structs.replace(store, conversations=Failing(error))
    with capture_logs() as logs:
        async with housekeeping(broken, 7.0):
            for _ in range(500):
                if not logs:
                    await asyncio.sleep(0.01)
    assert [log["event"] for log in logs] == ["old conversations cannot be forgotten"]
