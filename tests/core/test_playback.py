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


def test_what_did_not_arrive_is_heard_when_it_is_sent_again() -> None:
    playback = said("one two three four ", 1.9, at=100.0)
    playback.missed(1.1)
    assert playback.dry_at == pytest.approx(100.8)
    assert playback.heard_text(150.0) == "one two "
    playback.sent_again(1.1, 150.0)
    assert playback.dry_at == pytest.approx(151.1)
    assert playback.heard_text(150.2) == "one two "
    assert playback.heard_text(151.1) == "one two three four "


def test_sent_again_before_the_listener_ran_dry_it_makes_no_gap() -> None:
    playback = said("one two three four ", 1.9, at=100.0)
    playback.missed(1.1)
    playback.sent_again(1.1, 100.4)
    assert playback.dry_at == pytest.approx(101.9)
    assert playback.heard_s(101.0) == pytest.approx(1.0)


def test_where_nothing_arrived_all_is_heard_later() -> None:
    playback = said("one two three four ", 1.9, at=100.0)
    playback.missed(5.0)
    assert not playback.has_begun
    playback.sent_again(1.9, 103.0)
    assert playback.heard_s(103.5) == pytest.approx(0.5)
    assert playback.dry_at == pytest.approx(104.9)


def test_nothing_of_it_plays_while_there_is_something_before_it() -> None:
    playback = said("one two ", 0.8, at=100.0, playback=Playback(begins_at=100.5))
    assert playback.heard_s(100.5) == 0.0
    assert playback.dry_at == pytest.approx(101.3)


@given(
    st.lists(st.tuples(st.floats(0.01, 2.0), st.floats(0.0, 3.0)), min_size=1, max_size=8),
    st.floats(0.0, 20.0),
    st.floats(0.0, 5.0),
)
def test_what_was_missed_takes_as_long_as_before_and_no_text_is_lost(
    pieces: list[tuple[float, float]], missed_s: float, later_s: float
) -> None:
    playback, now, sent_s = Playback(), 100.0, 0.0
    for seconds, pause_s in pieces:
        playback.sent(seconds, "x", [0.0], now)
        sent_s += seconds
        now += pause_s
    heard_s = playback.heard_s(now)
    again_s = min(missed_s, sent_s)
    playback.missed(missed_s)
    playback.sent_again(again_s, now + later_s)
    assert playback.heard_s(now) <= heard_s + 1e-6
    assert playback.heard_s(playback.dry_at) == pytest.approx(sent_s)
    assert playback.heard_text(playback.dry_at + 1.0) == "x" * len(pieces)
