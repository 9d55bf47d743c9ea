from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.sound_frames import SoundFrames
from vivavoce.clients.wire_sound import WireSound


def test_sound_is_sent_a_second_at_a_time_at_most() -> None:
    frames = SoundFrames(WireSound.named("pcm_8000"))
    assert [len(piece) for piece in frames.pieces(bytes(40_000))] == [16_000, 16_000, 8_000]


@given(st.lists(st.binary(max_size=9)))
def test_pieces_are_whole_samples_and_nothing_of_the_sound_is_missing(parts: list[bytes]) -> None:
    frames = SoundFrames(WireSound.named("pcm_16000"))
    pieces = [piece for part in parts for piece in frames.pieces(part)]
    assert all(len(piece) % 2 == 0 for piece in pieces)
    whole = b"".join(parts)
    assert b"".join(pieces) == whole[: len(whole) // 2 * 2]


def test_a_commit_has_no_sound() -> None:
    message = SoundFrames(WireSound.named("ulaw_8000")).message(None)
    assert (message["audio_base_64"], message["commit"], message["sample_rate"]) == ("", True, 8000)
