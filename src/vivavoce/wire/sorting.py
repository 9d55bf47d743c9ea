"""In which order a list is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from vivavoce.errors import InvalidParameter

Field = TypeVar("Field", bound=str)

_DESCENDING = {"asc": False, "ascending": False, "desc": True, "descending": True}


def sort_field(
    given: str | None, fields: Collection[Field], *, param: str = "sort"
) -> Field | None:
    """The field to sort by, None for the usual one. Raises InvalidParameter."""
    if not given:
        return None
    for field in fields:
        if field == given:
            return field
    raise InvalidParameter(f"{param} must be one of {', '.join(fields)}.", param=param)


def is_descending(given: str | None, *, usually: bool) -> bool:
    """Whether the last comes first. Raises InvalidParameter for what is no direction."""
    if not given:
        return usually
    try:
        return _DESCENDING[given.lower()]
    except KeyError:
        allowed = ", ".join(_DESCENDING)
        raise InvalidParameter(
            f"sort_direction must be one of {allowed}.", param="sort_direction"
        ) from None
