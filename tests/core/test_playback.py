"""What a listener has heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.playback import Playback


def said(text: str, seconds: float, at: float, playback: Playback | None = None) -> Playback:
    """`text` spread evenly over as many seconds."""
    playback = playback or Playback()
    step = seconds / len(text)
    playback.sent(seconds, text, [step * index for index in range(len(text))], at)
    return playback


def test_nothing_is_heard_of_nothing() -> None:
    playback = Playback()
    assert playback.dry_at == 0.0
    assert playback.heard_s(5.0) == 0.0
    assert playback.heard_text(5.0) == ""


def test_sound_is_heard_from_when_it_is_sent() -> None:
    playback = said("one two three four ", 1.9, at=100.0)
    assert playback.dry_at == pytest.approx(101.9)
    assert playback.heard_s(99.0) == 0.0
    assert playback.heard_s(100.5) == pytest.approx(0.5)
    assert playback.heard_s(200.0) == pytest.approx(1.9)


def test_what_is_sent_ahead_is_heard_when_its_turn_comes() -> None:
    playback = said("one ", 1.0, at=100.0)
    said("two ", 1.0, at=100.1, playback=playback)
    assert playback.dry_at == pytest.approx(102.0)
    assert playback.heard_text(101.2) == "one "
    assert playback.heard_text(101.9) == "one two "


def test_where_nothing_came_the_listener_waits() -> None:
    playback = said("one ", 1.0, at=100.0)
    said("two ", 1.0, at=105.0, playback=playback)
    assert playback.dry_at == pytest.approx(106.0)
    assert playback.heard_s(104.0) == pytest.approx(1.0)
    assert playback.heard_s(105.5) == pytest.approx(1.5)
    assert playback.heard_text(104.9) == "one "


def test_a_word_counts_from_its_middle_on() -> None:
    playback = said("abcdefgh ij", 1.1, at=0.5)
    assert playback.heard_text(0.5 + 0.35) == ""
    assert playback.heard_text(0.5 + 0.55) == "abcdefgh "


def test_all_words_are_heard_in_the_end() -> None:
    playback = said("Hello, my old friend.", 2.0, at=1.0)
    assert playback.heard_text(9.0) == "Hello, my old friend."


@given(
    st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 2.0)), min_size=1, max_size=20),
    st.floats(0.0, 60.0),
)
def test_no_more_is_heard_than_was_sent_and_never_less_later(
    pieces: list[tuple[float, float]], moment: float
) -> None:
    playback = Playback()
    now = 1.0
    for seconds, pause in pieces:
        playback.sent(seconds, "ab ", [0.0, seconds / 3, seconds / 2], now)
        now += pause
    total = sum(seconds for seconds, _ in pieces)
    assert 0.0 <= playback.heard_s(moment) <= playback.heard_s(moment + 0.5) <= total + 1e-6
    assert playback.heard_text(moment + 0.5).startswith(playback.heard_text(moment))
    assert playback.heard_s(playback.dry_at) == pytest.approx(total)
