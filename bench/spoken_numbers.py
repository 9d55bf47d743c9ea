"""Numbers in words to numbers in digits, so that two spellings of one number compare as equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def _listed(words: str) -> list[str]:
    return words.split()


_UNITS = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINAL_UNITS = _listed(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_SMALL = {word: value for words in (_UNITS, _ORDINAL_UNITS) for value, word in enumerate(words)}
_ROUND = {word: 10 * tens for tens, word in enumerate(_TENS, 2)}
_ROUND |= {word[:-1] + "ieth": value for word, value in list(_ROUND.items())}
_MULTIPLIERS = {"hundred": 100, **_SCALES}
_MULTIPLIERS |= {word + "th": value for word, value in list(_MULTIPLIERS.items())}


def in_digits(words: Sequence[str]) -> list[str]:
    """`words` (lower case, or digits) with every number in digits, neighbouring numbers in one.

    "nineteen ninety nine" and "1999" both become "1999", "five five five" and "555" both "555",
    "seven oh five" and "7 05" both "705". An ordinal becomes its cardinal.
    """
    found: list[str] = []
    after_number = False
    for word, is_number in _parsed(words):
        if is_number and after_number:
            found[-1] += word
        else:
            found.append(word)
        after_number = is_number
    return found


def _parsed(words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Words and numbers one after the other, and which of the two each is."""
    position, after_number = 0, False
    while position < len(words):
        length, digits = _number(words[position:])
        if not length and after_number and words[position] in ("oh", "o"):
            length, digits = min(1, _number(words[position + 1 :])[0]), "0"
        after_number = length > 0
        yield (digits, True) if after_number else (words[position], False)
        position += length or 1


def _number(words: Sequence[str]) -> tuple[int, str]:
    """How many of the first words make one number, and its digits; (0, "") for none."""
    taken, total, ceiling = 0, 0, 10**15
    while True:
        joint = 1 if taken and words[taken : taken + 1] == ["and"] else 0
        length, value, scale = _group(words[taken + joint :])
        if not length or (taken and value * scale >= ceiling):
            break
        if not taken and length == 1 and words[0].isdigit():
            return 1, words[0]  # as it is: zeros in front are spoken
        taken += joint + length
        total += value * scale
        ceiling = scale
        if scale == 1:
            break
    return (taken, str(total)) if taken else (0, "")


def _group(words: Sequence[str]) -> tuple[int, int, int]:
    """Words taken, value below 1000 (or any in digits) and scale of one group of a number."""
    length, value = _below_hundred(words)
    if not length:
        # "a hundred", or "hundred" by itself.
        article = 1 if words[:1] == ["a"] else 0
        if words[article : article + 1] and words[article] in _MULTIPLIERS:
            length, value = article, 1
        else:
            return 0, 0, 1
    if words[length : length + 1] and _MULTIPLIERS.get(words[length]) == 100:
        length, value = length + 1, value * 100
        joint = 1 if words[length : length + 1] == ["and"] else 0
        more, rest = _below_hundred(words[length + joint :])
        if more and rest < 100:
            length, value = length + joint + more, value + rest
    scale = 1
    if words[length : length + 1] and _MULTIPLIERS.get(words[length], 0) > 100:
        scale, length = _MULTIPLIERS[words[length]], length + 1
    return length, value, scale


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:
    if not words:
        return 0, 0
    first = words[0]
    if first.isdigit():
        return 1, int(first)
    if first in _SMALL:
        return 1, _SMALL[first]
    if first not in _ROUND:
        return 0, 0
    unit = _SMALL.get(words[1], 0) if len(words) > 1 and not first.endswith("th") else 0
    return (2, _ROUND[first] + unit) if 0 < unit < 10 else (1, _ROUND[first])
