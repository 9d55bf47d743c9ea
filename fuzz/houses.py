"""What there is around any socket: a server with or without room, addresses, pauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hypothesis import strategies as st

KEY = "key"
"""What opens a server that asks for one."""

DEAF_S = 0.01
"""How long the server waits for a client that does not read."""


@dataclass(frozen=True)
class House:
    """What the server, and the caller's key, allow; None is no limit.

    The engine takes `delay_s` for each answer.
    """

    capacity: int | None = None
    turns: int | None = None
    requests: int | None = None
    characters: int | None = None
    max_contexts: int = 100
    max_pending_characters: int = 100_000
    send_timeout_s: float = 30.0
    delay_s: float = 0.0
    asks_for_key: bool = False


pauses = st.sampled_from((0, 1, 3, 20, 100))
"""How many steps a client waits."""

few = st.sampled_from((None, None, None, None, 2, 1, 0))
"""A limit, now and then."""

_PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#")

nonsense = st.text(_PRINTABLE, max_size=30)
"""What may stand in an address, and means nothing."""


@st.composite
def queries(draw: st.DrawFn, known: Mapping[str, st.SearchStrategy[str]], most: int) -> str:
    """An address's query with up to so many of `known`, some of them twice."""
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=most))
    return urlencode([(name, draw(known[name])) for name in names])
