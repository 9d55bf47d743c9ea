"""From the rules of a dictionary to what speech is read by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from vivavoce.core.lexicon import Lexicon
from vivavoce.core.phonemes import ipa_of
from vivavoce.core.pronunciation import Rule
from vivavoce.errors import InvalidParameter
from vivavoce.wire.dictionaries import AliasRule, DictionaryRule

# One may have as many as 3,000,000 characters; most have hundreds.
_KEPT = 32


def spoken_rules(rules: Iterable[DictionaryRule]) -> tuple[Rule, ...]:
    """The rules with all phonemes in IPA. Raises InvalidParameter for phonemes that are none."""
    return tuple(map(_spoken_rule, rules))


class LexiconCache:
    """The lexicons used last, by the versions that went into them: a version never changes."""

    def __init__(self) -> None:
        self._lexicons: OrderedDict[tuple[str, ...], Lexicon] = OrderedDict()

    def get(self, versions: tuple[str, ...]) -> Lexicon | None:
        """The lexicon of these versions, if it is still kept."""
        lexicon = self._lexicons.get(versions)
        if lexicon is not None:
            self._lexicons.move_to_end(versions)
        return lexicon

    def keep(self, versions: tuple[str, ...], lexicon: Lexicon) -> None:
        """Keeps it, in place of the one that was not asked for the longest."""
        self._lexicons[versions] = lexicon
        while len(self._lexicons) > _KEPT:
            self._lexicons.popitem(last=False)


def _spoken_rule(rule: DictionaryRule) -> Rule:
    if isinstance(rule, AliasRule):
        alias, ipa = rule.alias, None
    else:
        alias, ipa = None, ipa_of(rule.alphabet, rule.phoneme)
        if ipa is None:
            shown = f"{rule.phoneme[:64]!r} for {rule.string_to_replace[:64]!r}"
            raise InvalidParameter(f"{shown} is not written in {rule.alphabet}.", param="rules")
    return Rule(
        rule.string_to_replace,
        alias=alias,
        ipa=ipa,
        case_sensitive=rule.case_sensitive,
        word_boundaries=rule.word_boundaries,
    )
