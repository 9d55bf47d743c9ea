"""Tokens and the words they spell."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.engines.ears.moonshine_graphs import find_assets
from vivavoce.engines.ears.moonshine_vocabulary import BEGIN, END, TokenWord, Vocabulary

PIECES = ["<unk>", "<s>", "</s>", "▁Hell", "o", ",", "▁", "7", "▁a▁b", "\n", "▁wörld", "é"]
HELL, LETTER_O, COMMA, SPACE, SEVEN, A_B, NEWLINE, WORLD, ACCENT = range(3, 12)


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(b"".join(bytes([len(each.encode())]) + each.encode() for each in PIECES))
    return Vocabulary(path)


def test_words_begin_with_a_space_and_keep_their_punctuation(vocabulary: Vocabulary) -> None:
    words = vocabulary.words([HELL, LETTER_O, COMMA, WORLD])
    assert words == [TokenWord("Hello,", 0, 3), TokenWord("wörld", 3, 4)]


def test_a_space_of_its_own_belongs_to_the_word_after_it(vocabulary: Vocabulary) -> None:
    assert vocabulary.words([WORLD, SPACE, SEVEN]) == [
        TokenWord("wörld", 0, 1),
        TokenWord("7", 1, 3),
    ]


def test_a_token_may_hold_several_words(vocabulary: Vocabulary) -> None:
    assert vocabulary.words([A_B, LETTER_O]) == [TokenWord("a", 0, 1), TokenWord("bo", 0, 2)]


def test_what_spells_nothing_is_no_word(vocabulary: Vocabulary) -> None:
    assert vocabulary.words([]) == []
    assert vocabulary.words([BEGIN, SPACE, NEWLINE, SPACE, END]) == []


def test_white_space_other_than_a_space_does_not_show(vocabulary: Vocabulary) -> None:
    assert vocabulary.words([HELL, NEWLINE, ACCENT]) == [TokenWord("Hellé", 0, 3)]


def test_the_real_vocabulary_has_words_bytes_and_marks_that_say_nothing() -> None:
    vocabulary = Vocabulary(find_assets().tokens)
    heard = (18274, 1018, 29892)
    assert [word.text for word in vocabulary.words(heard)] == ["Ever", "try,"]
    assert [word.text for word in vocabulary.words((3 + ord("x"), 32_000, 32_767))] == ["x"]
