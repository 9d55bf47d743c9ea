"""The last of a stream of sound."""

from __future__ import annotations

import pytest

from vivavoce.audio.recent_sound import RecentSound


def numbered(first: int, last: int) -> bytes:
    return b"".join(sample.to_bytes(2, "little") for sample in range(first, last))


def test_sound_is_cut_by_the_number_of_its_samples() -> None:
    sound = RecentSound()
    sound.add(numbered(0, 10))
    sound.add(numbered(10, 30))
    assert sound.end == 30
    assert sound.cut(7, 13) == numbered(7, 13)


def test_numbers_stay_when_the_beginning_is_forgotten() -> None:
    sound = RecentSound()
    sound.add(numbered(0, 30))
    sound.forget(before=20)
    sound.add(numbered(30, 40))
    assert sound.cut(20, 40) == numbered(20, 40)
    with pytest.raises(IndexError):
        sound.cut(19, 25)


def test_what_has_not_come_yet_is_silence() -> None:
    sound = RecentSound()
    sound.add(numbered(0, 4))
    assert sound.cut(2, 6) == numbered(2, 4) + bytes(4)


def test_no_more_is_forgotten_than_has_come_and_nothing_twice() -> None:
    sound = RecentSound()
    sound.add(numbered(0, 4))
    sound.forget(before=100)
    sound.forget(before=2)
    assert sound.end == 4
    sound.add(numbered(4, 6))
    assert sound.cut(4, 6) == numbered(4, 6)
