"""Hypothesis, let loose on the sockets and on the bodies of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzz.bodies import Call, calls, client_of, send
from fuzz.convai_bodies import addressed, convai_calls, first_agent, round_trip, whole_configs
from fuzz.conversation_cases import odd_conversations, proper_conversations
from fuzz.conversation_memory import play_conversation_in_memory
from fuzz.conversations import Conversation
from fuzz.lures import trap
from fuzz.media import Sound
from fuzz.memory import play_in_memory, play_surviving_in_memory
from fuzz.network import (
    held_conversation,
    play_conversation_over_network,
    play_over_network,
    play_talk_over_network,
)
from fuzz.pattern_cases import comes_to_an_end, patterns
from fuzz.running import FuzzedServer
from fuzz.signature_cases import forged, refuses
from fuzz.talk_cases import odd_talks, proper_talks
from fuzz.talk_memory import play_talk_in_memory
from fuzz.talks import Talk
from fuzz.upload_judge import judge_upload
from fuzz.uploads import Upload, odd_uploads, proper_uploads, send_upload
from fuzz.visits import Visit, odd_visits, proper_visits
from tests.sessions.converse.virtual_time import VirtualTimeLoop

Case = TypeVar("Case")


def fuzz_sockets_in_memory(*, cases: int, seed_number: int) -> int:
    """Plays so many visits in memory, a third of them proper ones. Returns how many there were.

    Raises what the worst of them raised, made as small as it goes; its notes have the visit.
    """
    with asyncio.Runner() as runner:
        return _visits(lambda visit: play_in_memory(visit, runner), cases, seed_number)


def fuzz_survivors_in_memory(*, cases: int, seed_number: int) -> int:
    """The same with proper visits whose sockets are lost again and again, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:

        def play(case: tuple[Visit, int]) -> None:
            play_surviving_in_memory(*case, runner)

        return _run(play, st.tuples(proper_visits(), st.integers(0, 999)), cases, seed_number)


def fuzz_talks_in_memory(*, cases: int, seed_number: int) -> int:
    """The same with talks on the transcription socket."""
    with asyncio.Runner() as runner:
        return _talks(lambda talk: play_talk_in_memory(talk, runner), cases, seed_number)


def fuzz_conversations_in_memory(*, cases: int, seed_number: int) -> int:
    """The same with conversations, whose time is virtual."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:

        def play(case: Conversation) -> None:
            play_conversation_in_memory(case, runner)

        proper = cases // 4
        return _run(play, proper_conversations(), proper, seed_number) + _run(
            play, odd_conversations(), cases - proper, seed_number
        )


def fuzz_sockets(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """The same over real WebSockets."""
    with asyncio.Runner() as runner:
        return _visits(lambda visit: play_over_network(visit, server, runner), cases, seed_number)


def fuzz_talks(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """The same with talks."""
    with asyncio.Runner() as runner:
        return _talks(lambda talk: play_talk_over_network(talk, server, runner), cases, seed_number)


def fuzz_conversations(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """The same with conversations."""
    with asyncio.Runner() as runner:

        def play(case: Conversation) -> None:
            play_conversation_over_network(case, server, runner)

        return _run(play, odd_conversations(), cases, seed_number)


def fuzz_bodies(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """Sends so many requests with odd bodies; else as the others."""
    with client_of(server) as client:
        return _run(lambda call: send(call, client), calls(), cases, seed_number)


def fuzz_convai(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """Sends so many requests about agents and conversations, a tenth of them there and back."""
    with client_of(server) as client:
        agent_id, talk_id = first_agent(client), held_conversation(server)

        def try_out(call: Call) -> None:
            send(addressed(call, agent_id, talk_id), client)

        whole = cases // 10
        return _run(
            lambda config: round_trip(config, client), whole_configs, whole, seed_number
        ) + _run(try_out, convai_calls(), cases - whole, seed_number)


def fuzz_signatures(*, cases: int, seed_number: int) -> int:
    """Shows so many signatures that are not good."""
    return _run(refuses, forged(), cases, seed_number)


def fuzz_patterns(*, cases: int, seed_number: int) -> int:
    """Matches so many patterns of rules with words that are made for it."""
    return _run(comes_to_an_end, patterns, cases, seed_number)


def fuzz_uploads(server: FuzzedServer, *, cases: int, seed_number: int) -> int:
    """Sends so many files to be written down, a third of them as they should be."""
    secret = Sound("wav", ("Goodbye!",)).data()
    with client_of(server) as client, trap(secret) as snare:

        def try_out(upload: Upload) -> None:
            answer = send_upload(upload, client, snare)
            if answer is not None:
                judge_upload(upload, answer)
            snare.check()

        proper = cases // 3
        return _run(try_out, proper_uploads(), proper, seed_number) + _run(
            try_out, odd_uploads(), cases - proper, seed_number
        )


def _visits(play: Callable[[Visit], None], cases: int, seed_number: int) -> int:
    proper = cases // 3
    return _run(play, proper_visits(), proper, seed_number) + _run(
        play, odd_visits(), cases - proper, seed_number
    )


def _talks(play: Callable[[Talk], None], cases: int, seed_number: int) -> int:
    proper = cases // 3
    return _run(play, proper_talks(), proper, seed_number) + _run(
        play, odd_talks(), cases - proper, seed_number
    )


def _run(
    try_out: Callable[[Case], None], some: st.SearchStrategy[Case], cases: int, seed_number: int
) -> int:
    tried = 0

    @seed(seed_number)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(some)
    def one(case: Case) -> None:
        nonlocal tried
        tried += 1
        try_out(case)

    one()
    return tried
