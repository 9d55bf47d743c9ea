from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app
from vivavoce.commands.serving import EarlyPool
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed
from vivavoce.runtime.base import SpeechPool
from vivavoce.runtime.inprocess import InProcessPool


class Pool:
    """A pool that tells when it was entered and left."""

    def __init__(self, *, loads: bool = True) -> None:
        self.events: list[str] = []
        self._loads = loads

    @contextlib.asynccontextmanager
    async def entered(self) -> AsyncIterator[SpeechPool]:
        await asyncio.sleep(0)
        if not self._loads:
            raise EngineFailed("it does not load")
        self.events.append("entered")
        try:
            yield InProcessPool(FakeVoice())
        finally:
            await asyncio.sleep(0)
            self.events.append("left")


async def test_a_pool_starts_before_it_is_owned_and_is_left_before_its_owner_goes_on() -> None:
    pool = Pool()
    early = EarlyPool(pool.entered())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(early.keep())
        await early.ready()
        assert pool.events == ["entered"]
        async with early.owned() as owned:
            assert owned.sample_rate > 0
        assert pool.events == ["entered", "left"]


async def test_a_pool_that_does_not_load_ends_the_wait_for_it() -> None:
    early = EarlyPool(Pool(loads=False).entered())

    async def start() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(early.keep())
            await early.ready()

    with pytest.raises(ExceptionGroup) as raised:
        await start()
    assert raised.group_contains(EngineFailed, match="does not load")


async def test_a_pool_nobody_came_for_is_left_all_the_same() -> None:
    pool = Pool()
    early = EarlyPool(pool.entered())
    keeping = asyncio.create_task(early.keep())
    await early.ready()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert pool.events == ["entered", "left"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "--port cannot be 99999"),
        (["--log-level", "loud"], "--log-level cannot be 'loud'"),
        (["--host", "0.0.0.0"], "there is no key"),
        (["--config", "/nonexistent.toml"], "/nonexistent.toml: cannot be read"),
        (["--host", "no.such.host.invalid", "--api-key", "k"], "no.such.host.invalid"),
    ],
)
def test_settings_that_cannot_be_are_one_line_and_exit_code_2(
    command_line: CliRunner, arguments: list[str], said: str
) -> None:
    run = command_line.invoke(app, ["serve", *arguments])
    assert run.exit_code == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_one_line_and_exit_code_2(command_line: CliRunner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = command_line.invoke(app, ["serve", "--port", str(port)])
    assert run.exit_code == 2
    assert f"port {port} on 127.0.0.1 is taken" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_cache_that_cannot_be_made_is_one_line_and_exit_code_2(
    command_line: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VIVAVOCE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    run = command_line.invoke(app, ["serve", "--port", "0"])
    assert run.exit_code == 2
    assert "cache_dir" in run.stderr
    assert run.stderr.count("\n") == 1
