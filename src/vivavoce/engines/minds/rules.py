"""Which rule answers what the caller said, with what it says filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from vivavoce.engines.minds.pattern_cost import PatternTooSlow, affordable_length
from vivavoce.wire.rules import Rule

SILENCE = "(silence)"
_BLANK = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
"""Not `{{name}}`, which is a dynamic variable's."""
_RESULT = "result"


class Matched(msgspec.Struct, frozen=True):
    """A rule that matches, filled in but for `{result}`; `place` is its index, `says` its texts."""

    place: int
    says: tuple[str, ...]
    tool: str
    parameters: dict[str, object]
    then: str


def match(rules: Sequence[Rule], words: str) -> Matched | None:
    """The first rule that matches; of silence, as of "...", the first that is for silence.

    No more than the first 500 characters are searched, or 60, for a pattern with many repetitions.
    A rule about which `check_rules` complains never matches.
    """
    if is_silence(words):
        silent = (place for place, rule in enumerate(rules) if rule.when == SILENCE)
        return next((_filled(place, rules[place], None) for place in silent), None)
    for place, rule in enumerate(rules):
        found = _search(rule.when, words)
        if found is not None:
            return _filled(place, rule, found)
    return None


def is_silence(words: str) -> bool:
    """Whether a caller's turn is empty, or the "..." that stands for nothing said."""
    return not words.strip(" .…\n\t")


def check_rules(rules: Sequence[Rule]) -> list[str]:
    """What is wrong with them, a sentence for each, that begins with which rule it is."""
    return [
        f"rule {number} (when {rule.when!r}): {complaint}"
        for number, rule in enumerate(rules, 1)
        if (complaint := _complaint(rule))
    ]


def fill_result(text: str, result: str) -> str:
    """`text` with `{result}` filled in."""
    return _BLANK.sub(lambda blank: result if blank[1] == _RESULT else blank[0], text)


def fill_words(text: str, words: str) -> str:
    """`text` with `{0}` filled in."""
    return _BLANK.sub(lambda blank: words if blank[1] == "0" else blank[0], text)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> tuple[re.Pattern[str], int] | str:
    """The pattern and how much it may search, or what is wrong with it."""
    try:
        length = affordable_length(pattern)
        return re.compile(pattern, re.IGNORECASE), length
    except PatternTooSlow as slow:
        return f"the pattern may take too long: {slow}"
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a regular expression: {error}"


def _search(pattern: str, words: str) -> re.Match[str] | None:
    if pattern == SILENCE:
        return None
    compiled = _compiled(pattern or r"(?s:\A.*)")
    if isinstance(compiled, str):
        return None
    try:
        return compiled[0].search(words, 0, compiled[1])
    except SystemError:  # a bug in `re`: possessive repetitions of groups, such as ((a|a)|.)++
        return None


def _complaint(rule: Rule) -> str:
    if not rule.tool and not any(_says(rule)):
        return "it has nothing to say and no tool to call"
    if rule.when == SILENCE:
        return ""
    compiled = _compiled(rule.when)
    if isinstance(compiled, str):
        return compiled
    known = {str(number) for number in range(compiled[0].groups + 1)} | set(compiled[0].groupindex)
    blanks = {blank for text in _says(rule) for blank in _BLANK.findall(text)}
    blanks |= set(_BLANK.findall(rule.then)) - {_RESULT}
    unknown = sorted(blanks - known)
    return f"{{{unknown[0]}}} is no group of the pattern" if unknown else ""


def _says(rule: Rule) -> tuple[str, ...]:
    return (rule.say,) if isinstance(rule.say, str) else rule.say


def _filled(place: int, rule: Rule, found: re.Match[str] | None) -> Matched:
    def group(blank: re.Match[str]) -> str:
        name: str | int = int(blank[1]) if blank[1].isdecimal() else blank[1]
        try:
            return (found[name] or "") if found is not None else blank[0]
        except IndexError:
            return blank[0]

    def fill(text: str) -> str:
        return _BLANK.sub(group, text)

    parameters = {name: _within(value, fill) for name, value in rule.parameters.items()}
    says = tuple(fill(text) for text in _says(rule) if text)
    return Matched(place, says, rule.tool, parameters, fill(rule.then))


def _within(value: object, fill: Callable[[str], str]) -> object:
    match value:
        case str():
            return fill(value)
        case dict():
            return {name: _within(inner, fill) for name, inner in value.items()}
        case list() | tuple():
            return [_within(inner, fill) for inner in value]
    return value
