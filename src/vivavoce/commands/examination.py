"""The doctor's round: every check, in the order of the report."""

from __future__ import annotations

import os
from collections.abc import Iterator

from vivavoce.commands import ears_checks, machine_checks, mind_checks, voice_checks
from vivavoce.commands.check import Check, ok, problem
from vivavoce.config import Settings, check_binding, load_settings
from vivavoce.errors import ConfigError
from vivavoce.logs import configure_logging
from vivavoce.store.presence import has_stored_keys


def examine() -> Iterator[Check]:
    """Checks as they are made."""
    configure_logging("warning", "console")
    try:
        settings = load_settings(None, os.environ, {})
        check_binding(settings, has_stored_keys)
    except ConfigError as error:
        yield problem("settings", str(error), "correct it; the rest is checked with the defaults")
        settings = Settings()
    else:
        yield ok("settings", "as the environment has them")
    yield machine_checks.python()
    yield machine_checks.cores()
    yield machine_checks.cache(settings)
    yield voice_checks.model()
    graphs = voice_checks.graphs(settings)
    yield graphs
    sample = None
    if graphs.state == "ok":
        speech, sample = voice_checks.speech(settings)
        yield speech
    yield voice_checks.languages(settings)
    files = (ears_checks.ears(), ears_checks.detector())
    yield from files
    if sample is not None and all(check.state == "ok" for check in files):
        yield ears_checks.hearing(settings, sample)
    model = mind_checks.mind(settings)
    yield model
    if model.state == "ok":
        yield mind_checks.thinking(settings)
    yield machine_checks.port(settings)
    yield machine_checks.tls(settings)
    yield machine_checks.loudspeaker()
    yield machine_checks.microphone()
    yield machine_checks.ffmpeg()
    yield voice_checks.without_effect()
