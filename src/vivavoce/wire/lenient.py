"""Parts of JSON from others, each of one kind: what is of another kind counts as absent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

MOST_DEEP: Final = 128
"""Levels of lists and objects: far more than any client sends, and far fewer than Python's own
limit, which those who go through them by recursion share with whoever called them."""


def text(value: object) -> str | None:
    """A string, empty or not."""
    return value if isinstance(value, str) else None


def filled(value: object) -> str | None:
    """A string with anything in it."""
    return value if isinstance(value, str) and value else None


def flag(value: object) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def integer(value: object) -> int | None:
    """A whole number, also one written with a point."""
    found = number(value)
    if found is None or not found.is_integer():
        return None
    return value if isinstance(value, int) else int(found)


def mapping(value: object) -> dict[str, object]:
    """An object, empty for anything else."""
    return value if isinstance(value, dict) else {}


def inside(value: object, *path: str) -> object:
    """What lies under `path`, one key after the other; None where there is no such place."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: object) -> list[object]:
    """A list, empty for anything else."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> tuple[dict[str, object], ...]:
    """The objects of a list."""
    return tuple(item for item in items(value) if isinstance(item, dict))


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list that have anything in them."""
    return tuple(item for item in items(value) if isinstance(item, str) and item)


def is_deeper(value: object, most: int) -> bool:
    """Whether lists and objects are nested more than `most` deep."""
    level = [value]
    for _ in range(most + 1):
        level = [inner for one in level for inner in _inside_of(one)]
        if not level:
            return False
    return True


def _inside_of(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def compact_json(value: object) -> str:
    """What was decoded from JSON, as JSON again."""
    return msgspec.json.encode(value).decode()
