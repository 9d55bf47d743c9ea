"""Which parts of a text a pronunciation dictionary changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import Final, TypeAlias

from vivavoce.core import marks
from vivavoce.core.characters import is_grapheme_boundary, is_spaceless
from vivavoce.core.pronunciation import Pronunciation, Rule

# So many characters of a string pick the few rules worth comparing with the text.
_HEAD: Final = 3

# The place of a rule among all, and where in the text its string begins and ends.
_Find: TypeAlias = tuple[int, int, int]


class Lexicon:
    """The rules of one or more dictionaries, in order of precedence.

    How long `find` takes depends on the text and hardly on the number of rules. A lexicon whose
    rules have nothing to find is false.
    """

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._shelves: dict[tuple[bool, bool], _Shelf] = {}
        for order, rule in enumerate(self.rules):
            if rule.string.strip():
                kind = rule.case_sensitive, rule.word_boundaries
                self._shelves.setdefault(kind, _Shelf(*kind)).add(rule.string, order)

    def __bool__(self) -> bool:
        return bool(self._shelves)

    def find(self, text: str, taken: Sequence[Pronunciation] = ()) -> list[Pronunciation]:
        """What the rules say about `text`, in order and apart from each other and from `taken`.

        Of two rules for the same characters the first one wins, wherever each begins. Inside tags
        nothing is found.
        """
        claimed = bytearray(len(text))
        for start, end in _closed(text, taken):
            claimed[start:end] = b"\1" * (end - start)
        places = [at for shelf in self._shelves.values() for at in shelf.find(text, claimed)]
        # The best of each place, not all of them: "a", "aa", "aaa" fit any number of times.
        best = [(one, others) for others in places if (one := next(others, None)) is not None]
        heapify(best)
        found: list[Pronunciation] = []
        while best:
            (order, start, end), others = best[0]
            if claimed.find(1, start, end) < 0:
                claimed[start:end] = b"\1" * (end - start)
                rule = self.rules[order]
                words = text[start:end] if rule.alias is None else rule.alias
                found.append(Pronunciation(start, end, words, rule.ipa))
            if (one := next(others, None)) is None:
                heappop(best)
            else:
                heapreplace(best, (one, others))
        return sorted(found, key=lambda one: one.start)


class _Shelf:
    """Strings of one kind, by their first characters, then by their lengths."""

    def __init__(self, case_sensitive: bool, word_boundaries: bool) -> None:
        self._case_sensitive = case_sensitive
        self._word_boundaries = word_boundaries
        self._orders: dict[str, int] = {}
        # The first rule of each length, in the order of the rules.
        self._lengths: dict[str, dict[int, int]] = {}
        self._head_sizes: set[int] = set()

    def add(self, string: str, order: int) -> None:
        """Put a string on the shelf; of equal ones the first counts."""
        key = string if self._case_sensitive else _small(string)
        if key in self._orders:
            return
        self._orders[key] = order
        head = key[:_HEAD]
        self._head_sizes.add(len(head))
        self._lengths.setdefault(head, {}).setdefault(len(key), order)

    def find(self, text: str, claimed: bytearray) -> Iterator[Iterator[_Find]]:
        """For each place where strings may stand: those that do, the first rule's first.

        Of what is `claimed` by the time they are asked for, none.
        """
        key = text if self._case_sensitive else _small(text)
        for size in self._head_sizes:
            fitting: dict[str, list[tuple[int, int]]] = {}
            for start in range(len(key) - size + 1):
                head = key[start : start + size]
                if head in self._lengths and self._may_be_cut(text, start):
                    if head not in fitting:
                        lengths = self._lengths[head].items()
                        fitting[head] = [one for one in lengths if one[0] <= len(key)]
                    yield self._find_at(start, text, key, fitting[head], claimed)

    def _find_at(
        self, start: int, text: str, key: str, lengths: list[tuple[int, int]], claimed: bytearray
    ) -> Iterator[_Find]:
        found: list[_Find] = []
        for length, first_order in lengths:
            while found and found[0][0] < first_order:
                yield heappop(found)
            if claimed[start]:
                return
            end = start + length
            if end > len(key) or claimed.find(1, start, end) >= 0:
                continue
            order = self._orders.get(key[start:end])
            if order is not None and self._may_be_cut(text, end):
                heappush(found, (order, start, end))
        yield from sorted(found)

    def _may_be_cut(self, text: str, at: int) -> bool:
        return is_grapheme_boundary(text, at) and not (
            self._word_boundaries and _is_inside_word(text, at)
        )


def _is_inside_word(text: str, at: int) -> bool:
    """Whether text[at - 1] and text[at] are of one word, where spaces part words at all."""
    if not 0 < at < len(text):
        return False
    return all(_in_word(char) and not is_spaceless(char) for char in text[at - 1 : at + 1])


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _small(text: str) -> str:
    """`text` in lower case, character for character, so that places in it stay where they are."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _closed(text: str, taken: Sequence[Pronunciation]) -> Iterator[tuple[int, int]]:
    yield from (tag.span() for tag in marks.TAG.finditer(text))
    yield from ((one.start, one.end) for one in taken)
