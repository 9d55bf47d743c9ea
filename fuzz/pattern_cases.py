"""Regular expressions that try many ways to match, and words that make them try all."""

from __future__ import annotations

import time

from hypothesis import strategies as st

from vivavoce.engines.minds.rules import match
from vivavoce.wire.rules import Rule

# A budget of 0.3 s, on a machine that does other things as well.
_HANGS_AFTER_S = 5.0

_LETTERS = 500
_WORDS = tuple(
    (words * _LETTERS)[:_LETTERS] + end
    for words, end in (("a", ""), ("a", "!"), ("ab", "!"), ("aab", ""), ("a b ", ""), ("aA", "K"))
)

_atoms = st.sampled_from(
    (
        *(
            "a",
            "b",
            ".",
            "[ab]",
            r"\w",
            r"\s",
            "(a)",
            "(?:a|b)",
            "(?:a|ab)",
            "(a|a)",
            r"\1",
            "(?=a)",
        ),
        *(
            "(?!b)",
            "^",
            "$",
            r"\b",
            "(?>a)",
            ".*",
            ".+?",
            "a*+",
            "(?:)",
            "[^b]",
            "(?<!aa)",
            "(?>.+?)",
        ),
        *("(?P<n>a)", "(?P=n)", "(?(1)a|b)", "K", "a{2,9}", r"\w*+", "(?i:A)"),
    )
)
_repeats = st.sampled_from(
    ("", "", "", "*", "+", "?", "{2}", "{0,5}", "{3,}", "*?", "+?", "*+", "++", "{1,200}")
)
_opens = st.sampled_from(("(", "(?:", "(?>", "(?=", "(?!"))
patterns: st.SearchStrategy[str] = st.recursive(
    st.builds("{}{}".format, _atoms, _repeats),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.builds(
            lambda opens, branches, repeat: f"{opens}{'|'.join(branches)}){repeat}",
            _opens,
            st.lists(inner, min_size=1, max_size=3),
            _repeats,
        ),
    ),
    max_leaves=12,
)
"""Of which many are none."""


def comes_to_an_end(pattern: str) -> None:
    """Fails where a rule with this pattern keeps everybody waiting."""
    for words in _WORDS:
        began = time.monotonic()
        match([Rule(when=pattern, say="x")], words)
        assert time.monotonic() - began < _HANGS_AFTER_S, (pattern, words[:10])
