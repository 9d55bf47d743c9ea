"""The names that a language which is heard here has on the wire."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class _Names(NamedTuple):
    three_letters: str
    english: str


# Of those languages that ears here may have.
_NAMES: Final = {"en": _Names("eng", "english")}
_CODES: Final = {name: code for code, names in _NAMES.items() for name in names}
_SEPARATOR: Final = re.compile("[-_]")


def asked_language(given: str | None) -> str | None:
    """The ISO 639-1 code of what a client asks for, None where it leaves the choice.

    "en-US", "eng" and "English" are "en". A code that nobody knows loses its region only.
    """
    first = _SEPARATOR.split((given or "").strip().lower())[0]
    return _CODES.get(first, first) or None


def three_letters(code: str) -> str:
    """The ISO 639-3 code for one of ISO 639-1; itself where it is not known here."""
    return _NAMES[code].three_letters if code in _NAMES else code


def english_name(code: str) -> str:
    """What the language is called, in small letters; the code where it is not known here."""
    return _NAMES[code].english if code in _NAMES else code
