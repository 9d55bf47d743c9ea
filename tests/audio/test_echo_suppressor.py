"""What is left of an echo, band by band."""

from __future__ import annotations

import numpy as np

from tests.audio.echoes import Sound, syllables
from vivavoce.audio.echo_suppressor import BLOCK, LAG, EchoSuppressor

SILENCE = np.zeros(BLOCK, np.float32)


def blocks(sound: Sound) -> list[Sound]:
    return [sound[at : at + BLOCK] for at in range(0, len(sound) - BLOCK + 1, BLOCK)]


def test_without_an_echo_sound_comes_through_as_it_is_a_little_later() -> None:
    suppressor, sound = EchoSuppressor(), syllables(1, 1.0)
    suppressor.begin(sound[:LAG])
    out = [suppressor.clean(block, SILENCE, SILENCE) for block in blocks(sound[LAG:])]
    joined = np.concatenate(out)
    assert np.allclose(joined, sound[: len(joined)], atol=1e-6)
    assert suppressor.kept > 0.999


def test_what_is_left_of_an_echo_is_made_faint() -> None:
    suppressor, echo = EchoSuppressor(), syllables(1, 2.0)
    out = [suppressor.clean(0.2 * block, block, SILENCE) for block in blocks(echo)]
    assert np.std(np.concatenate(out[20:])) < 0.1 * np.std(0.2 * echo)
    assert suppressor.kept < 0.01


def test_a_voice_that_is_louder_than_what_is_left_is_kept() -> None:
    suppressor, echo, voice = EchoSuppressor(), syllables(1, 2.0), syllables(2, 2.0)
    voice[: len(voice) // 2] = 0.0
    kept = []
    for block, other in zip(blocks(echo), blocks(voice), strict=True):
        suppressor.clean(0.05 * block + other, block, SILENCE)
        kept.append(suppressor.kept)
    assert np.median(kept[len(kept) // 2 + 1 :]) > 0.8


def test_what_may_have_been_missed_is_made_faint_too() -> None:
    suppressor, echo = EchoSuppressor(), syllables(1, 1.0)
    for block in blocks(echo):
        suppressor.clean(0.5 * block, SILENCE, block)
    assert suppressor.kept < 0.01
