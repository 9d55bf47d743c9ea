from __future__ import annotations

import io
import itertools
import os
import subprocess
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.audio.inlet import HEARING_RATE, InputFormat
from vivavoce.audio.sound_reader import RawSound, probe_sound, read_sound
from vivavoce.audio.wav import wav_header
from vivavoce.errors import AudioUnreadable

Samples = NDArray[np.int16]
Tone = Callable[[float, int, int], Samples]
Write = Callable[..., Path]

HERTZ = 990
SECONDS = 7


@pytest.fixture
def write(tmp_path: Path, tone: Tone) -> Write:
    """A tone of 7 s in a file of any kind, by FFmpeg; other inputs and options if given."""

    def run(name: str, *options: str, rate: int = 48_000) -> Path:
        path = tmp_path / name
        pcm = tone(HERTZ, SECONDS * rate, rate).tobytes()
        source = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-"]
        command = ["ffmpeg", "-v", "error", "-y", *source, *options, str(path)]
        subprocess.run(command, input=pcm, capture_output=True, check=True)
        return path

    return run


def _samples(blocks: Iterator[bytes]) -> Samples:
    return np.frombuffer(b"".join(blocks), "<i2")


def _pitch(samples: Samples) -> float:
    lines = np.abs(np.fft.rfft(samples * np.blackman(len(samples))))
    return float(lines.argmax() * HEARING_RATE / len(samples))


def _loudness(samples: Samples) -> float:
    """The amplitude that a sine of the same power has."""
    return float(np.std(samples[1000:-1000].astype(float)) * np.sqrt(2))


_FILMS = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=7", "-shortest"]
_KINDS: dict[str, list[str]] = {
    "sound.mp3": ["-b:a", "64k"],
    "sound.wav": [],
    "sound.flac": [],
    "sound.ogg": [],
    "sound.opus": ["-c:a", "libopus"],
    "sound.m4a": [],
    "sound.aac": [],
    "sound.aiff": [],
    "sound.caf": [],
    "sound.au": [],
    "sound.wma": [],
    "sound.wv": [],
    "sound.ac3": [],
    "sound.webm": ["-c:a", "libopus"],
    "sound.w64": [],
    "film.mp4": _FILMS,
    "film.mkv": _FILMS,
    "film.mov": _FILMS,
    "film.avi": _FILMS,
    "film.ts": _FILMS,
    "film.webm": [*_FILMS, "-c:v", "libvpx", "-c:a", "libopus"],
}


@pytest.mark.parametrize("name", _KINDS)
def test_a_file_of_any_kind_is_heard_at_its_pitch_loudness_and_length(
    name: str, write: Write
) -> None:
    path = write(name, *_KINDS[name])
    info = probe_sound(path)
    assert info.channels == 1
    # Raw AAC does not say, and FFmpeg guesses.
    if name != "sound.aac":
        assert info.duration_s == pytest.approx(SECONDS, abs=0.3)
    reading = read_sound(path)
    heard = _samples(reading)
    assert len(heard) / HEARING_RATE == pytest.approx(SECONDS, abs=0.15)
    assert _pitch(heard) == pytest.approx(HERTZ, abs=1)
    assert _loudness(heard) == pytest.approx(8000, rel=0.1)
    assert not reading.is_damaged


@pytest.mark.parametrize("codec", ["u8", "s16le", "s24le", "s32le", "s64le", "f32le", "f64le"])
def test_samples_of_any_kind_are_equally_loud(codec: str, write: Write) -> None:
    heard = _samples(read_sound(write("sound.wav", "-c:a", f"pcm_{codec}")))
    assert _loudness(heard) == pytest.approx(8000, rel=0.01)
    # Half a step of 8 bits.
    assert abs(float(heard.mean())) <= 128


@pytest.mark.parametrize(
    "rate",
    [8000, 11_025, 12_000, 16_000, 22_050, 22_255, 32_000, 44_100, 44_101, 88_200, 96_000, 192_000],
)
def test_a_file_of_any_rate_keeps_its_pitch_and_length(rate: int, write: Write) -> None:
    heard = _samples(read_sound(write("sound.wav", rate=rate)))
    assert len(heard) == pytest.approx(SECONDS * HEARING_RATE, abs=40)
    assert _pitch(heard) == pytest.approx(HERTZ, abs=0.3)
    assert _loudness(heard) == pytest.approx(8000, rel=0.01)


def test_what_a_file_holds_above_8_khz_is_not_heard(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "whistle.wav"
    pcm = tone(9000, 48_000, 48_000).tobytes()
    path.write_bytes(wav_header(48_000, len(pcm)) + pcm)
    assert _loudness(_samples(read_sound(path))) < 8000 / 1000


def test_16_khz_pcm_is_read_bit_for_bit(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "sound.wav"
    pcm = tone(HERTZ, 100_000, HEARING_RATE).tobytes()
    path.write_bytes(wav_header(HEARING_RATE, len(pcm)) + pcm)
    assert b"".join(read_sound(path)) == pcm


def _channels(*gains: float) -> list[str]:
    parts = "|".join(f"c{index}={gain}*c0" for index, gain in enumerate(gains))
    layout = {2: "stereo", 6: "5.1"}[len(gains)]
    return ["-af", f"pan={layout}|{parts}"]


def test_both_channels_are_heard_in_the_mix_without_clipping(write: Write) -> None:
    assert _loudness(_samples(read_sound(write("a.wav", *_channels(1, 1))))) == pytest.approx(
        8000, rel=0.01
    )
    assert _loudness(_samples(read_sound(write("b.wav", *_channels(1, 0))))) == pytest.approx(
        4000, rel=0.01
    )


def test_the_channel_in_the_middle_of_a_film_has_the_words(write: Write) -> None:
    middle = write("a.wav", *_channels(0, 0, 1, 0, 0, 0))
    side = write("b.wav", *_channels(1, 0, 0, 0, 0, 0))
    louder = _loudness(_samples(read_sound(middle))) / _loudness(_samples(read_sound(side)))
    assert louder == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(
    ("name", "layout", "channels"),
    [
        *[(name, "7.1", 8) for name in ("film.m4a", "film.opus", "film.wv", "film.flac")],
        *[(name, "hexadecagonal", 16) for name in ("film.m4a", "film.wav")],
    ],
)
def test_a_film_with_all_its_loudspeakers_is_heard(
    name: str, layout: str, channels: int, write: Write
) -> None:
    path = write(name, "-af", f"aformat=channel_layouts={layout}")
    assert probe_sound(path).channels == channels
    heard = _samples(read_sound(path))
    assert len(heard) / HEARING_RATE == pytest.approx(SECONDS, abs=0.15)
    assert _pitch(heard) == pytest.approx(HERTZ, abs=1)


@pytest.mark.parametrize("rate", [1, 999, 10_000_000, 2_000_000_000])
def test_what_was_recorded_at_a_rate_of_nothing_on_earth_is_no_sound(rate: int) -> None:
    reading = read_sound(io.BytesIO(wav_header(rate, 64_000) + bytes(64_000)))
    with pytest.raises(AudioUnreadable):
        next(reading)


@pytest.mark.parametrize("name", ["sound.wav", "sound.flac"])
def test_one_channel_is_heard_alone(name: str, write: Write) -> None:
    path = write(name, *_channels(1, 0.25))
    assert probe_sound(path).channels == 2
    for channel, expected in enumerate([8000, 2000]):
        heard = _samples(read_sound(path, channel=channel))
        assert _loudness(heard) == pytest.approx(expected, rel=0.01)


def test_a_channel_that_is_not_there_is_refused(write: Write) -> None:
    with pytest.raises(AudioUnreadable, match="no channel 1"):
        next(read_sound(write("sound.mp3"), channel=1))


def test_blocks_are_whole_samples_of_about_5_s(write: Write) -> None:
    blocks = list(read_sound(write("sound.mp3")))
    assert [round(len(block) / 2 / HEARING_RATE) for block in blocks[:2]] == [5, 2]
    assert not any(len(block) % 2 for block in blocks)
    assert all(blocks)


def test_half_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=1800"]
    subprocess.run([*command, str(path)], check=True)
    reading = read_sound(path)
    next(reading)
    tracemalloc.start()
    samples = sum(len(block) // 2 for block in reading)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert samples > 1790 * HEARING_RATE
    assert peak < 10_000_000


def test_a_file_object_is_read_like_a_path(write: Write) -> None:
    path = write("sound.m4a")
    with tempfile.SpooledTemporaryFile(max_size=1000) as spooled:
        spooled.write(path.read_bytes())
        assert probe_sound(spooled) == probe_sound(path)
        assert b"".join(read_sound(spooled)) == b"".join(read_sound(path))
        assert not spooled.closed


def test_a_reading_that_is_closed_gives_the_file_back(write: Write) -> None:
    reading = read_sound(write("sound.wav"))
    next(reading)
    reading.close()
    reading.close()
    assert list(reading) == []


def _damaged(data: bytes) -> bytes:
    third = len(data) // 3
    noise = np.random.default_rng(1).bytes(third // 4)
    return data[:third] + noise + data[third + len(noise) :]


@pytest.mark.parametrize("name", ["sound.mp3", "sound.ogg", "sound.mkv", "sound.aac", "sound.flac"])
def test_of_a_file_that_is_damaged_midway_the_rest_is_heard(name: str, write: Write) -> None:
    path = write(name)
    reading = read_sound(io.BytesIO(_damaged(path.read_bytes())))
    heard = _samples(reading)
    assert len(heard) / HEARING_RATE == pytest.approx(SECONDS, abs=1.5)
    assert _pitch(heard[-2 * HEARING_RATE :]) == pytest.approx(HERTZ, abs=1)
    # Of the others FFmpeg only drops what is damaged, and says nothing.
    assert reading.is_damaged == (name in ("sound.mp3", "sound.aac"))


@pytest.mark.parametrize("name", ["sound.mp3", "sound.wav", "sound.ogg", "film.mkv", "sound.flac"])
def test_of_a_file_that_was_cut_off_the_beginning_is_heard(name: str, write: Write) -> None:
    data = write(name, *_KINDS.get(name, [])).read_bytes()
    heard = _samples(read_sound(io.BytesIO(data[: len(data) // 2])))
    assert 1.5 < len(heard) / HEARING_RATE < 5.5
    assert _pitch(heard) == pytest.approx(HERTZ, abs=1)


def test_sound_before_a_vast_nothing_is_heard_and_the_rest_is_called_damaged(write: Write) -> None:
    path = write("sound.mp3")
    os.truncate(path, 1 << 30)
    reading = read_sound(path)
    heard = _samples(reading)
    assert len(heard) / HEARING_RATE == pytest.approx(SECONDS, abs=0.15)
    assert reading.is_damaged


def test_a_header_without_a_sample_is_refused() -> None:
    reading = read_sound(io.BytesIO(wav_header(16_000, 0)))
    with pytest.raises(AudioUnreadable):
        next(reading)


def test_a_stream_of_unknown_length_is_read_to_its_end(tone: Tone) -> None:
    pcm = tone(HERTZ, 16_000, 16_000).tobytes()
    assert b"".join(read_sound(io.BytesIO(wav_header(16_000, None) + pcm))) == pcm


def test_a_recording_that_does_not_say_how_long_it_is_has_no_duration(write: Write) -> None:
    live = write("live.webm", "-c:a", "libopus", "-f", "webm", "-live", "1").read_bytes()
    assert probe_sound(io.BytesIO(live)).duration_s is None
    assert len(_samples(read_sound(io.BytesIO(live)))) == pytest.approx(
        SECONDS * HEARING_RATE, abs=2000
    )


def test_floating_point_that_is_no_number_or_far_too_loud_harms_only_itself(tone: Tone) -> None:
    sound = tone(HERTZ, 48_000, 48_000).astype("<f4") / 32768
    sound[10_000:10_004] = [np.nan, np.inf, -np.inf, 1e30]
    header = bytearray(wav_header(48_000, sound.nbytes))
    header[20:22] = (3).to_bytes(2, "little")
    header[28:36] = b"".join(
        (number).to_bytes(size, "little") for number, size in ((192_000, 4), (4, 2), (32, 2))
    )
    heard = _samples(read_sound(io.BytesIO(bytes(header) + sound.tobytes())))
    assert len(heard) == HEARING_RATE
    assert _loudness(heard[4000:]) == pytest.approx(8000, rel=0.01)


def test_a_gap_in_the_time_stamps_is_heard_as_silence(write: Write) -> None:
    # 2 s out of the middle, as when a caller was muted.
    filters = ["-af", "aselect='not(between(t,2,4))'", "-fps_mode", "passthrough"]
    heard = _samples(read_sound(write("gap.mkv", *filters, "-c:a", "pcm_s16le")))
    assert len(heard) / HEARING_RATE == pytest.approx(SECONDS, abs=0.1)
    assert np.abs(heard[int(2.2 * HEARING_RATE) : int(3.8 * HEARING_RATE)]).max() == 0
    assert _loudness(heard[: 2 * HEARING_RATE]) == pytest.approx(8000, rel=0.05)
    assert _loudness(heard[-2 * HEARING_RATE :]) == pytest.approx(8000, rel=0.05)


@pytest.mark.parametrize("kind", ["mkv", "mp4", "ts"])
def test_sound_that_begins_later_than_its_film_keeps_its_time(
    kind: str, write: Write, tmp_path: Path
) -> None:
    film = tmp_path / f"late.{kind}"
    picture = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=9"]
    late = ["-itsoffset", "2", "-i", str(write("sound.wav"))]
    subprocess.run(["ffmpeg", "-v", "error", *picture, *late, str(film)], check=True)
    heard = _samples(read_sound(film))
    first = int(np.flatnonzero(np.abs(heard) > 1000)[0])
    assert first / HEARING_RATE == pytest.approx(2, abs=0.1)


def test_sound_alone_begins_at_once_whatever_its_time_stamps_say(write: Write) -> None:
    late = write("late.mkv", "-output_ts_offset", "100")
    assert len(_samples(read_sound(late))) / HEARING_RATE == pytest.approx(SECONDS, abs=0.1)


def test_two_recordings_in_one_file_are_both_heard(write: Write) -> None:
    mono = write("a.mp3", "-ar", "44100").read_bytes()
    stereo = write("b.mp3", *_channels(1, 1), "-ar", "24000").read_bytes()
    heard = _samples(read_sound(io.BytesIO(mono + stereo)))
    assert len(heard) / HEARING_RATE == pytest.approx(2 * SECONDS, abs=0.3)
    for part in (heard[: 6 * HEARING_RATE], heard[-6 * HEARING_RATE :]):
        assert _pitch(part) == pytest.approx(HERTZ, abs=1)


@pytest.mark.parametrize(("codec", "rate"), [("pcm", 44_100), ("pcm", 16_000)])
def test_sound_without_a_header_is_read_in_the_format_that_it_is_said_to_have(
    codec: str, rate: int, tone: Tone, tmp_path: Path
) -> None:
    pcm = tone(HERTZ, SECONDS * rate, rate).tobytes()
    path = tmp_path / "sound.raw"
    path.write_bytes(pcm)
    for source in (path, io.BytesIO(pcm)):
        heard = _samples(RawSound(source, InputFormat("pcm", rate)))
        assert len(heard) == SECONDS * HEARING_RATE
        assert _pitch(heard) == pytest.approx(HERTZ, abs=1)


def test_sound_without_a_header_comes_in_blocks(tone: Tone) -> None:
    blocks = RawSound(io.BytesIO(bytes(2 * 16_000 * 12)), InputFormat("pcm", 16_000))
    assert [len(block) for block in itertools.islice(blocks, 2)] == [160_000, 160_000]
    blocks.close()
    assert list(blocks) == []


def test_an_empty_file_without_a_header_is_refused() -> None:
    with pytest.raises(AudioUnreadable, match="empty"):
        next(RawSound(io.BytesIO(), InputFormat("pcm", 16_000)))
