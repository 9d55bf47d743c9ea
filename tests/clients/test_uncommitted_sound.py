from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.uncommitted_sound import UncommittedSound

RATE = 10
"""Bytes a second, of two each a sample."""


def sound(**options: float) -> UncommittedSound:
    return UncommittedSound(RATE, 2, **options)


def test_all_is_owed_until_it_is_written_down() -> None:
    sent = sound()
    sent.sent(b"aaaa")
    sent.commit()
    sent.sent(b"bb")
    assert sent.restart() == [b"aaaa", None, b"bb"]
    sent.written_down(None)
    assert sent.restart() == [b"bb"]


def test_a_commit_without_sound_before_it_is_owed_too() -> None:
    sent = sound()
    sent.commit()
    sent.sent(b"aa")
    sent.commit()
    sent.commit()
    assert sent.restart() == [None, b"aa", None, None]


def test_a_segment_of_the_servers_own_ends_where_its_last_word_does() -> None:
    sent = sound()
    sent.sent(b"abcdefghij")
    sent.written_down(0.5)
    assert sent.restart() == [b"efghij"]
    assert sent.shift_s == 0.4


def test_without_times_a_segment_of_the_servers_own_settles_nothing() -> None:
    sent = sound()
    sent.sent(b"abcd")
    sent.written_down(None)
    assert sent.restart() == [b"abcd"]


def test_a_part_of_a_long_segment_is_not_taken_for_all_that_was_committed() -> None:
    sent = sound(kept_s=1000)
    sent.sent(bytes(2000))
    sent.commit()
    sent.written_down(80.0)
    assert sum(len(piece) for piece in sent.restart() if piece) == 1200


def test_what_is_too_old_is_lost_and_counted_once() -> None:
    sent = sound(kept_s=1)
    sent.sent(b"aaaa")
    sent.commit()
    sent.sent(b"bbbbbbbb")
    assert (sent.restart(), sent.lost_bytes) == ([b"aa", None, b"bbbbbbbb"], 2)
    assert (sent.restart(), sent.lost_bytes) == ([b"aa", None, b"bbbbbbbb"], 2)


def test_what_was_written_down_is_not_lost() -> None:
    sent = sound(kept_s=1)
    sent.sent(bytes(30))
    sent.commit()
    sent.written_down(None)
    assert (sent.restart(), sent.lost_bytes) == ([], 0)


def test_there_is_more_when_there_is_sound_behind_the_last_commit() -> None:
    sent = sound()
    assert not sent.has_more
    sent.sent(b"aa")
    assert sent.has_more
    sent.commit()
    assert not sent.has_more
    sent.written_down(None)
    assert not sent.has_more


@given(st.lists(st.one_of(st.none(), st.integers(1, 6).map(lambda n: 2 * n))))
def test_without_answers_what_is_owed_is_the_end_of_all_with_every_commit_in_its_place(
    steps: list[int | None],
) -> None:
    sent, everything, commits = sound(kept_s=2), b"", []
    for step in steps:
        if step is None:
            sent.commit()
            commits.append(len(everything))
        else:
            piece = bytes([len(everything) % 256]) * step
            sent.sent(piece)
            everything += piece
    owed = sent.restart()
    begin = max(0, len(everything) - 20)
    assert b"".join(piece for piece in owed if piece) == everything[begin:]
    places, at = [], begin
    for piece in owed:
        if piece is None:
            places.append(at)
        else:
            at += len(piece)
    assert places == [max(begin, place) for place in commits]
