"""What comes over a connection that may break."""

from __future__ import annotations

import pytest

from vivavoce.core.arrivals import ACK_WITHIN_S, Arrivals


def taken(arrivals: Arrivals) -> list[str | bytes]:
    return [arrivals.take(0.0) for _ in range(len(arrivals))]


def test_each_number_is_taken_once_and_none_is_passed_over() -> None:
    arrivals = Arrivals()
    for number in (1, 2, 1, 2, 3):
        arrivals.add(f"frame {number}", number)
    assert taken(arrivals) == ["frame 1", "frame 2", "frame 3"]
    with pytest.raises(ValueError, match="frame 5 came where 4 was expected"):
        arrivals.add("frame 5", 5)


def test_what_comes_again_before_it_was_taken_is_known_too() -> None:
    arrivals = Arrivals()
    for number in (1, 2, 1, 2):
        arrivals.add(f"frame {number}", number)
    assert len(arrivals) == 2
    assert arrivals.tell() == 0


def test_messages_without_numbers_are_taken_as_they_come() -> None:
    arrivals = Arrivals()
    for message, number in (("a", None), ("b", 1), ("a", None)):
        arrivals.add(message, number)
    assert taken(arrivals) == ["a", "b", "a"]
    assert arrivals.taken == 1


def test_an_acknowledgement_is_due_from_when_something_was_taken_until_it_is_told() -> None:
    arrivals = Arrivals()
    for number in (1, 2):
        arrivals.add("a", number)
    assert arrivals.ack_due_at is None
    arrivals.take(5.0)
    arrivals.take(6.0)
    assert arrivals.ack_due_at == 5.0 + ACK_WITHIN_S
    assert arrivals.tell() == 2
    assert arrivals.ack_due_at is None


def test_there_is_room_again_when_something_was_taken_and_always_for_one() -> None:
    arrivals = Arrivals(most_bytes=100)
    assert arrivals.has_room
    arrivals.add("x" * 1_000, 1)
    assert not arrivals.has_room
    arrivals.take(0.0)
    assert arrivals.has_room
