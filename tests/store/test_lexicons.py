"""From rules to what speech is read by."""

from __future__ import annotations

from vivavoce.core.lexicon import Lexicon
from vivavoce.store.lexicons import LexiconCache


def test_a_kept_lexicon_is_found_again_by_its_versions_in_their_order() -> None:
    cache = LexiconCache()
    lexicon = Lexicon()
    cache.keep(("a", "b"), lexicon)
    assert cache.get(("a", "b")) is lexicon
    assert cache.get(("b", "a")) is None


def test_the_lexicon_that_was_not_asked_for_the_longest_is_forgotten_first() -> None:
    cache = LexiconCache()
    for number in range(32):
        cache.keep((str(number),), Lexicon())
    assert cache.get(("0",)) is not None
    cache.keep(("one more",), Lexicon())
    assert cache.get(("0",)) is not None
    assert cache.get(("1",)) is None
    assert cache.get(("one more",)) is not None
