"""Logging: one line an event, to stderr, ours and the libraries' alike, and never a key in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"(?:^|[_-])(?:api[_-]?keys?|authorization|token|secret|password|signature)$", re.IGNORECASE
)
# Keys inside text, which is where an access log's address and a dumped header have them.
_SECRET_IN_TEXT = re.compile(
    r"""((?:api[_-]?keys?|authorization|token|signature)["']?\s*[=:]\s*["']?(?:bearer(?:\s|%20|\+)+)?
        |bearer[\s.])
        [^\s&"',;}\])]+""",
    re.IGNORECASE | re.VERBOSE,
)

# Anybody can bring these about: by a text frame that is not UTF-8, which uvicorn reports with a
# traceback, and by text that nobody can speak, behind which a streamed answer has to be cut off.
_PEERS_DOING = frozenset(
    {
        "Invalid UTF-8 sequence received from client.",
        "ASGI callable returned without completing response.",
    }
)


def redact_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: values under a secret's name, and secrets in texts, become a mark."""
    return {name: _redacted(name, value) for name, value in event.items()}


def configure_logging(level: LogLevel, format: LogFormat) -> None:
    """Sets up structlog and the standard library's logging for this process.

    Later calls replace what earlier ones set up.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StderrHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Before the mark is made, so that a traceback is text and is searched too.
                structlog.processors.format_exc_info,
                redact_secrets,
                _renderer(format),
            ],
        )
    )
    handler.addFilter(_without_false_alarm)
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _StderrHandler)]
    root.addHandler(handler)
    root.setLevel(level.upper())
    # httpx logs whole URLs, and in those of webhooks there may be keys; alembic, what nobody asked.
    for name in ("httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Ours, so that the next `configure_logging` knows which one to replace."""


def _without_false_alarm(record: logging.LogRecord) -> bool:
    """Makes news of what uvicorn takes for errors of ours."""
    if record.name == "uvicorn.error" and record.msg in _PEERS_DOING:
        record.levelno, record.levelname, record.exc_info = logging.INFO, "INFO", None
    return logging.getLogger().isEnabledFor(record.levelno)


def _renderer(format: LogFormat) -> Processor:
    if format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _redacted(name: str, value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if _SECRET_NAME.search(name) and value:
        return REDACTED
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(name, inner) for inner in value]
    text = value if isinstance(value, str) else repr(value)
    return _SECRET_IN_TEXT.sub(rf"\1{REDACTED}", text)
