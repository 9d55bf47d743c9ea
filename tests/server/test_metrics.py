"""What a Prometheus server reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from vivavoce.core.call_record import Waterfall
from vivavoce.server.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """By name and step."""
    families = text_string_to_metric_families(metrics.page().decode())
    return {
        (sample.name, sample.labels.get("step", "")): sample.value
        for family in families
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_each_step_of_an_answer_is_counted_in_seconds() -> None:
    metrics = Metrics()
    metrics.answered(Waterfall(endpoint=200.0, first_audible=450.0))
    metrics.answered(Waterfall(endpoint=300.0, first_audible=550.0))
    found = samples(metrics)
    name = "vivavoce_answer_step_seconds"
    assert found[(f"{name}_count", "endpoint")] == 2
    assert found[(f"{name}_sum", "endpoint")] == 0.5
    assert found[(f"{name}_sum", "first_audible")] == 1.0


def test_a_step_that_there_was_not_is_not_counted() -> None:
    metrics = Metrics()
    metrics.answered(Waterfall(endpoint=200.0))
    assert ("vivavoce_answer_step_seconds_count", "first_token") not in samples(metrics)


def test_each_server_has_figures_of_its_own() -> None:
    first, second = Metrics(), Metrics()
    first.connections.set(3)
    assert samples(first)[("vivavoce_connections", "")] == 3
    assert samples(second)[("vivavoce_connections", "")] == 0


def test_who_comes_back_is_counted_by_what_becomes_of_it() -> None:
    metrics = Metrics()
    for outcome in ("resumed", "resumed", "session_not_found"):
        metrics.returned(outcome)
    families = text_string_to_metric_families(metrics.page().decode())
    found = {
        sample.labels["outcome"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == "vivavoce_returns_total"
    }
    assert found == {"resumed": 2, "session_not_found": 1}
