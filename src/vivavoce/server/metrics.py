"""What a Prometheus server reads of this one."""

from __future__ import annotations

from typing import Final

import msgspec
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from vivavoce.core.call_record import Waterfall

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_BUCKETS_S: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.5, 2.5, 5.0)


class Metrics:
    """Of one server; each has a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._steps = Histogram(
            "vivavoce_answer_step_seconds",
            "From the caller's last sound to each step of the agent's answer.",
            ["step"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self.connections = Gauge(
            "vivavoce_connections", "Sockets that are being served.", registry=self._registry
        )
        self.away = Gauge(
            "vivavoce_sessions_away",
            "Sessions whose client has lost its socket and may come back.",
            registry=self._registry,
        )
        self._returns = Counter(
            "vivavoce_returns",
            "Clients that came back to a session, by what became of it.",
            ["outcome"],
            registry=self._registry,
        )

    def returned(self, outcome: str) -> None:
        """A client came back; `outcome` is "resumed" or the id of the refusal."""
        self._returns.labels(outcome).inc()

    def answered(self, waterfall: Waterfall) -> None:
        """An answer to speech has been heard."""
        for step, milliseconds in msgspec.structs.asdict(waterfall).items():
            if milliseconds is not None:
                self._steps.labels(step).observe(milliseconds / 1000)

    def page(self) -> bytes:
        """All of it, in the text format that `CONTENT_TYPE` names."""
        return generate_latest(self._registry)
