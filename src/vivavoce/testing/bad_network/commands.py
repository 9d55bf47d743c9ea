"""A bad network for programs in any language: commands in, a line of JSON out for each."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from vivavoce.testing.bad_network.plan import PlanError, checked
from vivavoce.testing.bad_network.proxy import BadNetwork
from vivavoce.testing.bad_network.records import ConnectionRecord


def obey(network: BadNetwork, line: str) -> dict[str, object]:
    """Carries one command out: the name of a misfortune, with seconds if it takes any, or
    `connections`; what is to be answered. Times are seconds ago, since clocks differ.
    """
    name, *arguments = line.split() or [""]
    if name == "connections" and not arguments:
        now = time.monotonic()
        return {"connections": [_told(record, now) for record in network.connections]}
    try:
        if len(arguments) > 1:
            raise PlanError(f"{name} takes one number at most")
        misfortune = checked(name, float(arguments[0]) if arguments else None)
    except PlanError as error:
        return {"error": str(error)}
    except ValueError:
        return {"error": f"{arguments[0]!r} is no number of seconds"}
    connections = network.open_connections
    network.befall(misfortune)
    return {"done": name, "seconds": misfortune.seconds, "connections": connections}


def as_line(answer: dict[str, object]) -> str:
    """One line."""
    return json.dumps(answer)


def _told(record: ConnectionRecord, now: float) -> dict[str, object]:
    told = asdict(record)
    for name in [name for name in told if name.endswith("_at")]:
        at = told.pop(name)
        told[f"{name.removesuffix('_at')}_s_ago"] = None if at is None else round(now - at, 4)
    return told
