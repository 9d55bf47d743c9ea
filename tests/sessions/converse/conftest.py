"""Tests of a module that says `IN_VIRTUAL_TIME = True` take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.sessions.converse.virtual_time import VirtualTimeLoop


def pytest_asyncio_loop_factories(
    item: pytest.Function,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """See pytest-asyncio."""
    if getattr(item.module, "IN_VIRTUAL_TIME", False):
        return {"virtual time": VirtualTimeLoop}
    return {"real time": asyncio.new_event_loop}
