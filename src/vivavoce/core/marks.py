"""The marks that end sentences and clauses, tags, and phoneme elements, as patterns."""

from __future__ import annotations

import re
from typing import Final

# The longest `<...>` taken for a tag: a phoneme tag with a long transcription has some 150.
LONGEST_TAG: Final = 256
_TAG_HEAD: Final = rf"[/!?A-Za-z][^<>]{{0,{LONGEST_TAG - 3}}}+"
# What a `<phoneme …>` may hold; one that is not closed by then is plain text.
LONGEST_INSIDE: Final = 126
_PHONEME: Final = "phoneme"
_CLOSING: Final = rf"</(?i:{_PHONEME})\s{{0,8}}>"
LONGEST_ELEMENT: Final = LONGEST_TAG + LONGEST_INSIDE + len(f"</{_PHONEME}>") + 8
_ELEMENT_HEAD: Final = (
    rf"<(?i:{_PHONEME})(?=[\s>])[^<>]{{0,{LONGEST_TAG - 2 - len(_PHONEME)}}}+(?<!/)>"
    rf"[^<]{{0,{LONGEST_INSIDE}}}+"
)
_CLOSING_BEGUN: Final = "|".join(
    (rf"{_PHONEME}\s{{0,8}}", *(_PHONEME[:end] for end in range(len(_PHONEME) - 1, 0, -1)))
)

LINE_ENDS: Final = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"

# These end a sentence only where white space follows: "3.14", "example.com/?q", "Node.js".
_SENTENCE_MARKS: Final = ".!?…‼⁇⁈⁉‽\uff0e"
# These need none: Chinese and Japanese, Hindi, Urdu and Arabic, Amharic, Khmer, Burmese, Tibetan.
HARD_SENTENCE_MARKS: Final = "。\uff01\uff1f｡।॥\u06d4؟።፧។៕။།"
_CLAUSE_MARKS: Final = ",;:\u060c\u061b"
HARD_CLAUSE_MARKS: Final = "\uff0c、\uff1b\uff1a､—၊፣"
# Hyphens and en dashes pause only between spaces.
SPACED_DASHES: Final = "-\u2013"
_CLOSERS: Final = (
    r"\"'\u201d\u2019\u00bb\u203a)\]}\u300d\u300f\uff09\u3011\u300b\u3009\u3015\uff3d\uff5d*_~`"
)

_ANY_SENTENCE: Final = _SENTENCE_MARKS + HARD_SENTENCE_MARKS
ANY_CLAUSE: Final = _CLAUSE_MARKS + HARD_CLAUSE_MARKS + SPACED_DASHES
_CLAUSE_CLASS: Final = re.escape(ANY_CLAUSE)

TAG: Final = re.compile(f"<{_TAG_HEAD}>")
OPEN_TAG: Final = re.compile(rf"<(?:{_TAG_HEAD})?\Z")
PHONEME_ELEMENT: Final = re.compile(f"{_ELEMENT_HEAD}{_CLOSING}")
OPEN_ELEMENT: Final = re.compile(rf"{_ELEMENT_HEAD}(?:<(?:/(?i:{_CLOSING_BEGUN})?)?)?\Z")
# What nothing may be cut inside of.
WHOLE: Final = re.compile(f"{PHONEME_ELEMENT.pattern}|<{_TAG_HEAD}>")
MARK: Final = re.compile(f"[<{LINE_ENDS}{_ANY_SENTENCE}{_CLAUSE_CLASS}]")
# Groups: the marks, what closes the sentence with them (quotes, brackets, tags), white space.
SENTENCE_END: Final = re.compile(
    rf"([{_ANY_SENTENCE}]++)((?:[{_CLOSERS}]++|</{_TAG_HEAD}>|<{_TAG_HEAD}(?<=/)>)*+)(\s*+)"
)
CLAUSE_END: Final = re.compile(rf"([{_CLAUSE_CLASS}]++)([{_CLOSERS}]*+)(\s*+)")
SPACE: Final = re.compile(r"\s*+")
WORD_GAP: Final = re.compile(rf"{WHOLE.pattern}|\s++")
WORD_CHAR: Final = re.compile(r"[^\W_]")
LINE_END: Final = re.compile(f"[{LINE_ENDS}]")
