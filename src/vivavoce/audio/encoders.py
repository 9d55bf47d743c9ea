"""One connection's speech in the format its caller asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from vivavoce.audio import aac, flac, opus
from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.g711 import encode_alaw, encode_ulaw
from vivavoce.audio.mp3 import Mp3Encoder
from vivavoce.audio.resample import SAMPLE_BYTES, Resampler

# What becomes 64 KiB in base64: the longest frame that every client of the protocol takes.
_FRAME_BYTES = 49_152
# What the stages may add that they held back: 4 ms of PCM, two or three frames of MP3 with the bit
# reservoir, three pages of Opus with the stream headers.
_HELD_BYTES = 4_096


class Encoded(NamedTuple):
    """A piece of the encoded stream.

    `duration_ms` is that of the samples in `data` for pcm, wav, ulaw and alaw; for the codecs whose
    frames do not end where a piece does it is that of the PCM fed.
    """

    data: bytes
    duration_ms: float


class _Codec(Protocol):
    def encode(self, pcm: bytes) -> bytes: ...

    def finish(self) -> bytes: ...

    def close(self) -> None: ...


class _SampleCodec:
    """A codec that turns each sample into the same number of bytes and holds nothing back."""

    def __init__(self, encode: Callable[[bytes], bytes]) -> None:
        self.encode = encode

    def finish(self) -> bytes:
        return b""

    def close(self) -> None:
        """Nothing to give back."""


class StreamEncoder:
    """Mono 16-bit little-endian PCM at `source_rate` Hz to one gapless stream in `fmt`.

    All `data` joined, in order, is the stream; that of wav goes behind a `wav_header`, which only
    who knows the length can write. For one thread at a time. Nothing native is made before the
    first sample, so an idle one costs a few hundred bytes.
    """

    def __init__(self, fmt: OutputFormat, source_rate: int) -> None:
        self._source_rate = source_rate
        # MP3 is resampled here rather than inside LAME: with swr in front, 24 kHz to 44.1 kHz runs
        # at 440 times real time instead of 270, at the same signal-to-noise ratio (78 dB).
        self._resampler = Resampler(source_rate, fmt.sample_rate)
        self._codec = _codec(fmt)
        # None where bytes do not count samples.
        self._bytes_per_ms = _bytes_per_second(fmt) / 1000 if _is_sample_exact(fmt) else None
        self._open = True

    def encode(self, pcm: bytes) -> Encoded:
        """The stream's next bytes, perhaps none yet, after any number of whole samples.

        Raises ValueError for half a sample, RuntimeError after `finish` or `close`.
        """
        self._require_open()
        if len(pcm) % SAMPLE_BYTES:
            raise ValueError("pcm must be whole 16-bit samples")
        data = self._codec.encode(self._resampler.push(pcm))
        fed_ms = len(pcm) / SAMPLE_BYTES / self._source_rate * 1000
        return self._encoded(data, fed_ms)

    def settle(self) -> Encoded:
        """At the silent end of an utterance: what pcm, wav, ulaw and alaw still held back.

        Does nothing for the others, where an early flush would be heard as a gap. Raises
        RuntimeError after `finish` or `close`.
        """
        self._require_open()
        if self._bytes_per_ms is None:
            return Encoded(b"", 0.0)
        return self._encoded(self._codec.encode(self._resampler.flush()), 0.0)

    def finish(self) -> Encoded:
        """The end of the stream; the encoder is closed. Raises RuntimeError when it was before."""
        self._require_open()
        data = self._codec.encode(self._resampler.flush()) + self._codec.finish()
        self.close()
        return self._encoded(data, 0.0)

    def close(self) -> None:
        """Give back native memory without ending the stream. Idempotent."""
        self._open = False
        self._codec.close()
        self._resampler.flush()

    def _encoded(self, data: bytes, fed_ms: float) -> Encoded:
        ms = fed_ms if self._bytes_per_ms is None else len(data) / self._bytes_per_ms
        return Encoded(data, ms)

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("the encoder is finished")


def samples_per_frame_limit(fmt: OutputFormat, source_rate: int) -> int:
    """The most samples at `source_rate` Hz whose encoding is sure to fit 64 KiB of base64.

    Counts what `encode`, `settle` or `finish` may add of earlier samples.
    """
    return source_rate * (_FRAME_BYTES - _HELD_BYTES) // _bytes_per_second(fmt)


def _codec(fmt: OutputFormat) -> _Codec:
    match fmt.codec:
        case "mp3":
            return Mp3Encoder(fmt.sample_rate, _bitrate_kbps(fmt))
        case "opus":
            return opus.OggOpusEncoder(_bitrate_kbps(fmt))
        case "ulaw":
            return _SampleCodec(encode_ulaw)
        case "alaw":
            return _SampleCodec(encode_alaw)
        case "pcm" | "wav":
            return _SampleCodec(bytes)
        case "aac":
            return aac.AdtsEncoder(fmt.sample_rate, _bitrate_kbps(fmt))
        case "flac":
            return flac.FlacEncoder(fmt.sample_rate)


def _is_sample_exact(fmt: OutputFormat) -> bool:
    return fmt.codec in ("pcm", "wav", "ulaw", "alaw")


def _bytes_per_second(fmt: OutputFormat) -> int:
    """Exact, but for the codecs of a variable bit rate: theirs is bounded by the longest packet."""
    match fmt.codec:
        case "mp3":
            return _bitrate_kbps(fmt) * 1000 // 8
        case "opus":
            return opus.MAX_PAGE_BYTES * 1000 // opus.PAGE_MS
        case "ulaw" | "alaw":
            return fmt.sample_rate
        case "pcm" | "wav":
            return fmt.sample_rate * SAMPLE_BYTES
        case "aac":
            return aac.MAX_FRAME_BYTES * fmt.sample_rate // aac.FRAME_SAMPLES
        case "flac":
            return flac.max_bytes_per_second(fmt.sample_rate)


def _bitrate_kbps(fmt: OutputFormat) -> int:
    if fmt.bitrate_kbps is None:
        raise ValueError(f"{fmt.name} needs a bit rate")
    return fmt.bitrate_kbps
