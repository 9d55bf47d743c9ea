"""Texts as every database takes them."""

from __future__ import annotations

import re

import msgspec

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# PostgreSQL's index entries have room for 2,700 bytes, and a character may take four.
_INDEXED_MAX = 512
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def storable(text: str) -> str:
    """The text with U+FFFD for what PostgreSQL or UTF-8 have no room for: NUL, lone surrogates."""
    return _UNSTORABLE.sub("\ufffd", text)


def indexable(text: str) -> str:
    """The text as it is in a column with an index, and is to be looked for: 512 characters of it.

    Clients may call users, and agents that a server does not have, whatever they like.
    """
    return storable(text[:_INDEXED_MAX])


def possible_id(text: str) -> str:
    """The text if it can be somebody's id, and otherwise one that nobody has."""
    return text if _ID.fullmatch(text) else ""


def json_text(value: object) -> str:
    """`value` as JSON; its texts may be any, as a language model writes them."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_storable_within(msgspec.to_builtins(value))).decode()


def _storable_within(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _storable_within(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_within(one) for one in value]
    return value
