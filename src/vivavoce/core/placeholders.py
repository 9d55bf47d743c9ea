"""Dynamic variables: `{{name}}` in an agent's texts, and what stands there in one call.

Names that begin with `system__` are the server's own; those that begin with `secret__` are for the
addresses and headers of tools, and never for a mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

from vivavoce.errors import MissingVariable

Variable: TypeAlias = str | int | float | bool

TIMEZONE: Final = "system__timezone"
"""The only one of the server's own names that a caller may give: an IANA name."""

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_SYSTEM: Final = "system__"
_SECRET: Final = "secret__"


def fill(text: str, variables: Mapping[str, Variable]) -> str:
    """`text` with every placeholder filled. Raises MissingVariable, which names all that lack."""
    demand([text], variables)
    return _PLACEHOLDER.sub(lambda found: shown(variables[found[1]]), text)


def missing(texts: Iterable[str], variables: Mapping[str, Variable]) -> list[str]:
    """The names in placeholders of `texts` that have no value, in the order they come in."""
    names = (found[1] for text in texts for found in _PLACEHOLDER.finditer(text))
    return [name for name in dict.fromkeys(names) if name not in variables]


def demand(texts: Iterable[str], variables: Mapping[str, Variable]) -> None:
    """Raises MissingVariable, which names all placeholders of `texts` that have no value."""
    lacking = missing(texts, variables)
    if lacking:
        raise MissingVariable(f"Missing required dynamic variables: {', '.join(lacking)}.")


def shown(value: Variable) -> str:
    """A variable as it stands in a text: booleans as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def for_mind(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """Those that a mind may see: without the secret ones."""
    return {name: value for name, value in variables.items() if not is_secret(name)}


def is_secret(name: str) -> bool:
    """Whether a variable of this name is kept from minds and clients."""
    return name.startswith(_SECRET)


def is_reserved(name: str) -> bool:
    """Whether callers and tools may not set a variable of this name."""
    return name.startswith(_SYSTEM) and name != TIMEZONE


def combine(
    defaults: Mapping[str, Variable],
    given: Mapping[str, Variable],
    system: Mapping[str, Variable],
) -> dict[str, Variable]:
    """The variables of a call: the agent's defaults, over them the caller's, over all the server's.

    What the caller gives under a reserved name does not count.
    """
    own = {name: value for name, value in given.items() if not is_reserved(name)}
    return {**defaults, **own, **system}


def system_variables(
    *,
    agent_id: str,
    conversation_id: str,
    now: datetime,
    call_duration_s: float,
    current_agent_id: str = "",
    caller_id: str = "",
    called_number: str = "",
    call_sid: str = "",
) -> dict[str, Variable]:
    """The server's own variables, at `now` in the caller's time zone.

    `agent_id` is the agent that took the call, `current_agent_id` the one it was transferred to.
    The numbers of telephone calls are empty in calls that are none.
    """
    return {
        "system__agent_id": agent_id,
        "system__current_agent_id": current_agent_id or agent_id,
        "system__conversation_id": conversation_id,
        "system__time_utc": now.astimezone(UTC).isoformat(timespec="seconds"),
        "system__time": f"{now:%A, %H:%M} {now.day} {now:%B %Y}",
        TIMEZONE: str(now.tzinfo or UTC),
        "system__call_duration_secs": int(call_duration_s),
        "system__caller_id": caller_id,
        "system__called_number": called_number,
        "system__call_sid": call_sid,
    }
