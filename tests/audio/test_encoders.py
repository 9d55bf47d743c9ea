from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Iterator

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.audio.encoders import Encoded, StreamEncoder, samples_per_frame_limit
from vivavoce.audio.formats import OUTPUT_FORMATS, WAV_FORMATS, OutputFormat, parse_output_format

Samples = NDArray[np.int16]
Tone = Callable[[float, int, int], Samples]
Pieces = Callable[[bytes], Iterator[bytes]]
Decode = Callable[[bytes, OutputFormat], Samples]

SOURCE_RATE = 24_000
AAC = OutputFormat("aac_24000_96", "aac", 24_000, 96)
FLAC = OutputFormat("flac_24000", "flac", 24_000)
ALL = [*OUTPUT_FORMATS.values(), *WAV_FORMATS.values(), AAC, FLAC]
FORMATS = [pytest.param(fmt, id=fmt.name) for fmt in ALL]
SAMPLE_EXACT = [
    pytest.param(fmt, id=fmt.name) for fmt in ALL if fmt.codec not in ("mp3", "opus", "aac", "flac")
]
COMPRESSED = [pytest.param(fmt, id=fmt.name) for fmt in ALL if fmt.codec in ("mp3", "opus", "aac")]


def _encode(fmt: OutputFormat, pieces: Iterable[bytes], source_rate: int = SOURCE_RATE) -> Encoded:
    encoder = StreamEncoder(fmt, source_rate)
    parts = [encoder.encode(piece) for piece in pieces]
    parts.append(encoder.finish())
    return _joined(parts)


def _joined(parts: list[Encoded]) -> Encoded:
    return Encoded(b"".join(p.data for p in parts), sum(p.duration_ms for p in parts))


def _most_padding(fmt: OutputFormat) -> int:
    """What a decoder may hear past the end, in samples."""
    if fmt.codec == "aac":
        # A frame at the start, and what the last frame is filled up with.
        return 1024 + 1024
    if fmt.codec != "mp3":
        return 1
    # LAME: a delay of 576 at the start; at the end at least 576, up to a frame more.
    return 576 + 576 + (1152 if fmt.sample_rate == 44_100 else 576)


def _noise(samples: int) -> bytes:
    noise = np.random.default_rng(3).normal(0, 12_000, samples)
    return np.clip(noise, -32768, 32767).astype(np.int16).tobytes()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("source_rate", [SOURCE_RATE, 22_050])
def test_every_format_decodes_to_the_length_that_went_in(
    fmt: OutputFormat, source_rate: int, tone: Tone, pieces: Pieces, decode: Decode
) -> None:
    samples = 30_001
    encoded = _encode(fmt, pieces(tone(1000, samples, source_rate).tobytes()), source_rate)
    heard = decode(encoded.data, fmt)
    due = samples * fmt.sample_rate / source_rate
    assert due - 1 <= len(heard) <= due + _most_padding(fmt)
    assert encoded.duration_ms == pytest.approx(samples / source_rate * 1000, abs=0.1)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_tone_keeps_its_pitch_and_level_in_every_format(
    fmt: OutputFormat, tone: Tone, pieces: Pieces, decode: Decode
) -> None:
    encoded = _encode(fmt, pieces(tone(1000, 2 * SOURCE_RATE, SOURCE_RATE).tobytes()))
    second = decode(encoded.data, fmt)[fmt.sample_rate // 2 :][: fmt.sample_rate]
    power = np.abs(np.fft.rfft(second * np.hanning(len(second)))) ** 2
    # One second of signal: the bin's number is its frequency in Hz.
    assert np.argmax(power) == 1000
    assert power[990:1011].sum() / power.sum() > 0.999
    # LAME takes 5 % off at most bit rates, so that peaks do not clip.
    assert np.std(second) == pytest.approx(8000 / np.sqrt(2), rel=0.06)


@pytest.mark.parametrize("fmt", SAMPLE_EXACT)
def test_pcm_and_telephony_keep_the_waveform(
    fmt: OutputFormat, tone: Tone, pieces: Pieces, decode: Decode
) -> None:
    encoded = _encode(fmt, pieces(tone(990, SOURCE_RATE, SOURCE_RATE).tobytes()))
    heard = decode(encoded.data, fmt)
    expected = tone(990, fmt.sample_rate, fmt.sample_rate).astype(float)
    inside = slice(fmt.sample_rate // 100, -fmt.sample_rate // 100)
    error = heard[inside] - expected[inside]
    allowed_db = -70 if fmt.codec in ("pcm", "wav") else -35
    assert np.std(error) < np.std(expected) * 10 ** (allowed_db / 20)


@pytest.mark.parametrize("fmt", COMPRESSED)
def test_a_compressed_stream_declares_its_format(fmt: OutputFormat) -> None:
    encoded = _encode(fmt, [_noise(2 * SOURCE_RATE)])
    with av.open(io.BytesIO(encoded.data)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name.startswith(fmt.codec)
        assert stream.sample_rate == fmt.sample_rate
        assert stream.channels == 1
    assert fmt.bitrate_kbps is not None
    assert len(encoded.data) * 8 / 2 / 1000 == pytest.approx(fmt.bitrate_kbps, rel=0.45)


def test_mp3_has_neither_tag_nor_info_header(tone: Tone) -> None:
    fmt = parse_output_format("mp3_44100_128")
    data = _encode(fmt, [tone(1000, SOURCE_RATE, SOURCE_RATE).tobytes()]).data
    assert data[:2] == b"\xff\xfb"
    assert not any(tag in data for tag in (b"ID3", b"TAG", b"Xing", b"Info"))


@pytest.mark.parametrize("name", ["mp3_24000_48", "mp3_44100_128"])
def test_five_utterances_through_one_mp3_encoder_have_no_gaps(
    name: str, tone: Tone, decode: Decode
) -> None:
    fmt = parse_output_format(name)
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    utterance = tone(1000, 2 * SOURCE_RATE, SOURCE_RATE).tobytes()
    parts = []
    for _ in range(5):
        parts += [encoder.encode(utterance), encoder.settle()]
    heard = decode(_joined([*parts, encoder.finish()]).data, fmt)
    due = 10 * fmt.sample_rate
    assert due <= len(heard) <= due + _most_padding(fmt)
    # The tone goes on through every seam: no 5 ms of it fall quiet.
    window = fmt.sample_rate // 200
    middle = heard[fmt.sample_rate : 9 * fmt.sample_rate]
    levels = np.abs(middle[: len(middle) // window * window].reshape(-1, window)).max(axis=1)
    assert levels.min() > 7000


@pytest.mark.parametrize("fmt", SAMPLE_EXACT)
def test_a_settled_utterance_is_whole_to_the_sample(fmt: OutputFormat, tone: Tone) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    bytes_per_sample = 2 if fmt.codec in ("pcm", "wav") else 1
    for samples in (12_345, 7, 24_000):
        parts = [encoder.encode(tone(500, samples, SOURCE_RATE).tobytes()), encoder.settle()]
        utterance = _joined(parts)
        due = round(samples * fmt.sample_rate / SOURCE_RATE)
        assert len(utterance.data) == due * bytes_per_sample
        assert utterance.duration_ms == pytest.approx(due / fmt.sample_rate * 1000)
    assert encoder.finish() == Encoded(b"", 0.0)


@pytest.mark.parametrize("fmt", SAMPLE_EXACT)
def test_the_duration_of_a_piece_is_that_of_its_own_samples(
    fmt: OutputFormat, tone: Tone, pieces: Pieces
) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    bytes_per_sample = 2 if fmt.codec in ("pcm", "wav") else 1
    for piece in pieces(tone(500, SOURCE_RATE, SOURCE_RATE).tobytes()):
        encoded = encoder.encode(piece)
        samples = len(encoded.data) / bytes_per_sample
        assert encoded.duration_ms == pytest.approx(samples / fmt.sample_rate * 1000)


@pytest.mark.parametrize("fmt", COMPRESSED)
def test_the_duration_of_a_compressed_piece_is_that_of_the_pcm_fed(fmt: OutputFormat) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    assert encoder.encode(bytes(2 * 2400)).duration_ms == pytest.approx(100.0)
    assert encoder.settle() == Encoded(b"", 0.0)
    end = encoder.finish()
    assert end.data
    assert end.duration_ms == 0.0


@pytest.mark.parametrize("fmt", [f for f in COMPRESSED if "opus" in str(f.id)])
def test_opus_gives_its_first_audio_page_within_60_ms_of_input(fmt: OutputFormat) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    first = b"".join(encoder.encode(_noise(480)).data for _ in range(3))
    # Two pages are headers.
    assert first.count(b"OggS") >= 3
    assert all(encoder.encode(_noise(480)).data.startswith(b"OggS") for _ in range(10))


def test_flac_keeps_every_sample_and_leaves_no_room_for_tags(
    tone: Tone, pieces: Pieces, decode: Decode
) -> None:
    pcm = tone(1000, 30_001, SOURCE_RATE).tobytes()
    encoded = _encode(FLAC, pieces(pcm))
    assert decode(encoded.data, FLAC).tobytes() == pcm
    assert encoded.data[:4] == b"fLaC"
    assert encoded.data.find(b"\xff\xf8") < 200


def test_aac_begins_with_a_frame_that_a_player_can_join_at(tone: Tone) -> None:
    encoder = StreamEncoder(AAC, SOURCE_RATE)
    first = encoder.encode(tone(1000, 3072, SOURCE_RATE).tobytes()).data
    assert first[:2] == b"\xff\xf1"
    encoder.close()


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_piece_within_the_limit_passes_64_kib_of_base64(fmt: OutputFormat) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    pcm = _noise(samples_per_frame_limit(fmt, SOURCE_RATE))
    parts = [encoder.encode(pcm) for _ in range(3)] + [encoder.finish()]
    assert max(len(base64.b64encode(part.data)) for part in parts) <= 65_536


@pytest.mark.parametrize("fmt", [f for f in FORMATS if str(f.id)[:3] not in ("opu", "aac", "fla")])
def test_the_limit_is_not_much_lower_than_it_must_be(fmt: OutputFormat) -> None:
    pcm = _noise(samples_per_frame_limit(fmt, SOURCE_RATE) * 9 // 8)
    assert len(base64.b64encode(_encode(fmt, [pcm]).data)) > 65_536


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_stream_without_a_sample_is_empty(fmt: OutputFormat) -> None:
    encoder = StreamEncoder(fmt, SOURCE_RATE)
    empty = Encoded(b"", 0.0)
    assert [encoder.encode(b""), encoder.settle(), encoder.finish()] == [empty] * 3


@pytest.mark.parametrize("fmt", FORMATS)
def test_one_sample_is_a_stream(fmt: OutputFormat, decode: Decode) -> None:
    heard = decode(_encode(fmt, [b"\x00\x10"]).data, fmt)
    assert len(heard) <= 1 / SOURCE_RATE * fmt.sample_rate + _most_padding(fmt)


@pytest.mark.parametrize("name", ["pcm_16000", "mp3_44100_64", "opus_48000_32"])
def test_half_a_sample_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="whole 16-bit samples"):
        StreamEncoder(parse_output_format(name), SOURCE_RATE).encode(b"\x00\x01\x02")


@pytest.mark.parametrize("name", ["pcm_16000", "mp3_44100_64", "opus_48000_32"])
def test_a_finished_encoder_takes_no_more(name: str) -> None:
    encoder = StreamEncoder(parse_output_format(name), SOURCE_RATE)
    encoder.encode(bytes(4800))
    encoder.finish()
    with pytest.raises(RuntimeError):
        encoder.encode(bytes(4800))
    with pytest.raises(RuntimeError):
        encoder.settle()
    with pytest.raises(RuntimeError):
        encoder.finish()
    encoder.close()


@pytest.mark.parametrize("name", ["pcm_16000", "mp3_44100_64", "opus_48000_32"])
def test_an_encoder_can_be_closed_in_mid_stream_and_again(name: str) -> None:
    encoder = StreamEncoder(parse_output_format(name), SOURCE_RATE)
    encoder.encode(bytes(4801 * 2))
    encoder.close()
    encoder.close()
    with pytest.raises(RuntimeError):
        encoder.encode(bytes(4800))
