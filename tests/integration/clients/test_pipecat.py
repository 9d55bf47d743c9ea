"""Pipecat's services in a pipeline: three turns, of which the second is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.integration.clients.running import Ran
from tests.integration.clients.timing import cut
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import for_recogniser

PCM = "pcm_24000"

# The turns that were not interrupted, and the word that each one's second sentence begins with.
WHOLE = {0: "The", 2: "Please"}

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module", params=["websocket", "http", "dialogue"])
def conversation(
    request: pytest.FixtureRequest, server: ServerProcess, python_client: RunProgram
) -> Ran:
    """One conversation with each of its services."""
    return python_client("pipecat_turns", request.param, server.http)


def test_nothing_goes_wrong_and_nothing_stays_open(
    conversation: Ran, server: ServerProcess
) -> None:
    assert conversation.told["errors"] == []
    until(lambda: server.connections() == 0)


@pytest.mark.parametrize("turn", WHOLE)
def test_an_uninterrupted_turn_says_what_was_written(
    conversation: Ran, must_say: MustSay, turn: int
) -> None:
    words = conversation.told["texts"][turn]
    must_say(words, conversation.file(f"turn-{turn}.pcm"), PCM)


@pytest.mark.parametrize("turn", WHOLE)
def test_every_word_of_a_turn_has_a_time_of_its_own(conversation: Ran, turn: int) -> None:
    words = conversation.told["turns"][turn]["words"]
    # What the server does not time comes out as one piece at the end.
    assert [word for word, _ in words] == conversation.told["texts"][turn].split()
    assert all(earlier < later for (_, earlier), (_, later) in pairwise(words))


@pytest.mark.parametrize("turn", WHOLE)
def test_a_word_is_heard_at_its_time(conversation: Ran, must_say: MustSay, turn: int) -> None:
    told = conversation.told["turns"][turn]
    text = conversation.told["texts"][turn]
    start_ns = next(time for word, time in told["words"] if word == WHOLE[turn])
    samples = for_recogniser(conversation.file(f"turn-{turn}.pcm"), PCM)
    first, second = cut(samples, (start_ns - told["began_ns"]) / 1e9)
    position = text.index(WHOLE[turn], 1)
    must_say(text[:position], first)
    must_say(text[position:], second)


def test_an_interrupted_turn_is_not_heard_to_its_end(conversation: Ran) -> None:
    told = conversation.told["turns"][1]
    assert len(told["words"]) < len(conversation.told["texts"][1].split())
