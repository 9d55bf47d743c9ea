"""Music-like sounds and the tones of telephony, drawn at random: float64 at 16 kHz."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from scipy import signal

from bench.noise_sources import RATE, Generator, Sound, band, levelled, peaked, struck

_DTMF = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))


def chords(random: Generator, seconds: float, dbfs: float = -20) -> Sound:
    """An organ on four chords, two seconds each."""
    return _sequence(
        seconds,
        2.0,
        lambda beat: sum(
            (
                _harmonic(_pitch(48 + step), 2.0, brightness=random.uniform(0.8, 1.6))
                for step in _CHORDS[beat % 4]
            ),
            np.zeros(2 * RATE),
        ),
        dbfs,
    )


def arpeggios(random: Generator, seconds: float, dbfs: float = -20) -> Sound:
    """An electric piano, five notes a second up and down the four chords."""
    climb = [0, 1, 2, 1]

    def note(beat: int) -> Sound:
        step = _CHORDS[beat // 16 % 4][climb[beat % 4]] + 12 * int(random.integers(0, 2))
        tone = _harmonic(_pitch(57 + step), 0.6, brightness=1.3)
        return tone * np.exp(-np.arange(len(tone)) / RATE / 0.18)

    return _sequence(seconds, 0.2, note, dbfs)


def drums(random: Generator, seconds: float, dbfs: float = -18) -> Sound:
    """Bass drum, snare and hi-hat at 110 beats a minute, in eighths."""

    def hit(beat: int) -> Sound:
        age = np.arange(round(0.3 * RATE)) / RATE
        hat = random.standard_normal(len(age)) * np.exp(-age / 0.03)
        sound = 0.25 * signal.lfilter([1, -1], [1], hat)
        if beat % 4 == 0 or random.random() < 0.1:
            sound = sound + np.sin(2 * np.pi * (50 * age - 4 * np.exp(-age / 0.04))) * np.exp(
                -age / 0.12
            )
        if beat % 4 == 2:
            sound = sound + 0.7 * band(hat, 1800, 2.5) + struck(random, [(190, 0.07)], 0.3, -6)
        return np.asarray(sound)

    return _sequence(seconds, 60 / 110 / 2, hit, dbfs)


def melody(random: Generator, seconds: float, *, lowest: int, dbfs: float = -20) -> Sound:
    """A bowed string with vibrato (5.5 Hz, a third of a semitone), sliding from note to note.

    `lowest` is the MIDI number of its key note.
    """
    notes: list[float] = []
    degree = 0
    while len(notes) < seconds * RATE:
        degree = int(np.clip(degree + random.integers(-2, 3), 0, 13))
        length = round(random.choice([0.25, 0.5, 0.5, 1.0]) * RATE)
        notes += [lowest + 12 * (degree // 7) + _MAJOR[degree % 7]] * length
    curve = signal.lfilter([0.002], [1, -0.998], np.asarray(notes[: round(seconds * RATE)]) - 60)
    age = np.arange(len(curve)) / RATE
    frequency = _pitch(60 + curve + 0.33 * np.sin(2 * np.pi * 5.5 * age))
    return levelled(_sawtooth(frequency, brightness=1.2), dbfs)


def plucked(random: Generator, seconds: float, dbfs: float = -20) -> Sound:
    """Strings by Karplus and Strong (1983): noise around a loop that loses its high notes."""

    def pluck(beat: int) -> Sound:
        step = _CHORDS[beat // 8 % 4][beat % 3] + 12 * int(random.integers(0, 2))
        period = round(RATE / float(_pitch(45 + step)))
        burst = np.zeros(RATE)
        burst[:period] = random.uniform(-1, 1, period)
        loop = np.zeros(period + 2)
        loop[0], loop[-2:] = 1.0, -0.498
        return np.asarray(signal.lfilter([1.0], loop, burst))

    return _sequence(seconds, 0.25, pluck, dbfs)


def whistle(random: Generator, seconds: float, dbfs: float = -22) -> Sound:
    """One wavering tone that glides between 600 and 2,400 Hz, with breath and pauses."""
    count = round(seconds * RATE)
    corners = np.arange(0, seconds + 0.7, 0.35)
    octaves = random.uniform(0, 2, len(corners))
    loud = (random.random(len(corners)) < 0.8).astype(float)
    time = np.arange(count) / RATE
    frequency = 600 * 2 ** np.interp(time, corners, octaves)
    tone = np.sin(2 * np.pi * np.cumsum(frequency) / RATE) + 0.03 * random.standard_normal(count)
    return levelled(tone * np.interp(time, corners, loud), dbfs)


def siren(seconds: float, dbfs: float = -20) -> Sound:
    """A wailing tone, 500 to 1,200 Hz and back in four seconds, and beeps at 2 kHz over it."""
    time = np.arange(round(seconds * RATE)) / RATE
    wail = _sawtooth(850 + 350 * np.sin(2 * np.pi * time / 4), brightness=1.5)
    beeps = np.sin(2 * np.pi * 2000 * time) * (time % 0.5 < 0.1)
    return levelled(peaked(wail, 0) * (time % 8 < 4) + 0.5 * beeps, dbfs)


def dialling(random: Generator, seconds: float, dbfs: float = -18) -> Sound:
    """Keys of a telephone (ITU-T Q.23), a tenth of a second each."""
    keys = random.choice(list(_DTMF), round(seconds / 0.18) + 1)
    return _sequence(seconds, 0.18, lambda beat: _tones(_DTMF[str(keys[beat])], 0.1), dbfs)


def ringing(seconds: float, dbfs: float = -20) -> Sound:
    """The American ringing tone: 440 and 480 Hz, two seconds of six."""
    return _sequence(seconds, 6.0, lambda _: _tones((440, 480), 2.0), dbfs)


def busy(seconds: float, dbfs: float = -20) -> Sound:
    """The American busy tone: 480 and 620 Hz, half of every second."""
    return _sequence(seconds, 1.0, lambda _: _tones((480, 620), 0.5), dbfs)


def bell(seconds: float, dbfs: float = -18) -> Sound:
    """An electronic ringer: two tones in turn, 20 times a second, two seconds of four."""

    def ring(_: int) -> Sound:
        halves = itertools.cycle([_tones((1000, 3000), 0.025), _tones((1250, 3750), 0.025)])
        return np.concatenate(list(itertools.islice(halves, 80)))

    return _sequence(seconds, 4.0, ring, dbfs)


def _sequence(seconds: float, beat_s: float, sound: Callable[[int], Sound], dbfs: float) -> Sound:
    """`sound(beat)` at every beat, each ringing on over the next ones."""
    line = np.zeros(round(seconds * RATE))
    for beat in range(round(seconds / beat_s)):
        start = round(beat * beat_s * RATE)
        part = sound(beat)[: len(line) - start]
        fade = min(len(part) // 2, RATE // 200)
        part = part.copy()
        part[len(part) - fade :] *= np.linspace(1, 0, fade)
        line[start : start + len(part)] += part
    return levelled(line, dbfs)


def _pitch(note: float | Sound) -> Sound:
    """Hz of a MIDI note number."""
    return np.asarray(440.0 * 2.0 ** ((np.asarray(note) - 69) / 12))


def _harmonic(frequency: Sound, seconds: float, *, brightness: float) -> Sound:
    return _sawtooth(np.full(round(seconds * RATE), float(frequency)), brightness=brightness)


def _sawtooth(frequency: Sound, *, brightness: float) -> Sound:
    """Harmonics up to 7 kHz, each `order ** -brightness` loud."""
    turns = 2 * np.pi * np.cumsum(frequency) / RATE
    highest = int(7_000 / frequency.max())
    return sum(
        (order**-brightness * np.sin(order * turns) for order in range(1, highest + 1)),
        np.zeros(len(turns)),
    )


def _tones(frequencies: tuple[float, ...], seconds: float) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    return sum((np.sin(2 * np.pi * one * time) for one in frequencies), np.zeros_like(time))
