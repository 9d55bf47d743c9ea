"""Voice workers that are killed while people listen."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Sequence

import pytest

from tests.integration.end_to_end.conftest import StartServer
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import (
    END,
    OPENING,
    Heard,
    converse,
    listen,
    open_socket,
    say,
    whole,
)

LISTENERS = 5
SENTENCE = "This sentence is one of very many, and somebody listens to every word of it. "
SENTENCES = 6

# Killing a worker between two sentences proves nothing: then it is tried again.
_TRIES = 10


async def listener(server: ServerProcess, seed: int, all_hear: asyncio.Barrier) -> Heard:
    """Sentence by sentence, as text comes from a language model; all begin to hear together."""
    async with await open_socket(server.speech(output_format="pcm_16000", seed=seed)) as socket:
        for message in (OPENING, *[{"text": SENTENCE, "flush": True}] * SENTENCES, END):
            await say(socket, message)
        first = await listen(socket, most_frames=1)
        await all_hear.wait()
        rest = await listen(socket)
        return rest._replace(frames=first.frames + rest.frames)


async def listeners(server: ServerProcess, killed: Sequence[int] = ()) -> list[Heard]:
    """What every listener hears while the workers `killed` die in the middle of it."""
    all_hear = asyncio.Barrier(LISTENERS + 1)
    async with asyncio.TaskGroup() as tasks:
        heard = [
            tasks.create_task(listener(server, 100 * number, all_hear))
            for number in range(LISTENERS)
        ]
        await all_hear.wait()
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
    return [one.result() for one in heard]


def unfinished(server: ServerProcess) -> int:
    """How many utterances dead workers had in hand, as the log has it."""
    return sum(map(int, re.findall(r"worker died.*unfinished=(\d+)", server.log)))


def assert_all_was_heard(heard: list[Heard], undisturbed: list[Heard]) -> None:
    for one, reference in zip(heard, undisturbed, strict=True):
        assert (one.code, one.error) == (1000, None)
        assert one.text() == reference.text() == SENTENCE * SENTENCES
        assert len(one.audio) == len(reference.audio)


async def until_whole_again(server: ServerProcess, dead: set[int]) -> None:
    """Waits for two other workers, one of which speaks; until then callers may be sent away."""
    await asyncio.to_thread(
        until, lambda: len(server.workers()) == 2 and not dead & set(server.workers())
    )
    while (heard := await converse(server.speech(), whole("Once again."))).code != 1000:
        assert (heard.code, heard.error) == (1013, "system_busy")


async def test_the_listeners_of_a_killed_worker_hear_all_of_their_text(
    start_server: StartServer,
) -> None:
    server = start_server("--workers", "2")
    undisturbed = await listeners(server)
    for _ in range(_TRIES):
        worker = server.workers()[0]
        assert_all_was_heard(await listeners(server, [worker]), undisturbed)
        assert server.health()[0] == 200
        await until_whole_again(server, {worker})
        if unfinished(server):
            break
    assert unfinished(server)


@pytest.mark.parametrize("nursery_too", [False, True], ids=["workers", "workers and nursery"])
async def test_listeners_hear_all_of_their_text_although_all_workers_are_killed_at_once(
    start_server: StartServer, nursery_too: bool
) -> None:
    server = start_server("--workers", "2")
    undisturbed = await listeners(server)
    for _ in range(_TRIES):
        victims = server.family()[1:] if nursery_too else server.workers()
        assert_all_was_heard(await listeners(server, victims), undisturbed)
        assert server.health()[0] == 200
        await until_whole_again(server, set(victims))
        if unfinished(server):
            break
    assert unfinished(server)
