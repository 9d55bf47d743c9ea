"""The sounds that recognition is measured against."""

from __future__ import annotations

import numpy as np
import pytest

from bench.noises import Noise, mix, standard_noises


@pytest.fixture(scope="module")
def noises() -> list[Noise]:
    return standard_noises()


def samples(pcm: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def level(pcm: bytes) -> float:
    """dBFS of the mean power."""
    return float(10 * np.log10(np.mean((samples(pcm) / 32_768) ** 2)))


def test_they_last_ten_minutes_and_have_names_of_their_own(noises: list[Noise]) -> None:
    assert sum(noise.seconds for noise in noises) == pytest.approx(600, abs=30)
    assert len({noise.name for noise in noises}) == len(noises)


def test_they_are_the_same_every_time_and_others_for_another_seed(noises: list[Noise]) -> None:
    assert standard_noises() == noises
    others = standard_noises(1)
    assert [noise.name for noise in others] == [noise.name for noise in noises]
    same = {noise.name for noise, other in zip(noises, others, strict=True) if noise == other}
    assert all("noise" not in name and "keyboard" not in name for name in same)


def test_only_silence_is_silent(noises: list[Noise]) -> None:
    assert [noise.name for noise in noises if not np.any(samples(noise.pcm))] == ["silence"]


@pytest.mark.parametrize("colour", ["white", "pink", "brown"])
@pytest.mark.parametrize("dbfs", [-60, -30])
def test_coloured_noise_has_its_level_and_its_slope(
    noises: list[Noise], colour: str, dbfs: int
) -> None:
    pcm = next(noise.pcm for noise in noises if noise.name == f"{colour} noise {dbfs} dBFS")
    assert level(pcm) == pytest.approx(dbfs, abs=0.5)
    if dbfs == -30:  # at -60 the steps of 16 bits are louder than what falls off
        power = np.abs(np.fft.rfft(samples(pcm))) ** 2
        seconds = len(samples(pcm)) / 16_000
        low, high = (
            power[round(from_hz * seconds) : round(2 * from_hz * seconds)].mean()
            for from_hz in (200, 800)
        )
        fall = {"white": 0.0, "pink": 6.0, "brown": 12.0}[colour]  # over two octaves
        assert 10 * np.log10(low / high) == pytest.approx(fall, abs=1.0)


@pytest.mark.parametrize("snr_db", [20, 10, -5])
def test_noise_is_mixed_in_as_far_below_as_asked(noises: list[Noise], snr_db: float) -> None:
    time = np.arange(48_000) / 16_000
    tone = (3_000 * np.sin(2 * np.pi * 300 * time)).astype("<i2").tobytes()
    noise = next(noise.pcm for noise in noises if noise.name == "fan")[:20_000]
    mixed = mix(tone, noise, snr_db)
    assert len(mixed) == len(tone)
    added = (samples(mixed) - samples(tone)).astype("<i2").tobytes()
    assert level(tone) - level(added) == pytest.approx(snr_db, abs=0.1)


def test_silent_noise_changes_nothing() -> None:
    speech = np.arange(1000, dtype="<i2").tobytes()
    assert mix(speech, bytes(100), 10) == speech
    assert mix(speech, b"", 10) == speech
