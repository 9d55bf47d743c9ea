"""Between a transcript's questions and the ears' answers."""

from __future__ import annotations

import pytest

from vivavoce.audio.recent_sound import RecentSound
from vivavoce.core.heeded import Ask, Urgency
from vivavoce.core.pieces import HOP, MARGIN, RATE, Piece
from vivavoce.engines.base import Heard, HeardWord
from vivavoce.sessions.hearing import answer_of, piece_passage, piece_request, transcript_rules
from vivavoce.wire.scribe_query import parse_scribe_query

PIECE = Piece(start=RATE, end=3 * RATE, speech_end=3 * RATE - MARGIN, speech=RATE, likelihood=0.9)


def heard(text: str, *words: HeardWord) -> Heard:
    return Heard(text, (7,) * len(text.split()), -0.1, words)


def test_the_callers_words_for_silence_and_speech_are_kept() -> None:
    rules = transcript_rules(
        parse_scribe_query(
            "commit_strategy=vad&vad_silence_threshold_secs=0.4&vad_threshold=0.6"
            "&min_speech_duration_ms=500"
        )
    )
    assert rules.commit_after == 6_400
    assert rules.pieces.threshold == 0.6
    assert rules.shortest_speech == 8_000


def test_a_silence_that_is_none_does_not_commit() -> None:
    rules = transcript_rules(
        parse_scribe_query(
            "commit_strategy=vad&vad_silence_threshold_secs=0.4&min_silence_duration_ms=900"
        )
    )
    assert rules.commit_after == 14_400


def test_by_default_silence_commits_nothing_and_short_words_are_speech() -> None:
    rules = transcript_rules(parse_scribe_query(""))
    assert rules.commit_after is None
    assert rules.shortest_speech < 250 * RATE // 1000


def test_a_piece_that_was_cut_short_is_followed_by_silence() -> None:
    sound = RecentSound()
    sound.add(b"\1\0" * 4 * HOP)
    piece = Piece(HOP, 4 * HOP, 4 * HOP, 3 * HOP, 0.9)
    pcm = piece_request(piece, sound, language="en").pcm
    assert pcm == b"\1\0" * 3 * HOP + bytes(2 * MARGIN)


def test_times_of_words_count_from_the_start_of_the_stream_and_stay_in_their_piece() -> None:
    words = HeardWord("Well,", 0, 8_000, -0.1), HeardWord("yes.", 16_000, 99_000, -0.1)
    passage = piece_passage(PIECE, heard("Well, yes.", *words))
    assert passage is not None
    assert (passage.start_s, passage.end_s) == (1.0, 3.0)
    assert [(word.start_s, word.end_s) for word in passage.words] == [(1.0, 1.5), (2.0, 3.0)]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("...", "and", "so"), "and so"),
        ((",and", "so"), "and so"),
        (("And", "so"), "And so"),
    ],
)
def test_a_passage_does_not_begin_with_the_mark_that_ends_another(
    words: tuple[str, ...], text: str
) -> None:
    timed = [HeardWord(word, 0, 100, -0.1) for word in words]
    passage = piece_passage(PIECE, heard(" ".join(words), *timed))
    assert passage is not None
    assert passage.text == text == " ".join(word.text for word in passage.words)


def test_what_is_no_speech_is_no_passage() -> None:
    assert piece_passage(PIECE, heard("")) is None
    assert piece_passage(PIECE, heard("...")) is None
    noise = PIECE._replace(likelihood=0.4, speech=4 * HOP)
    assert piece_passage(noise, Heard("Thank you very much.", (7,) * 5, -2.0)) is None


def test_ears_without_time_have_no_answer_and_others_keep_their_tokens() -> None:
    ask = Ask(1, 1, PIECE, (), Urgency.PARTIAL)
    assert answer_of(ask, None, leave_out_fillers=False) is None
    hearing = answer_of(ask, heard("Um, well."), leave_out_fillers=True)
    assert hearing is not None
    assert hearing.tokens == (7, 7)
    assert hearing.passage is not None
    assert hearing.passage.text == "Well."
