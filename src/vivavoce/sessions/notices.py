"""What an operator should know, said once."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

_log = structlog.get_logger(__name__)


class Notices:
    """Names each setting that callers send and no voice here honours, once per server."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    def without_effect(self, names: Iterable[str]) -> None:
        """`names` come from a fixed vocabulary, so that what is remembered stays small."""
        for name in names:
            if name not in self._named:
                self._named.add(name)
                _log.info("setting has no effect here", setting=name)
