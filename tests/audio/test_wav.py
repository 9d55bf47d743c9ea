from __future__ import annotations

import io
import wave

import av

from vivavoce.audio.wav import wav_header


def test_a_file_of_known_length_is_read_to_its_last_sample() -> None:
    pcm = bytes(range(200))
    with wave.open(io.BytesIO(wav_header(22_050, len(pcm)) + pcm)) as file:
        assert file.getparams()[:4] == (1, 2, 22_050, 100)
        assert file.readframes(1000) == pcm


def test_a_file_of_unknown_length_is_read_to_its_end() -> None:
    pcm = bytes(4800)
    with av.open(io.BytesIO(wav_header(24_000, None) + pcm)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples == 2400


def test_a_file_too_long_for_its_own_field_says_nothing_of_its_length() -> None:
    assert wav_header(48_000, 1 << 33) == wav_header(48_000, None)
    assert wav_header(48_000, (1 << 32) - 100) != wav_header(48_000, None)


def test_a_header_has_44_bytes_whatever_it_says() -> None:
    assert {len(wav_header(rate, size)) for rate in (8000, 48_000) for size in (0, None)} == {44}
