from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import espeakng_loader
import msgspec
import numpy as np
import pytest

from vivavoce.engines.voices import espeak_library
from vivavoce.engines.voices.espeak_library import EspeakLibrary, Utterance

SPANISH = Utterance("Hola, buenos días.", "es", 175, 50, 50, 60)


@pytest.fixture(scope="module")
def library() -> EspeakLibrary:
    return EspeakLibrary(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())


@pytest.fixture
def quiet_faults() -> Iterator[None]:
    """No stack of the test run for a child that is meant to die."""
    faulthandler.disable()
    yield
    faulthandler.enable(file=sys.__stderr__)


def test_an_utterance_sounds_the_same_whatever_was_said_before(library: EspeakLibrary) -> None:
    first = library.speak(SPANISH)
    library.speak(msgspec.structs.replace(SPANISH, text="Bonjour tout le monde", voice="fr"))
    assert library.speak(SPANISH) == first


def test_words_come_with_the_character_and_sample_they_begin_at(library: EspeakLibrary) -> None:
    sound = library.speak(SPANISH)
    assert [word.at for word in sound.words] == [0, 6, 13]
    starts = [word.sample for word in sound.words]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert starts[-1] < len(sound.pcm) / 2


def test_volume_pitch_and_pace_are_as_asked(library: EspeakLibrary) -> None:
    def samples(**changes: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        pcm = library.speak(msgspec.structs.replace(SPANISH, **changes)).pcm
        return np.frombuffer(pcm, "<i2").astype(float)

    usual = samples()
    assert samples(volume=30).std() == pytest.approx(usual.std() / 2, rel=0.1)
    assert len(samples(words_per_minute=350)) == pytest.approx(len(usual) / 2, rel=0.2)
    assert not np.array_equal(samples(pitch=80)[:5000], usual[:5000])


def test_a_text_over_which_the_library_breaks_is_an_error_and_the_next_is_spoken(
    library: EspeakLibrary, quiet_faults: None
) -> None:
    # One word of 640 letters overruns a buffer of the library's.
    with pytest.raises(RuntimeError, match="broke"):
        library.speak(msgspec.structs.replace(SPANISH, text="haus" * 160, voice="de"))
    assert library.speak(SPANISH).words


def test_an_utterance_that_takes_for_ever_is_given_up(
    library: EspeakLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak_library, "_PATIENCE_S", 1)
    monkeypatch.setattr(library, "_synthesise", lambda _: threading.Event().wait())
    with pytest.raises(RuntimeError, match="broke"):
        library.speak(SPANISH)


def test_no_process_is_left_behind(library: EspeakLibrary) -> None:
    before = children()
    library.speak(SPANISH)
    assert children() == before


def children() -> set[str]:
    """Of this process, zombies as well; other tests may have some that live."""
    return {
        stat.parent.name
        for stat in Path("/proc").glob("[0-9]*/stat")
        if stat.read_text().rpartition(")")[2].split()[1] == str(os.getpid())
    }


def test_a_process_that_has_its_children_reaped_can_speak_too(
    library: EspeakLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert library.speak(SPANISH).words
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_voice_it_does_not_have_and_data_that_is_not_there_are_errors(
    library: EspeakLibrary, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuntimeError):
        library.speak(msgspec.structs.replace(SPANISH, voice="xx-nobody"))
    assert "no voice 'xx-nobody'" in capfd.readouterr().err
