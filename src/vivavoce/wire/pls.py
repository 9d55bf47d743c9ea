"""Pronunciation dictionaries as files: the W3C's Pronunciation Lexicon Specification 1.0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import msgspec

from vivavoce.errors import InvalidParameter
from vivavoce.wire.dictionaries import (
    AliasRule,
    DictionaryRule,
    RuleFields,
    for_string,
    merged,
    rule_of,
)

PLS_MEDIA_TYPE = "application/pls+xml"
PLS_MAX_BYTES = 1_048_576
_NAMESPACE = "http://www.w3.org/2005/01/pronunciation-lexicon"

# PLS has no word for these; its `role` is the place for what tells one lexeme from another.
_ANY_CASE = "vivavoce:any-case"
_INSIDE_WORDS = "vivavoce:inside-words"
_ROLES = "urn:vivavoce:roles"


def read_pls(data: bytes) -> tuple[DictionaryRule, ...]:
    """The rules of a file, one for each grapheme, with or without the namespace of PLS.

    Where a lexeme has several readings, the one with `prefer="true"` counts, else the first. A
    document type is refused, and with it every entity. Raises InvalidParameter with the line.
    """
    if len(data) > PLS_MAX_BYTES:
        raise _refusal(f"The file has more than {PLS_MAX_BYTES:,} bytes.")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise _refusal(f"Line {error.lineno}: not XML: {problem}.") from None
    except LookupError:
        raise _refusal("Line 1: the encoding of the file is not known.") from None
    except ValueError as error:
        raise _refusal(f"Line {reader.line}: {error}.") from None
    return merged((), reader.rules)


def write_pls(rules: Iterable[DictionaryRule]) -> bytes:
    """A file that `read_pls` reads as `rules`."""
    # Rules are for whatever language is spoken, and PLS insists on one: BCP 47 has "und".
    head = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<lexicon version="1.0" alphabet="ipa" xml:lang="und"\n'
        f'    xmlns="{_NAMESPACE}" xmlns:vivavoce="{_ROLES}">\n'
    )
    return "".join((head, *map(_lexeme, rules), "</lexicon>\n")).encode()


class _Reading(msgspec.Struct):
    """What one `phoneme` or `alias` element says; `alphabet` is None for an alias."""

    text: str
    alphabet: str | None
    preferred: bool


class _Lexeme(msgspec.Struct):
    line: int
    roles: frozenset[str]
    graphemes: list[str] = msgspec.field(default_factory=list)
    readings: list[_Reading] = msgspec.field(default_factory=list)

    def rules(self) -> list[DictionaryRule]:
        """Raises ValueError."""
        if not self.graphemes:
            raise ValueError("the lexeme has no grapheme")
        if not self.readings:
            raise ValueError("the lexeme has neither phoneme nor alias")
        reading = next((one for one in self.readings if one.preferred), self.readings[0])
        first = self._rule(self.graphemes[0], reading)
        return [first, *(for_string(first, grapheme) for grapheme in self.graphemes[1:])]

    def _rule(self, grapheme: str, reading: _Reading) -> DictionaryRule:
        kind: Literal["alias", "phoneme"] = "alias" if reading.alphabet is None else "phoneme"
        return rule_of(
            RuleFields(
                type=kind,
                string_to_replace=grapheme,
                alias=reading.text,
                phoneme=reading.text,
                alphabet=reading.alphabet,
                case_sensitive=_ANY_CASE not in self.roles,
                word_boundaries=_INSIDE_WORDS not in self.roles,
            )
        )


class _Reader:
    """Takes what the parser finds; `line` is where it stands, or where the bad lexeme began."""

    def __init__(self) -> None:
        self.rules: list[DictionaryRule] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._path: list[str] = []
        self._alphabet = "ipa"
        self._lexeme: _Lexeme | None = None
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._blamed: int | None = None

    @property
    def line(self) -> int:
        return self._blamed or self.parser.CurrentLineNumber

    def _document_type(self, *_: object) -> None:
        raise ValueError("a file with a document type is not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local_name(name)
        if not self._path and tag != "lexicon":
            raise ValueError("the file is no PLS lexicon, its outermost element is another")
        self._path.append(tag)
        self._text.clear()
        self._attributes = attributes
        match self._path:
            case ["lexicon"]:
                self._alphabet = attributes.get("alphabet", self._alphabet)
            case ["lexicon", "lexeme"]:
                roles = frozenset(attributes.get("role", "").split())
                self._lexeme = _Lexeme(self.parser.CurrentLineNumber, roles)

    def _characters(self, text: str) -> None:
        self._text.append(text)

    def _end(self, _: str) -> None:
        text = "".join(self._text)
        lexeme = self._lexeme
        match self._path:
            case ["lexicon", "lexeme"] if lexeme is not None:
                self._blamed = lexeme.line
                self.rules += lexeme.rules()
                self._blamed = None
            case ["lexicon", "lexeme", "grapheme"] if lexeme is not None:
                lexeme.graphemes.append(text)
            case ["lexicon", "lexeme", ("phoneme" | "alias") as tag] if lexeme is not None:
                lexeme.readings.append(self._reading(tag, text))
        self._path.pop()

    def _reading(self, tag: str, text: str) -> _Reading:
        alphabet = None if tag == "alias" else self._attributes.get("alphabet", self._alphabet)
        return _Reading(text, alphabet, self._attributes.get("prefer") == "true")


def _local_name(name: str) -> str:
    """The tag, or something that no tag of PLS is called when the namespace is another."""
    namespace, _, tag = name.rpartition(" ")
    return tag if namespace in ("", _NAMESPACE) else name


def _lexeme(rule: DictionaryRule) -> str:
    roles = [] if rule.case_sensitive else [_ANY_CASE]
    roles += [] if rule.word_boundaries else [_INSIDE_WORDS]
    role = f" role={quoteattr(' '.join(roles))}" if roles else ""
    return (
        f"  <lexeme{role}>\n"
        f"    <grapheme>{escape(rule.string_to_replace)}</grapheme>\n"
        f"    {_reading_element(rule)}\n"
        "  </lexeme>\n"
    )


def _reading_element(rule: DictionaryRule) -> str:
    if isinstance(rule, AliasRule):
        return f"<alias>{escape(rule.alias)}</alias>"
    # Not "x-cmu-arpabet", as PLS has it: other servers of this protocol know it without.
    alphabet = "" if rule.alphabet == "ipa" else f' alphabet="{rule.alphabet}"'
    return f"<phoneme{alphabet}>{escape(rule.phoneme)}</phoneme>"


def _refusal(message: str) -> InvalidParameter:
    return InvalidParameter(message, param="file")
