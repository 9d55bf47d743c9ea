"""Sounds for the listening measurements: what is in them, and where."""

from __future__ import annotations

import numpy as np
import pytest

from bench.listen_readings import Reading, beckett, dickens
from bench.listen_sounds import (
    Speaker,
    TimedWord,
    Utterance,
    as_pcm,
    as_telephone,
    audible_span,
    from_pcm,
    from_telephone,
    silence,
    timed_words,
    with_lead,
    without_tail,
)
from bench.recogniser import SAMPLE_RATE, Floats, Recogniser, resample
from bench.word_errors import word_error_rate, word_errors
from vivavoce.core.pieces import Piece, PieceCutter
from vivavoce.engines.ears.silero import Silero


def _tone(seconds: float, hertz: float = 440.0) -> Floats:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.5 * np.cos(2 * np.pi * hertz * time)).astype(np.float32)


def test_our_voice_says_its_words_when_it_says_it_does() -> None:
    text = "The museum is closed on Mondays, but the garden is always open."
    said = Speaker().say(text)
    assert [word.text for word in said.words] == text.split()
    assert (said.text, said.spoken) == (text, text)
    first, end = audible_span(said.samples)
    assert said.words[0].start_s == pytest.approx(first / SAMPLE_RATE, abs=0.06)
    assert said.words[-1].end_s <= end / SAMPLE_RATE
    assert said.speech_s == pytest.approx((end - first) / SAMPLE_RATE)
    until_monday = said.samples[: round(said.words[5].end_s * SAMPLE_RATE)]
    heard = Recogniser().transcribe(until_monday)
    assert word_error_rate("The museum is closed on Mondays", heard) == 0


def test_a_word_lasts_from_its_first_letter_to_what_follows_its_last() -> None:
    chars = '"It\'s" 5 - no! '
    starts = [number / 10 for number in range(len(chars))]
    assert timed_words(chars, starts, 9.0) == (
        TimedWord('"It\'s"', 0.1, 0.5),
        TimedWord("5", 0.7, 0.8),
        TimedWord("no!", 1.1, 1.3),
    )


def test_no_word_lasts_into_the_silence_at_the_end() -> None:
    assert timed_words("so", [0.0, 0.2], 0.3) == (TimedWord("so", 0.0, 0.3),)
    assert timed_words("so. ", [0.0, 0.2, 0.9, 0.9], 0.4) == (TimedWord("so.", 0.0, 0.4),)


def test_silence_around_speech_is_told_from_it() -> None:
    sound = np.concatenate([silence(0.25), _tone(0.5), silence(0.75)])
    assert audible_span(sound) == (4_000, pytest.approx(12_000, abs=1))
    assert len(without_tail(sound)) == pytest.approx(12_000, abs=1)
    with pytest.raises(ValueError, match="nothing is audible"):
        audible_span(silence(1))


def test_silence_in_front_moves_the_words() -> None:
    late = with_lead(Utterance("so", "so", _tone(0.5), (TimedWord("so", 0.0, 0.5),)), 0.25)
    assert audible_span(late.samples)[0] == 4_000
    assert late.words == (TimedWord("so", 0.25, 0.75),)


def test_samples_survive_16_bits() -> None:
    sound = _tone(0.1)
    assert np.abs(from_pcm(as_pcm(sound)) - sound).max() < 1e-4
    assert from_pcm(as_pcm(4 * sound)).max() == pytest.approx(1, abs=1e-3)


def test_the_telephone_keeps_what_is_below_4_khz() -> None:
    for hertz, kept in ((440, 1), (3000, 1), (5000, 0)):
        sound = _tone(0.5, hertz)
        line = as_telephone(sound)
        assert len(line) == 4_000
        loudness = np.std(from_telephone(line)[1000:-1000]) / np.std(sound)
        assert loudness == pytest.approx(kept, abs=0.05)


@pytest.mark.parametrize("reading", [beckett(), dickens()], ids=["Beckett", "Dickens"])
def test_the_text_of_a_recording_is_what_is_read_in_it(reading: Reading) -> None:
    samples = resample(from_pcm(reading.pcm), reading.rate)
    recogniser, cutter = Recogniser(), PieceCutter()
    pieces: list[Piece | None] = [*cutter.feed(Silero().judge(as_pcm(samples)).tolist())]
    pieces.append(cutter.close(len(samples)))
    heard = " ".join(
        recogniser.transcribe_at_once(samples[piece.start : piece.end]) for piece in pieces if piece
    )
    assert word_errors(reading.text, heard).errors <= 4
