from __future__ import annotations

import asyncio

import pytest

from vivavoce.clients.inbox import Inbox


async def test_putter_waits_for_the_taker() -> None:
    inbox: Inbox[int] = Inbox(2)
    await inbox.put(1)
    await inbox.put(2)
    putting = asyncio.create_task(inbox.put(3))
    await asyncio.sleep(0)
    assert inbox.is_full
    assert not putting.done()
    assert [await inbox.take() for _ in range(2)] == [1, 2]
    await putting
    assert await inbox.take() == 3


async def test_end_comes_after_what_is_there_or_instead_of_it() -> None:
    inbox: Inbox[int] = Inbox(2)
    inbox.put_now(1)
    inbox.end(KeyError("over"))
    assert await inbox.take() == 1
    for _ in range(2):
        with pytest.raises(KeyError):
            await inbox.take()
    other: Inbox[int] = Inbox(2)
    other.put_now(1)
    other.end(KeyError("over"), discard=True)
    other.put_now(2)
    with pytest.raises(KeyError):
        await other.take()


async def test_end_releases_everybody_who_waits() -> None:
    full: Inbox[int] = Inbox(1)
    full.put_now(1)
    putting = asyncio.create_task(full.put(2))
    draining = asyncio.create_task(full.until_empty())
    empty: Inbox[int] = Inbox(1)
    taking = asyncio.create_task(empty.take())
    await asyncio.sleep(0)
    full.end(KeyError("over"), discard=True)
    empty.end(KeyError("over"))
    await putting
    await draining
    with pytest.raises(KeyError):
        await taking


async def test_empty_means_that_all_has_been_taken() -> None:
    inbox: Inbox[int] = Inbox(4)
    await inbox.until_empty()
    inbox.put_now(1)
    waiting = asyncio.create_task(inbox.until_empty())
    await asyncio.sleep(0)
    assert not waiting.done()
    await inbox.take()
    await waiting
