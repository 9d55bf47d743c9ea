"""What engines need of the machine that they run on."""

from __future__ import annotations

import os

from vivavoce.config import Settings
from vivavoce.errors import ConfigError


def available_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def prepare_cache(settings: Settings) -> None:
    """Makes the cache directory, without which workers could only fail. Raises ConfigError."""
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"cache_dir {settings.cache_dir} cannot be made: {error.strerror}; name another in "
            "VIVAVOCE_CACHE_DIR"
        ) from error
