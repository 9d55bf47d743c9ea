"""What has been sent, until the other side has it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.ledger import Arrivals, Ledger


def filled(count: int, *, size: int = 10, most_bytes: int = 1_000, keep_s: float = 30.0) -> Ledger:
    ledger = Ledger(most_bytes=most_bytes, keep_s=keep_s)
    for number in range(1, count + 1):
        ledger.add(f"{number}".ljust(size), now=0.0)
    return ledger


def test_frames_are_found_by_their_numbers_from_one_on() -> None:
    ledger = filled(3)
    assert [ledger.frame(n) for n in (1, 3)] == ["1".ljust(10), "3".ljust(10)]
    assert ledger.frame(4) is None


def test_what_is_acknowledged_is_forgotten_and_cannot_be_asked_for() -> None:
    ledger = filled(5)
    ledger.acknowledged(3)
    assert ledger.forgotten == 3
    assert ledger.kept_bytes == 20
    assert not ledger.can_replay_after(2)
    assert ledger.can_replay_after(3)
    with pytest.raises(LookupError):
        ledger.frame(3)


def test_nobody_can_have_frames_that_were_never_sent() -> None:
    assert not filled(5).can_replay_after(6)


def test_frames_that_no_socket_has_taken_are_kept_though_there_is_no_room() -> None:
    ledger = filled(200)
    ledger.handed_over(0, now=1_000.0)
    assert not ledger.has_room
    assert ledger.can_replay_after(0)


def test_a_peer_that_never_acknowledges_is_trusted_to_have_what_is_old() -> None:
    ledger = filled(3)
    ledger.handed_over(2, now=30.0)
    assert ledger.can_replay_after(0)
    ledger.handed_over(2, now=30.1)
    assert ledger.forgotten == 2


def test_a_peer_that_never_acknowledges_makes_room_by_taking() -> None:
    ledger = filled(150)
    ledger.handed_over(150, now=0.0)
    assert ledger.has_room
    assert ledger.kept_bytes == 990


def test_a_peer_that_acknowledges_is_kept_everything_until_it_does() -> None:
    ledger = filled(150)
    ledger.acknowledged(1)
    ledger.handed_over(150, now=1_000.0)
    assert not ledger.has_room
    ledger.acknowledged(60)
    assert ledger.has_room
    assert ledger.can_replay_after(60)


@given(seed=st.integers(0, 10_000))
def test_a_peer_that_acknowledges_gets_every_frame_over_any_number_of_sockets(seed: int) -> None:
    dice = random.Random(seed)
    ledger = Ledger(most_bytes=200)
    got: list[str | None] = []
    sent: list[str] = []
    handed = 0
    for now in range(200):
        match dice.choice(("send", "take", "take", "cut", "acknowledge")):
            case "send" if ledger.has_room:
                sent.append(f"frame {len(sent) + 1}")
                ledger.add(sent[-1], float(now))
            case "take" if handed < ledger.last:
                handed += 1
                ledger.handed_over(handed, float(now))
                if handed == len(got) + 1 and dice.random() < 0.8:  # else it is lost on the way
                    got.append(ledger.frame(handed))
            case "cut":
                assert ledger.can_replay_after(len(got))
                handed = len(got)
            case "acknowledge":
                ledger.acknowledged(len(got))
    assert got == sent[: len(got)]
    assert [ledger.frame(n) for n in range(len(got) + 1, ledger.last + 1)] == sent[len(got) :]


def test_each_number_is_new_once_and_none_is_passed_over() -> None:
    arrivals = Arrivals()
    assert [arrivals.is_new(n) for n in (1, 2, 1, 2, 3)] == [True, True, False, False, True]
    assert arrivals.last == 3
    with pytest.raises(ValueError, match="frame 5 came where 4 was expected"):
        arrivals.is_new(5)
