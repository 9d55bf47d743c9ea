"""The numbers of what is said."""

from __future__ import annotations

from vivavoce.sessions.converse.event_ids import EventIds


def test_each_number_is_greater_than_all_before() -> None:
    ids = EventIds()
    assert ids.last == 0
    assert [ids.next() for _ in range(3)] == [1, 2, 3]
    assert ids.last == 3


def test_the_newest_number_is_kept_and_an_older_one_renewed() -> None:
    ids = EventIds()
    first = ids.renewed(0)
    assert first == 1
    assert ids.renewed(first) == first
    ids.next()
    assert ids.renewed(first) == 3
