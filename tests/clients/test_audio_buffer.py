from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.audio_buffer import AudioBuffer
from vivavoce.errors import InvalidParameter


@given(st.integers(1, 50), st.lists(st.binary(max_size=120), max_size=20))
def test_it_holds_the_last_bytes_of_all_that_was_added(size: int, pieces: list[bytes]) -> None:
    buffer = AudioBuffer(size)
    for count, piece in enumerate(pieces, 1):
        buffer.add(piece)
        assert buffer.get() == b"".join(pieces[:count])[-size:]
        assert len(buffer) == len(buffer.get()) <= size


def test_what_was_got_stays_until_it_is_cleared() -> None:
    buffer = AudioBuffer()
    buffer.add(b"abc")
    assert buffer.get() == buffer.get() == b"abc"
    buffer.clear()
    assert buffer.get() == b""


def test_it_holds_a_mebibyte_unless_told_otherwise() -> None:
    buffer = AudioBuffer()
    buffer.add(bytes(3 << 20))
    assert buffer.max_size == len(buffer) == 1 << 20


@pytest.mark.parametrize("size", [0, -1])
def test_a_buffer_without_room_is_refused(size: int) -> None:
    with pytest.raises(InvalidParameter):
        AudioBuffer(size)
