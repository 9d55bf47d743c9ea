"""Whether an English sentence still lacks something, by its words of closed classes."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

from vivavoce.core import word_classes as word

_FARTHEST_AUXILIARY: Final = 5
"""Words before it in "How many of them are"."""
_SHORTEST_TAGGED: Final = 4
"""Words of "It's late, isn't it?" at the least."""
_ASKING: Final = word.ASKING | word.ASKING_CONTRACTED
_REPLYING: Final = _ASKING | word.listed("yes yeah no than as so if")
"""With one of these before, a pronoun and its auxiliary may end a sentence: "Yes, I do." """
_CLAUSE_SUBJECTS: Final = word.SUBJECTS | (
    word.CONTRACTIONS - word.ASKING_CONTRACTED - {"let's", "name's"}
)
_INVERTED: Final = word.BE | word.DO_AND_MODALS
_NEVER_LAST: Final = word.DETERMINERS | word.TITLES | word.ADDRESS_MARKS | word.CONTRACTIONS
_PREPOSITIONS: Final = word.PREPOSITIONS | word.PARTICLES
_ALL_PRONOUNS: Final = word.PRONOUNS | word.OBJECTS
_CONJUNCTIONS: Final = word.CONNECTIVES | word.CLAUSE_OPENERS
_ASKING_VERBS: Final = word.DO_AND_MODALS - word.TRANSITIVES
_THINGS: Final = word.listed("it this that")
_OPENERS: Final = word.CONNECTIVES | word.CLAUSE_OPENERS | word.TIME_OPENERS


class Lack(enum.Enum):
    """How surely something is missing behind the last word."""

    NOTHING = enum.auto()
    PERHAPS = enum.auto()
    SURELY = enum.auto()


def lack(words: list[str]) -> Lack:
    """What is missing behind a sentence of `words` (lower case, without marks)."""
    if not words:
        return Lack.NOTHING
    last = words[-1]
    if last in _NEVER_LAST:
        return Lack.SURELY
    if last in _CONJUNCTIONS:
        return _behind_opener(words)
    if last in _PREPOSITIONS:
        return _behind_preposition(words)
    if last in word.AUXILIARIES:
        return _behind_auxiliary(words)
    if last in _ALL_PRONOUNS:
        return _behind_pronoun(words)
    return _behind_verb(words)


def opening_lack(words: Sequence[str]) -> Lack:
    """What is missing of a sentence that has only begun: "I think", "my order"."""
    if len(words) == 2 and words[0] in word.SUBJECTS and words[1] in word.OPINIONS:
        return Lack.SURELY
    return _unless(not (1 < len(words) < 4 and words[0] in {"my", "our"}))


def lacks_main_clause(words: Sequence[str], commas: Sequence[int]) -> bool:
    """Whether a sentence is an if-clause and no more; `commas` are how many words stand before."""
    if len(words) < 2 or not _opens_clause(words[0], words[1]):
        return False
    if any(comma > 1 and len(words) - comma > 1 for comma in commas):
        return False
    return not any(
        (words[at] in _INVERTED and words[at + 1] in word.PRONOUNS)
        or (words[at + 1] in _CLAUSE_SUBJECTS and words[at] not in _OPENERS)
        for at in range(2, len(words) - 1)
    )


def question_lack(words: Sequence[str]) -> Lack | None:
    """What is missing of a question, by how many words it has; None for no question."""
    begins_asking = words[0] in _ASKING if words else False
    at = _auxiliary(words, begins_asking)
    if at is None:
        return _unless(len(words) > 2) if begins_asking else None
    rest = words[at + 1 :]
    is_be = words[at] in word.BE | word.ASKING_CONTRACTED
    needed = 1 if is_be and begins_asking else 2
    if rest and rest[0] in word.DETERMINERS:
        needed += 1
    return _unless(len(rest) >= needed)


def _behind_opener(words: Sequence[str]) -> Lack:
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "so" and before in word.SAID_SO:
        return Lack.NOTHING
    if last in {"once", "though"} or (last == "while" and before in word.DETERMINERS):
        return Lack.NOTHING if before else Lack.SURELY
    if last == "when":
        return Lack.PERHAPS if before else Lack.NOTHING
    return Lack.SURELY


def _behind_preposition(words: Sequence[str]) -> Lack:
    last, earlier = words[-1], words[:-1]
    before = earlier[-1] if earlier else ""
    is_particle = last in word.PARTICLES
    if any(one in word.ASKING_FOR_PLACES | word.ASKING_CONTRACTED for one in earlier):
        has_verb = any(one in word.DO_AND_MODALS for one in earlier)
        has_verb = has_verb or before.endswith("ing")
        return _unless(is_particle or has_verb or before in word.PRONOUNS)
    if is_particle:
        return _unless(before in word.OBJECTS)
    return Lack.SURELY


def _behind_auxiliary(words: Sequence[str]) -> Lack:
    last, earlier = words[-1], words[:-1]
    before = earlier[-1] if earlier else ""
    if before in _PREPOSITIONS:
        return Lack.NOTHING  # "the fifth of May"
    if last.endswith("n't"):
        return _unless(any(one in _REPLYING for one in earlier))
    asks = any(one in _ASKING for one in earlier)
    if last in {"be", "been", "being"}:
        return Lack.NOTHING if asks else Lack.SURELY
    if before in word.PRONOUNS:
        if any(one in _REPLYING for one in earlier[:-1]):
            return Lack.NOTHING
        return Lack.SURELY if last in word.TRANSITIVES else Lack.PERHAPS
    if last in word.TRANSITIVES and any(one in word.ASKING_FOR_OBJECTS for one in earlier):
        return Lack.NOTHING
    return Lack.PERHAPS if asks and len(words) > 3 else Lack.SURELY


def _behind_pronoun(words: list[str]) -> Lack:
    last, earlier = words[-1], words[:-1]
    before = earlier[-1] if earlier else ""
    if before.endswith("n't"):
        return Lack.NOTHING if len(words) >= _SHORTEST_TAGGED else Lack.SURELY
    if before in word.BE:
        if not any(one in _ASKING for one in earlier):
            return Lack.SURELY
        return Lack.PERHAPS if last == "there" else Lack.NOTHING
    if last in _THINGS and (before == "do" or earlier[-2:-1] in (["to"], ["you"], ["i"], ["we"])):
        return Lack.NOTHING  # "Can you do that?"
    if before in _ASKING_VERBS or before in _OPENERS:
        return Lack.SURELY
    if last in word.SUBJECTS:
        return Lack.SURELY
    if last == "that" and before in word.OPINIONS | {"know", "sure"}:
        return Lack.PERHAPS
    if before in word.GIVING and last in word.OBJECTS - {"it", "this", "that"}:
        return Lack.SURELY if last in {"me", "us"} else Lack.PERHAPS
    return Lack.NOTHING


def _behind_verb(words: Sequence[str]) -> Lack:
    last, earlier = words[-1], words[:-1]
    before = earlier[-1] if earlier else ""
    if last in {"which", "whose"}:
        return Lack.SURELY
    if last in word.ASKING:
        return _unless(last == "why" or not earlier)
    if last in word.DEGREES | {"any", "some"} or (
        last in word.BEFORE_NOUNS and before in word.DETERMINERS
    ):
        return Lack.PERHAPS
    if last in {"wondering", "wonder"}:
        return Lack.SURELY
    if last in word.TRANSITIVES:
        asked = any(one in word.ASKING_FOR_OBJECTS for one in earlier)
        return Lack.NOTHING if asked else Lack.SURELY
    if last in word.ERRANDS:
        return _unless(before != "to")
    if last == "like":
        return _behind_like(earlier)
    if last == "know":
        return _behind_know(earlier)
    return Lack.NOTHING


def _behind_like(earlier: Sequence[str]) -> Lack:
    if any(one in _ASKING | {"if", "as"} for one in earlier):
        return Lack.NOTHING
    return Lack.SURELY if earlier and earlier[-1] in word.WOULD | {"you"} else Lack.PERHAPS


def _behind_know(earlier: Sequence[str]) -> Lack:
    """ "I'd like to know", "do you know" and "you know" go on, "I don't know" does not."""
    before = earlier[-1] if earlier else ""
    if any(one in _ASKING or one.endswith("n't") for one in earlier):
        return Lack.NOTHING
    return Lack.SURELY if before in {"to", "you"} else Lack.NOTHING


def _opens_clause(opener: str, following: str) -> bool:
    if opener == "when" and following in _INVERTED:
        return False
    if opener in word.TIME_OPENERS:
        return following in _CLAUSE_SUBJECTS | word.PRONOUNS | {"of", "soon", "long"}
    return opener in word.CLAUSE_OPENERS


def _auxiliary(words: Sequence[str], begins_asking: bool) -> int | None:
    """Where the auxiliary is that makes a question."""
    if not begins_asking:
        return 0 if words and words[0] in _INVERTED else None
    if words[0] in word.ASKING_CONTRACTED:
        return 0
    places = range(1, min(_FARTHEST_AUXILIARY, len(words)))
    return next((at for at in places if words[at] in _INVERTED), None)


def _unless(is_whole: bool) -> Lack:
    return Lack.NOTHING if is_whole else Lack.PERHAPS
