from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from vivavoce.runtime import messages as say


@given(st.lists(st.integers(0, 2**31), max_size=20), st.data())
def test_frames_come_out_whole_however_the_stream_is_cut(
    jobs: list[int], data: st.DataObject
) -> None:
    stream = b"".join(say.framed(say.Working(job)) for job in jobs)
    decode = msgpack.Decoder(say.Working).decode
    received = bytearray()
    seen: list[say.Working] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        received += stream[:size]
        stream = stream[size:]
        seen += [decode(body) for body in say.take_frames(received)]
    assert seen == [say.Working(job) for job in jobs]
    assert not received


def test_half_a_length_is_not_a_frame() -> None:
    received = bytearray(b"\x05\x00")
    assert say.take_frames(received) == []
    assert received == b"\x05\x00"
