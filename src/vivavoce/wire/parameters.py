"""Values of a URL's query: text that stands for something else.

`given` is the query by name. Each raises InvalidParameter, which names the parameter, for a value
that is not of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from vivavoce.errors import InvalidParameter

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})

# More digits than any number a client means; int() takes seconds over a million of them.
_LONGEST_NUMBER = 32


def is_true(value: str) -> bool:
    """Whether a value says yes, in any spelling that clients have for it."""
    return value.lower() in _TRUE


def boolean(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    """True or false, in any spelling that clients have for it."""
    value = given.get(name)
    if value is None:
        return default
    if is_true(value):
        return True
    if value.lower() in _FALSE:
        return False
    raise InvalidParameter(f"{name} must be true or false.", param=name)


def integer(
    given: Mapping[str, str], name: str, *, low: int, high: int | None = None
) -> int | None:
    """A whole number from `low` to `high`, None where there is none."""
    value = given.get(name)
    if value is None:
        return None
    allowed = f"at least {low}" if high is None else f"from {low} to {high}"
    if len(value) <= _LONGEST_NUMBER and value.isascii() and value.isdigit():
        number = int(value)
        if number >= low and (high is None or number <= high):
            return number
    raise InvalidParameter(f"{name} must be a whole number {allowed}.", param=name)


def number(
    given: Mapping[str, str], name: str, *, low: float, high: float, default: float
) -> float:
    """A number from `low` to `high`; the default may be said, too, even where it lies outside."""
    value = given.get(name)
    if value is None:
        return default
    found = _float(value)
    if found is not None and (low <= found <= high or found == default):
        return found
    raise InvalidParameter(f"{name} must be a number from {low} to {high}.", param=name)


def one_of(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """The value of `name` in lower case, the first of `allowed` where there is none."""
    value = given.get(name, allowed[0]).lower()
    if value not in allowed:
        raise InvalidParameter(f"{name} must be one of {', '.join(allowed)}.", param=name)
    return value


def _float(value: str) -> float | None:
    try:
        return float(value) if len(value) <= _LONGEST_NUMBER else None
    except ValueError:
        return None
