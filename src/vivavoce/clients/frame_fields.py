"""Values out of a server's decoded JSON, each of the kind that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_NOTHING: Final[Mapping[str, object]] = {}


class NotAsExpected(Exception):
    """A value is missing, or of another kind; the message names its key."""


def part(frame: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object under `key`. Raises NotAsExpected."""
    value = frame.get(key)
    if not isinstance(value, dict):
        raise NotAsExpected(key)
    return value


def part_or_nothing(frame: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object under `key`, an empty one where there is none."""
    value = frame.get(key)
    return value if isinstance(value, dict) else _NOTHING


def text(frame: Mapping[str, object], key: str, default: str | None = None) -> str:
    """The string under `key`. Raises NotAsExpected where there is neither it nor a `default`."""
    value = frame.get(key, default)
    if not isinstance(value, str):
        raise NotAsExpected(key)
    return value


def text_or_none(frame: Mapping[str, object], key: str) -> str | None:
    """The string under `key`, None for anything else."""
    value = frame.get(key)
    return value if isinstance(value, str) else None


def whole(frame: Mapping[str, object], key: str, default: int | None = None) -> int:
    """The integer under `key`. Raises NotAsExpected where there is neither it nor a `default`."""
    value = frame.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotAsExpected(key)
    return value


def number(frame: Mapping[str, object], key: str, default: float | None = None) -> float:
    """The number under `key`. Raises NotAsExpected where there is neither it nor a `default`."""
    value = frame.get(key, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise NotAsExpected(key)
    return float(value)


def numbers(frame: Mapping[str, object], key: str) -> tuple[float, ...]:
    """The numbers of the list under `key`. Raises NotAsExpected."""
    return tuple(number({key: one}, key) for one in _items(frame, key))


def texts(frame: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The strings of the list under `key`. Raises NotAsExpected."""
    found = _items(frame, key)
    if not all(isinstance(one, str) for one in found):
        raise NotAsExpected(key)
    return tuple(str(one) for one in found)


def parts(frame: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    """The objects of the list under `key`; none where it is absent or null."""
    if frame.get(key) is None:
        return ()
    return tuple(one for one in _items(frame, key) if isinstance(one, dict))


def _items(frame: Mapping[str, object], key: str) -> Sequence[object]:
    value = frame.get(key)
    if not isinstance(value, list):
        raise NotAsExpected(key)
    return value
