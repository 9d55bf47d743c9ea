"""Headers of the requests that tools make, as agents configure them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from vivavoce.core.placeholders import Variable, fill, shown
from vivavoce.errors import MissingVariable
from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.wire.lenient import filled, inside

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_BREAKS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECRET: Final = "secret__{}"


def filled_headers(
    headers: Mapping[str, object], variables: Mapping[str, Variable]
) -> dict[str, str]:
    """Texts with placeholders filled; `{"variable_name"}` and `{"secret_id"}` are looked up.

    There is no store of secrets here: a secret is the dynamic variable `secret__<its id>`. Raises
    ToolRefused, also for what would end a header and begin another one.
    """
    found = {name: _value(name, value, variables) for name, value in headers.items()}
    for name, value in found.items():
        if not _NAME.fullmatch(name) or _BREAKS.search(value):
            raise ToolRefused("A header of the tool has characters that no header may have.")
    return {name: value.strip() for name, value in found.items()}


def _value(name: str, value: object, variables: Mapping[str, Variable]) -> str:
    if isinstance(value, str):
        try:
            return fill(value, variables)
        except MissingVariable as error:
            raise ToolRefused(str(error)) from error
    variable = filled(inside(value, "variable_name"))
    secret = filled(inside(value, "secret_id"))
    looked_up = variable or (_SECRET.format(secret) if secret else "")
    if looked_up not in variables:
        raise ToolRefused(f"The header {name} of the tool has no value.")
    return shown(variables[looked_up])
