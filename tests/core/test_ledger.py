"""What has been sent, until the other side has it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.ledger import Ledger


def filled(count: int, *, size: int = 10, most_bytes: int = 1_000, keep_s: float = 30.0) -> Ledger:
    ledger = Ledger(most_bytes=most_bytes, keep_s=keep_s)
    for number in range(1, count + 1):
        ledger.add(f"{number}".ljust(size), now=0.0)
    return ledger


def hand_over(ledger: Ledger, count: int, now: float = 0.0) -> list[str | None]:
    taken = []
    for _ in range(count):
        taken.append(ledger.next_frame)
        ledger.handed_over(now)
    return taken


def test_frames_are_handed_over_from_the_first_on_and_after_the_last_there_is_none() -> None:
    ledger = filled(2)
    assert hand_over(ledger, 2) == ["1".ljust(10), "2".ljust(10)]
    assert ledger.next_frame is None


def test_what_is_acknowledged_is_forgotten_and_cannot_be_asked_for() -> None:
    ledger = filled(5)
    hand_over(ledger, 4)
    ledger.acknowledged(3)
    assert ledger.forgotten == 3
    assert ledger.kept_bytes == 20
    assert not ledger.can_replay_after(2)
    assert ledger.can_replay_after(3)


@pytest.mark.parametrize("number", [3, 10**30])
def test_a_peer_that_acknowledges_more_than_it_was_given_gets_the_rest_all_the_same(
    number: int,
) -> None:
    ledger = filled(5)
    hand_over(ledger, 2)
    ledger.acknowledged(number)
    assert ledger.forgotten == 2
    assert hand_over(ledger, 3) == [f"{n}".ljust(10) for n in (3, 4, 5)]


def test_nobody_can_have_frames_that_were_never_sent() -> None:
    assert not filled(5).can_replay_after(6)


def test_frames_that_no_socket_has_taken_are_kept_though_there_is_no_room() -> None:
    ledger = filled(200)
    assert not ledger.has_room
    assert ledger.can_replay_after(0)


def test_a_peer_that_never_acknowledges_is_trusted_to_have_what_is_old() -> None:
    ledger = filled(3)
    hand_over(ledger, 1, now=30.0)
    assert ledger.can_replay_after(0)
    hand_over(ledger, 1, now=30.1)
    assert ledger.forgotten == 2


def test_what_a_lost_socket_had_taken_is_kept_until_the_next_one_has_it_however_old() -> None:
    ledger = filled(3)
    hand_over(ledger, 3, now=1.0)
    ledger.replay_after(0)
    assert hand_over(ledger, 3, now=31.0) == [f"{n}".ljust(10) for n in (1, 2, 3)]


def test_a_peer_that_never_acknowledges_makes_room_by_taking() -> None:
    ledger = filled(150)
    hand_over(ledger, 150)
    assert ledger.has_room
    assert ledger.kept_bytes == 990


def test_a_peer_that_acknowledges_is_kept_everything_until_it_does() -> None:
    ledger = filled(150)
    ledger.acknowledged(0)
    hand_over(ledger, 150, now=1_000.0)
    assert not ledger.has_room
    ledger.acknowledged(60)
    assert ledger.has_room
    assert ledger.can_replay_after(60)


@given(seed=st.integers(0, 10_000))
def test_a_peer_that_acknowledges_gets_every_frame_over_any_number_of_sockets(seed: int) -> None:
    dice = random.Random(seed)
    ledger = Ledger(most_bytes=200)
    ledger.acknowledged(0)
    got: list[str | None] = []
    sent: list[str] = []
    is_whole = True
    for now in range(200):
        match dice.choice(("send", "take", "take", "cut", "acknowledge")):
            case "send" if ledger.has_room:
                sent.append(f"frame {len(sent) + 1}")
                ledger.add(sent[-1], 60.0 * now)
            case "take" if ledger.next_frame is not None:
                is_whole = is_whole and dice.random() < 0.8  # else it is lost on the way
                if is_whole:
                    got.append(ledger.next_frame)
                ledger.handed_over(60.0 * now)
            case "cut":
                assert ledger.can_replay_after(len(got))
                ledger.replay_after(len(got))
                is_whole = True
            case "acknowledge":
                ledger.acknowledged(len(got))
    ledger.replay_after(len(got))
    while ledger.next_frame is not None:
        got.append(ledger.next_frame)
        ledger.handed_over(60.0 * 200)
    assert got == sent


def test_who_comes_back_acknowledges_by_it_what_it_has() -> None:
    ledger = filled(150)
    for _ in range(100):
        ledger.handed_over(now=0.0)
    ledger.acknowledged(1)
    ledger.replay_after(80)
    assert ledger.forgotten == 80
    assert ledger.has_room
