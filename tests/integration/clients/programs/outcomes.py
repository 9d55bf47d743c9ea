"""What came of each call that a program made, and whether it is what its type says."""

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping

from pydantic import BaseModel, ValidationError


def tell(calls: Mapping[str, Callable[[], object]]) -> None:
    """Makes the calls one after the other and prints what came of each, as one JSON object.

    One that fails keeps no other from being made.
    """
    outcomes: dict[str, dict[str, object]] = {}
    for name, call in calls.items():
        try:
            outcomes[name] = {"answer": call()}
        except Exception:
            outcomes[name] = {"failure": traceback.format_exc()}
    json.dump(outcomes, sys.stdout)


def problems(answers: Iterable[BaseModel]) -> list[str]:
    """Where the answers are not what their types say; the SDK itself does not look."""
    found: list[str] = []
    for answer in answers:
        try:
            type(answer).model_validate(answer.model_dump(by_alias=True))
        except ValidationError as error:
            found.append(str(error))
    return found
