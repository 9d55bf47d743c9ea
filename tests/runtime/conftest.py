"""Ears on real worker processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.ears_scene import ears_in
from vivavoce.runtime.ears import EarsWorkerPool


@pytest.fixture
def workers_find_the_breakable_ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture
async def pair(
    tmp_path: Path, workers_find_the_breakable_ears: None
) -> AsyncIterator[EarsWorkerPool]:
    """Two workers."""
    async with ears_in(tmp_path, workers=2) as pool:
        yield pool


@pytest.fixture
async def lone(
    tmp_path: Path, workers_find_the_breakable_ears: None
) -> AsyncIterator[EarsWorkerPool]:
    """One worker."""
    async with ears_in(tmp_path, workers=1) as pool:
        yield pool
