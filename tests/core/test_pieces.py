"""Where speech is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.pieces import HOP, LEAD, MARGIN, RATE, Piece, PieceCutter, PieceRules, best_cut

RULES = PieceRules(pause=9_600, long_pause=19_200, shortest=5 * RATE, longest=12 * RATE)
SPEECH, SILENCE = 0.9, 0.05


def hops(seconds: float) -> int:
    return round(seconds * RATE / HOP)


def talk(*parts: float) -> list[float]:
    """Likelihoods of so many seconds of speech (positive) and silence (negative)."""
    return [SPEECH if part > 0 else SILENCE for part in parts for _ in range(hops(abs(part)))]


def all_pieces(likelihoods: list[float], rules: PieceRules = RULES) -> list[Piece]:
    cutter = PieceCutter(rules)
    pieces = cutter.feed(likelihoods)
    last = cutter.close(len(likelihoods) * HOP)
    return pieces if last is None else [*pieces, last]


def test_silence_has_no_pieces() -> None:
    assert all_pieces(talk(-20)) == []


def test_a_piece_has_a_margin_on_both_sides_of_its_speech() -> None:
    (piece,) = all_pieces(talk(-1, 2, -3))
    start, end = hops(1) * HOP, (hops(1) + hops(2)) * HOP
    assert piece.start == start - LEAD
    assert piece.speech_end == end
    assert piece.end == end + MARGIN
    assert piece.speech == hops(2) * HOP
    assert piece.likelihood == pytest.approx(SPEECH)


def test_speech_from_the_first_sample_starts_its_piece_there() -> None:
    (piece,) = all_pieces(talk(1, -2))
    assert piece.start == 0


def test_two_hops_over_the_threshold_are_no_speech() -> None:
    assert all_pieces([SILENCE] * 9 + [SPEECH] * 2 + [SILENCE] * 9) == []


def test_speech_once_begun_may_fall_a_little_below_the_threshold() -> None:
    weak = RULES.threshold - 0.1
    assert all_pieces([weak] * 60) == []
    (piece,) = all_pieces([SPEECH] * 3 + [weak] * 60)
    assert piece.speech == 63 * HOP


def test_short_pauses_do_not_end_a_short_piece() -> None:
    assert len(all_pieces(talk(1, -0.7, 1, -0.7, 1, -2))) == 1


def test_a_pause_ends_a_piece_that_is_long_enough() -> None:
    assert len(all_pieces(talk(5.5, -0.7, 1, -2))) == 2


def test_a_long_pause_ends_any_piece() -> None:
    assert len(all_pieces(talk(0.5, -1.3, 0.5, -2))) == 2


def test_a_piece_that_gets_too_long_is_cut_in_its_longest_late_pause() -> None:
    pieces = all_pieces(talk(4, -0.3, 4, -0.2, 1, -0.1, 6, -2))
    pause_start, pause_end = hops(8.3), hops(8.5)
    assert pause_start * HOP <= pieces[0].end <= pause_end * HOP + MARGIN
    assert pieces[0].speech_end == (hops(4) + hops(0.3) + hops(4)) * HOP


def test_unbroken_talk_is_cut_at_its_least_likely_hop() -> None:
    likelihoods = [SPEECH] * 300 + [0.5] + [SPEECH] * 200
    first = all_pieces(likelihoods)[0]
    assert first.end == 301 * HOP


def test_the_best_cut_is_in_the_second_half() -> None:
    spoken = [True, False, False, False, False, True, True, True, False, False, False, True]
    assert best_cut([0.5] * len(spoken), spoken) == 10


def test_a_piece_that_is_closed_in_mid_speech_goes_on_where_it_ended() -> None:
    cutter = PieceCutter(RULES)
    cutter.feed(talk(1))
    first = cutter.close(hops(1) * HOP + 100)
    cutter.feed(talk(1, -2))
    second = cutter.close(0)
    assert first is not None
    assert first.end == hops(1) * HOP + 100
    assert second is None
    cutter = PieceCutter(RULES)
    cutter.feed(talk(1))
    cutter.close(hops(1) * HOP)
    (second,) = cutter.feed(talk(1, -2))
    assert second.start == hops(1) * HOP


def test_what_is_needed_from_is_never_behind_a_piece_to_come() -> None:
    cutter = PieceCutter(RULES)
    needed = [0]
    pieces = []
    for likelihood in talk(-2, 3, -0.2, 2, -2, 14, -1, 0.5, -3):
        before = cutter.needed_from
        pieces += cutter.feed([likelihood])
        needed.append(before)
        assert cutter.needed_from >= before
        if cutter.open is not None:
            assert cutter.open.start >= before
    assert len(pieces) >= 4
    assert cutter.needed_from >= cutter.now - LEAD


@given(
    st.lists(st.sampled_from([0.0, 0.3, 0.45, 0.9]), max_size=900),
    st.integers(1, 40),
)
def test_pieces_are_in_order_bounded_and_the_same_however_the_sound_comes(
    likelihoods: list[float], step: int
) -> None:
    rules = PieceRules(longest=3 * RATE, shortest=RATE)
    pieces = all_pieces(likelihoods, rules)
    for piece in pieces:
        assert 0 <= piece.start < piece.end <= piece.start + rules.longest
        assert piece.start <= piece.speech_end <= piece.end
    for before, behind in pairwise(pieces):
        assert before.end <= behind.start
    cutter = PieceCutter(rules)
    stepwise = [
        piece
        for start in range(0, len(likelihoods), step)
        for piece in cutter.feed(likelihoods[start : start + step])
    ]
    last = cutter.close(len(likelihoods) * HOP)
    assert stepwise + [last] * (last is not None) == pieces


@given(st.lists(st.sampled_from([0.0, 0.9]), max_size=900))
def test_all_speech_of_three_hops_and_more_is_in_a_piece(likelihoods: list[float]) -> None:
    pieces = all_pieces(likelihoods, PieceRules(longest=3 * RATE, shortest=RATE))
    for index in range(len(likelihoods) - 2):
        if likelihoods[index : index + 3] == [SPEECH] * 3:
            middle = (index + 1) * HOP
            assert any(piece.start <= middle <= piece.end for piece in pieces)
