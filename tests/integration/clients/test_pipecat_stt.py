"""Pipecat's services hear in a pipeline: who says that somebody has spoken, they or the server."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.integration.clients.hearing import Utterance, timed
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess, until

SERVICES = ("manual", "vad", "segmented")

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def heard(
    server: ServerProcess,
    tls_server: ServerProcess,
    python_client: RunProgram,
    utterances: tuple[Utterance, ...],
) -> Any:
    """What each service makes of the same sound; the one with a socket speaks nothing but TLS."""
    ran = python_client(
        "pipecat_listening",
        server.http,
        tls_server.http.removeprefix("https://"),
        *(str(utterance.path) for utterance in utterances),
        trusting=tls_server,
    )
    return ran.told


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_what_was_said_and_nothing_goes_wrong(
    heard: Any, utterances: tuple[Utterance, ...], service: str
) -> None:
    assert heard[service]["errors"] == []
    texts = [final["text"] for final in heard[service]["finals"]]
    everything = Utterance(" ".join(said.text for said in utterances), "", utterances[0].path)
    everything.must_be(" ".join(texts))


def test_nothing_stays_open(heard: Any, server: ServerProcess, tls_server: ServerProcess) -> None:
    until(lambda: server.connections() == tls_server.connections() == 0)


def test_a_commit_of_pipecats_own_is_final_and_says_its_language_once(heard: Any) -> None:
    finals = heard["manual"]["finals"]
    assert {final["language"] for final in finals} == {"en"}
    assert all(final["finalized"] for final in finals)


def test_the_server_commits_once_for_each_utterance_with_the_times_of_its_words(
    heard: Any, utterances: tuple[Utterance, ...], must_say: MustSay
) -> None:
    start_s = 0.0
    for final, utterance in zip(heard["vad"]["finals"], utterances, strict=True):
        utterance.must_be(final["text"])
        utterance.must_be_timed(timed(final["words"]), must_say, start_s=start_s)
        start_s += utterance.seconds + heard["pause_s"]


@pytest.mark.parametrize("service", ["manual", "vad"])
def test_text_grows_while_it_is_spoken_and_is_not_said_again(heard: Any, service: str) -> None:
    interims = heard[service]["interims"]
    assert len(interims) >= 2
    assert all(earlier != later for earlier, later in pairwise(interims))


def test_a_segment_sent_as_a_file_has_its_language_in_three_letters(heard: Any) -> None:
    finals = heard["segmented"]["finals"]
    assert {final["language"] for final in finals} == {"eng"}
