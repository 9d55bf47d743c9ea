from __future__ import annotations

import pytest

from vivavoce.core.boundaries import Boundary, Cut, boundaries_of
from vivavoce.core.utterances import Utterance, divide, forced_end


def divided(text: str) -> list[str]:
    return [utterance.text for utterance in divide(text, boundaries_of(text), Cut.SENTENCE)]


def test_every_sentence_is_an_utterance_of_its_own() -> None:
    assert divide("One. Two! Thr", boundaries_of("One. Two! Thr"), Cut.WORD) == [
        Utterance("One. ", Cut.SENTENCE),
        Utterance("Two! ", Cut.SENTENCE),
        Utterance("Thr", Cut.WORD),
    ]


def test_boundaries_behind_the_text_are_left_alone() -> None:
    boundaries = [Boundary(5, Cut.SENTENCE), Boundary(10, Cut.SENTENCE)]
    assert divide("One. Two", boundaries, Cut.CLAUSE) == [
        Utterance("One. ", Cut.SENTENCE),
        Utterance("Two", Cut.CLAUSE),
    ]


def test_thirty_words_are_one_utterance_and_thirty_one_are_two_halves() -> None:
    assert len(divided("word " * 30)) == 1
    assert [len(text.split()) for text in divided("word " * 31)] == [15, 16]


def test_sixty_words_are_two_utterances() -> None:
    assert [len(text.split()) for text in divided("word " * 60)] == [30, 30]


def test_an_even_cut_gives_way_to_words_that_lean_on_the_next() -> None:
    pieces = divided("word " * 15 + "of the " + "word " * 15)
    assert pieces[0].endswith("word ")


def test_a_clause_end_is_preferred_to_an_even_cut() -> None:
    text = "word " * 10 + "word, " + "word " * 25
    assert [len(piece.split()) for piece in divided(text)] == [11, 25]


def test_of_several_clause_ends_the_most_even_one_is_taken() -> None:
    text = ("word " * 5 + "word, ") * 6
    assert [len(piece.split()) for piece in divided(text)] == [18, 18]


def test_a_list_is_not_cut_where_a_clause_ends_elsewhere() -> None:
    head = "word " * 11 + "word, "
    text = head + "then we bought apples, pears, plums and cherries " + "word " * 14
    assert divided(text)[0] == head


def test_no_piece_begins_with_fewer_than_twelve_characters() -> None:
    pieces = divided("Well, " + "x" * 396 + " yes")
    assert [len(piece) for piece in pieces] == [400, 6]


def test_a_tag_counts_as_one_word_and_stays_whole() -> None:
    tag = "<x " + "a " * 60 + "/>"
    assert divided(f"One {tag} two") == [f"One {tag} two"]
    pieces = divided("y" * 300 + tag + "z" * 300)
    assert any(tag in piece for piece in pieces)


def test_white_space_weighs_nothing_however_long() -> None:
    text = "one" + " " * 5000 + "two"
    assert divided(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 500, 400),
        ("7" * 500, 100),
        ("好" * 500, 100),
        ("a" * 100, 100),
        ("a" * 400 + "   b", 403),
        ("a" * 399 + "e\u0301" * 9, 399),
        ("a" * 395 + "<break/>" + "a" * 9, 395),
        ("<" + "a7" * 126 + ">" + "a" * 9, 254),
    ],
)
def test_a_forced_cut_fills_the_utterance_but_tears_nothing(text: str, expected: int) -> None:
    assert forced_end(text, 0, len(text)) == expected


def test_a_character_of_endless_accents_is_torn_after_all() -> None:
    assert forced_end("e" + "\u0301" * 1000, 0, 1001) == 400
