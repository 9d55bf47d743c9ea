"""Where a page of a list ends, as an opaque text that asks for the next one."""

from __future__ import annotations

import base64
from typing import Annotated

import msgspec

from vivavoce.errors import InvalidParameter


class Place(msgspec.Struct, array_like=True, frozen=True):
    """The last row of a page, in a list of that `order`: what it is sorted by, and its id.

    No more than databases have room for: 64 bits, and texts without NUL.
    """

    order: str
    key: (
        Annotated[str, msgspec.Meta(pattern=r"\A[^\0]*\Z")]
        | Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    )
    id: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{1,128}\Z")]


_decoder = msgspec.json.Decoder(Place)


def cursor_after(place: Place) -> str:
    """What asks for the page after `place`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def read_cursor(cursor: str, order: str, key_type: type[int] | type[str]) -> Place:
    """The place behind a cursor. Raises InvalidParameter when it is of another list, or none."""
    refusal = InvalidParameter("The cursor is none of this list's.", param="cursor")
    try:
        place = _decoder.decode(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise refusal from None
    if place.order != order or not isinstance(place.key, key_type):
        raise refusal
    return place
