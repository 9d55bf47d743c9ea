from __future__ import annotations

from itertools import pairwise

from vivavoce.engines.minds.base import Message, Role
from vivavoce.engines.minds.context_room import estimated_tokens, fitted

SYSTEM = Message(Role.SYSTEM, "You are Ava.")


def talk(turns: int) -> list[Message]:
    return [
        Message(role, f"{role.value} {number} " + "word " * 20)
        for number in range(turns)
        for role in (Role.USER, Role.ASSISTANT)
    ]


def test_what_there_is_room_for_stays_whole() -> None:
    assert fitted([SYSTEM], talk(3), 2_000) == (SYSTEM, *talk(3))


def test_a_long_talk_loses_its_oldest_turns_and_keeps_the_system_message() -> None:
    kept = fitted([SYSTEM], talk(100), 1_000)
    assert kept[0] == SYSTEM
    assert kept[1].role is Role.USER
    assert kept[-1] == talk(100)[-1]
    assert estimated_tokens(kept) <= 1_000


def test_a_growing_talk_is_cut_seldom() -> None:
    whole = talk(100)
    prompts = [fitted([SYSTEM], whole[: end + 1], 1_000) for end in range(0, len(whole), 2)]
    cuts = sum(later[: len(earlier)] != earlier for earlier, later in pairwise(prompts))
    assert 1 <= cuts <= len(prompts) / 5


def test_the_next_prompt_begins_with_what_was_read_in_advance() -> None:
    whole = talk(100)
    for end in range(2, len(whole), 2):
        read = fitted([SYSTEM], whole[:end], 1_000)
        asked = fitted([SYSTEM], whole[: end + 1], 1_000)
        assert asked[: len(read)] == read


def test_of_a_message_longer_than_all_room_its_end_stays() -> None:
    long = Message(Role.USER, "word " * 5_000 + "what do you say?")
    kept = fitted([SYSTEM], [*talk(2), long], 500)
    assert kept[0] == SYSTEM
    assert kept[-1].text.endswith("what do you say?")
    assert estimated_tokens(kept) <= 500


def test_of_a_system_message_that_takes_more_than_half_the_room_its_beginning_stays() -> None:
    long = Message(Role.SYSTEM, "You are Ava. " + "Né à Paris. " * 1_000)
    kept = fitted([long], talk(1), 400)
    assert kept[0].text.startswith("You are Ava.")
    assert kept[1:] == tuple(talk(1))
    assert estimated_tokens(kept) <= 400


def test_nothing_said_is_nothing_but_the_head() -> None:
    assert fitted([SYSTEM], [], 100) == (SYSTEM,)
