from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.held_sound import HeldSound


def test_sound_is_taken_in_order_and_in_whole_pieces() -> None:
    held = HeldSound(100)
    for piece in (b"aa", b"bb", b"cccc"):
        held.add(piece)
    assert [held.take(5), held.take(1), held.take(5)] == [b"aabb", b"cccc", b""]


@given(st.integers(1, 50), st.lists(st.one_of(st.binary(max_size=30), st.integers(0, 40))))
def test_what_is_not_taken_is_held_or_counted_and_the_oldest_goes_first(
    most: int, steps: list[bytes | int]
) -> None:
    held, given_, taken = HeldSound(most), b"", b""
    for step in steps:
        if isinstance(step, bytes):
            held.add(step)
            given_ += step
        else:
            piece = held.take(step)
            assert given_.find(piece, len(taken)) >= 0
            taken += piece
        assert len(held) <= most
        assert len(taken) + held.lost_bytes + len(held) == len(given_)
    assert held.take(most) == given_[len(given_) - (len(given_) - len(taken) - held.lost_bytes) :]
