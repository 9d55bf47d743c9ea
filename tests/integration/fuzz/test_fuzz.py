"""A few hundred of the cases of `make fuzz`, and always the same ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fuzz.chat_servers import fuzz_chat_servers
from fuzz.rest import fuzz_rest
from fuzz.running import FuzzedServer, fuzzed_server
from fuzz.runs import (
    fuzz_bodies,
    fuzz_convai,
    fuzz_conversations,
    fuzz_conversations_in_memory,
    fuzz_patterns,
    fuzz_signatures,
    fuzz_sockets,
    fuzz_sockets_in_memory,
    fuzz_survivors_in_memory,
    fuzz_talks,
    fuzz_talks_in_memory,
    fuzz_uploads,
)

SEED = 0


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[FuzzedServer]:
    with fuzzed_server() as server:
        yield server


def test_every_answer_is_one_that_the_schema_promises(fuzzed: FuzzedServer) -> None:
    assert fuzz_rest(fuzzed, examples=5, seed=SEED, phases="fuzzing,stateful") > 100
    fuzzed.check()


def test_a_body_that_is_not_what_it_should_be_is_refused_and_no_more(fuzzed: FuzzedServer) -> None:
    fuzz_bodies(fuzzed, cases=150, seed_number=SEED)
    fuzzed.check()


def test_no_file_breaks_what_writes_it_down_or_leaves_anything_behind(
    fuzzed: FuzzedServer,
) -> None:
    fuzz_uploads(fuzzed, cases=100, seed_number=SEED)
    fuzzed.check()


def test_no_message_breaks_a_socket_or_leaves_anything_behind(fuzzed: FuzzedServer) -> None:
    fuzz_sockets(fuzzed, cases=70, seed_number=SEED)
    fuzz_talks(fuzzed, cases=70, seed_number=SEED)
    fuzzed.check()


def test_no_schedule_breaks_a_session_or_leaves_anything_behind() -> None:
    fuzz_sockets_in_memory(cases=200, seed_number=SEED)
    fuzz_survivors_in_memory(cases=200, seed_number=SEED)
    fuzz_talks_in_memory(cases=200, seed_number=SEED)


def test_no_request_about_agents_breaks_anything_and_agents_stay_as_they_were_sent(
    fuzzed: FuzzedServer,
) -> None:
    fuzz_convai(fuzzed, cases=200, seed_number=SEED)
    fuzzed.check()


def test_no_caller_breaks_a_conversation_or_leaves_anything_behind(fuzzed: FuzzedServer) -> None:
    fuzz_conversations(fuzzed, cases=25, seed_number=SEED)
    fuzzed.check()


def test_no_agent_and_no_caller_break_a_conversation_in_memory() -> None:
    fuzz_conversations_in_memory(cases=200, seed_number=SEED)


def test_no_signature_counts_that_somebody_has_changed() -> None:
    fuzz_signatures(cases=300, seed_number=SEED)


def test_no_pattern_of_a_rule_keeps_everybody_waiting() -> None:
    fuzz_patterns(cases=300, seed_number=SEED)


def test_no_chat_server_costs_more_than_its_answer_is_worth() -> None:
    assert fuzz_chat_servers() > 20
