"""What came of each call that a program made, as one JSON object on standard output."""

import json
import sys
import traceback
from collections.abc import Callable, Mapping


def tell(calls: Mapping[str, Callable[[], object]]) -> None:
    """Makes the calls one after the other; one that fails keeps no other from being made."""
    outcomes: dict[str, dict[str, object]] = {}
    for name, call in calls.items():
        try:
            outcomes[name] = {"answer": call()}
        except Exception:
            outcomes[name] = {"failure": traceback.format_exc()}
    json.dump(outcomes, sys.stdout)
