"""What holds for the tests of the server: data in files of their own, at a time they move on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.conftest import Clock, clock, database, store

__all__ = ["Clock", "clock", "database", "store"]


@pytest.fixture(autouse=True)
def own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of a test keeps anything in the home directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
