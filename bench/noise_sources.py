"""Sounds of rooms and machines, drawn at random: float64 at 16 kHz, loudness as each one says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal

Sound = npt.NDArray[np.float64]
Generator = np.random.Generator

RATE = 16_000


def coloured(random: Generator, seconds: float, slope: float, dbfs: float) -> Sound:
    """Noise whose power falls by `slope` powers of frequency: 0 is white, 1 pink, 2 brown."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    return levelled(np.fft.irfft(spectrum * frequency ** (-slope / 2), count), dbfs)


def hum(seconds: float, mains_hz: float, dbfs: float) -> Sound:
    """Mains hum with nine harmonics, the odd ones stronger."""
    time = _time(seconds)
    tones = (
        (1.0 if order % 2 else 0.4) / order * np.sin(2 * np.pi * order * mains_hz * time + order)
        for order in range(1, 11)
    )
    return levelled(sum(tones, np.zeros_like(time)), dbfs)


def bursts(random: Generator, seconds: float) -> Sound:
    """Bands of noise, 0.05 to 0.8 s long at -35 to -8 dBFS, some abrupt and some swelling."""
    line = np.zeros(round(seconds * RATE))
    for start in _moments(random, seconds, 1.0):
        length = random.uniform(0.05, 0.8)
        centre = np.exp(random.uniform(np.log(200), np.log(5000)))
        body = band(random.standard_normal(round(length * RATE)), centre, random.uniform(0.3, 1.5))
        body = levelled(body, random.uniform(-35, -8))
        _add(line, start, body * signal.windows.tukey(len(body), random.choice([0.02, 0.3, 1.0])))
    return line


def knocks(random: Generator, seconds: float) -> Sound:
    """A wooden door: threes and fours of thumps with modes from 90 to 900 Hz, -20 to -6 dBFS."""
    line = np.zeros(round(seconds * RATE))
    modes = [(random.uniform(90, 900), random.uniform(0.02, 0.08)) for _ in range(6)]
    for start in _moments(random, seconds, 2.5):
        level, gap = random.uniform(-20, -6), random.uniform(0.12, 0.3)
        for knock in range(random.integers(2, 6)):
            _add(line, start + knock * gap, struck(random, modes, 0.3, level))
    return line


def typing(random: Generator, seconds: float, *, brightness_hz: float, dbfs: float) -> Sound:
    """Keys in bursts of words: each a press and a quieter release, ringing near `brightness_hz`."""
    line = np.zeros(round(seconds * RATE))
    modes = [
        (brightness_hz * random.uniform(0.3, 1.6), random.uniform(0.002, 0.015)) for _ in range(8)
    ]
    now = 0.2
    while now < seconds:
        level = dbfs + random.normal(0, 3)
        _add(line, now, struck(random, modes, 0.08, level))
        _add(line, now + random.uniform(0.05, 0.11), struck(random, modes, 0.06, level - 9))
        pause = random.uniform(0.4, 1.5) if random.random() < 0.12 else random.gamma(4, 0.035)
        now += pause + 0.03
    return line


def mouse_clicks(random: Generator, seconds: float) -> Sound:
    """Single and double clicks near 3 kHz, -30 to -15 dBFS."""
    line = np.zeros(round(seconds * RATE))
    modes = [(random.uniform(1500, 5000), random.uniform(0.001, 0.006)) for _ in range(5)]
    for start in _moments(random, seconds, 0.9):
        for click in range(random.integers(1, 3)):
            for offset, loss in ((0.0, 0.0), (0.07, 5.0)):
                level = random.uniform(-30, -15) - loss
                _add(line, start + 0.16 * click + offset, struck(random, modes, 0.05, level))
    return line


def fan(random: Generator, seconds: float) -> Sound:
    """Pink noise and blade tones at -25 dBFS, swaying slowly in loudness."""
    time = _time(seconds)
    blades = sum(
        (np.sin(2 * np.pi * 97 * order * time) / order for order in range(1, 6)),
        np.zeros_like(time),
    )
    air = coloured(random, seconds, 1.0, -25)
    return (air + levelled(blades, -38)) * (1 + 0.35 * np.sin(2 * np.pi * 0.7 * time))


def breaths(random: Generator, seconds: float) -> Sound:
    """In and out through a headset: noise around 700 to 2,500 Hz that swells, -40 to -18 dBFS."""
    line = np.zeros(round(seconds * RATE))
    now = 0.3
    while now < seconds:
        length = random.uniform(0.5, 1.4)
        body = band(random.standard_normal(round(length * RATE)), random.uniform(700, 2500), 1.0)
        shape = signal.windows.tukey(len(body), 0.9) ** 1.5
        _add(line, now, levelled(body, random.uniform(-40, -18)) * shape)
        now += length + random.uniform(0.1, 0.9)
    return line


def coughs(random: Generator, seconds: float) -> Sound:
    """One to three at a time: noise through a throat's resonances, up to -8 dBFS."""
    line = np.zeros(round(seconds * RATE))
    for start in _moments(random, seconds, 2.5):
        throat = [random.uniform(400, 800), random.uniform(1100, 1800), random.uniform(2300, 3200)]
        level = random.uniform(-20, -8)
        for cough in range(random.integers(1, 4)):
            noise = random.standard_normal(round(0.45 * RATE))
            body = sum((band(noise, mode, 0.3) for mode in throat), 0.3 * noise)
            age = np.arange(len(body)) / RATE
            shape = np.minimum(age / 0.008, 1) * np.exp(-age / random.uniform(0.06, 0.14))
            _add(line, start + 0.4 * cough, peaked(body * shape, level))
    return line


def rain(random: Generator, seconds: float) -> Sound:
    """Hiss at -35 dBFS and 150 drops a second on a hard roof."""
    drops = np.zeros(round(seconds * RATE))
    at = random.integers(0, len(drops), round(150 * seconds))
    np.add.at(drops, at, random.exponential(1.0, len(at)) * random.choice([-1, 1], len(at)))
    return coloured(random, seconds, 0.5, -35) + levelled(band(drops, 2500, 1.2), -30)


def struck(
    random: Generator, modes: list[tuple[float, float]], seconds: float, peak_dbfs: float
) -> Sound:
    """Something hit once: `modes` are (Hz, seconds to fall to 1/e), with a click of noise."""
    age = np.arange(round(seconds * RATE)) / RATE
    ringing = sum(
        (
            random.uniform(0.3, 1.0) * np.exp(-age / decay) * np.sin(2 * np.pi * frequency * age)
            for frequency, decay in modes
        ),
        random.standard_normal(len(age)) * np.exp(-age / 0.002),
    )
    return peaked(ringing, peak_dbfs)


def band(sound: Sound, centre_hz: float, octaves: float) -> Sound:
    """What is within `octaves` (in all) around `centre_hz`, with gentle slopes."""
    low = max(centre_hz * 2 ** (-octaves / 2), 30.0)
    high = min(centre_hz * 2 ** (octaves / 2), RATE / 2 - 100)
    filtered: Sound = signal.sosfilt(
        signal.butter(2, [low, high], "bandpass", fs=RATE, output="sos"), sound
    )
    return filtered


def levelled(sound: Sound, dbfs: float) -> Sound:
    """At that mean level; 0 dBFS is a mean square of 1."""
    power = float(np.mean(sound**2))
    return sound * (10 ** (dbfs / 20) / np.sqrt(power)) if power else sound


def peaked(sound: Sound, dbfs: float) -> Sound:
    """With its largest sample at that level."""
    peak = float(np.abs(sound).max(initial=0.0))
    return sound * (10 ** (dbfs / 20) / peak) if peak else sound


def _time(seconds: float) -> Sound:
    return np.arange(round(seconds * RATE)) / RATE


def _moments(random: Generator, seconds: float, mean_gap: float) -> list[float]:
    gaps = random.uniform(0.4 * mean_gap, 1.6 * mean_gap, round(2.5 * seconds / mean_gap) + 1)
    return [moment for moment in np.cumsum(gaps).tolist() if moment < seconds]


def _add(line: Sound, start_s: float, sound: Sound) -> None:
    start = round(start_s * RATE)
    sound = sound[: max(0, len(line) - start)]
    line[start : start + len(sound)] += sound
