from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator

import pytest

MODULE = "vivavoce.testing.bad_network"


class Program:
    """The proxy as another language's tests run it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        told: dict[str, object] = json.loads(await self._process.stdout.readline())
        return told

    async def ask(self, line: str) -> dict[str, object]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        return await self.answer()


async def started(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, *arguments, stdin=pipe, stdout=pipe, stderr=pipe
    )


@contextlib.asynccontextmanager
async def program(*arguments: str) -> AsyncIterator[Program]:
    """Runs it until the block ends, which must end it without a word."""
    process = await started(*arguments)
    async with asyncio.timeout(60):
        try:
            yield Program(process)
        finally:
            _, failures = await process.communicate(b"")
        assert (process.returncode, failures) == (0, b"")


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(100):
            writer.write(data)
    writer.close()


@pytest.fixture
async def server() -> AsyncIterator[str]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def test_commands_on_its_stdin_happen_and_are_answered_in_json(server: str) -> None:
    async with program("--to", server) as network:
        host, _, port = str((await network.answer())["listening"]).partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        assert await network.ask("cut") == {"done": "cut", "seconds": 0.0, "connections": 1}
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        [record] = (await network.ask("connections"))["connections"]  # type: ignore[misc]
        assert record["ended_by"] == "cut"
        assert record["heard_bytes"] == 5
        assert (await network.ask("down 0.5"))["seconds"] == 0.5


async def test_a_command_that_it_does_not_know_is_answered_and_changes_nothing(
    server: str,
) -> None:
    async with program("--to", server) as network:
        await network.answer()
        assert "'explode' is none of cut" in str((await network.ask("explode"))["error"])
        assert "takes a number of seconds" in str((await network.ask("stall"))["error"])
        assert "no number of seconds" in str((await network.ask("stall soon"))["error"])
        assert await network.ask("connections") == {"connections": []}


async def test_a_plan_of_the_command_line_is_carried_out(server: str) -> None:
    async with program("--to", server, "--plan", "cut@5b") as network:
        host, _, port = str((await network.answer())["listening"]).partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"hello you")
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(9)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def test_misfortunes_are_drawn_without_end(server: str) -> None:
    drawn = ("--random", "cut,stall", "--every", "0.01:0.02", "--lasting", "0:0", "--seed", "7")
    async with program("--to", server, *drawn) as network:
        host, _, port = str((await network.answer())["listening"]).partition(":")
        for _ in range(3):
            reader, writer = await asyncio.open_connection(host, int(port))
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(1)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@pytest.mark.parametrize(
    "arguments", [["--to", "nowhere"], ["--to", "127.0.0.1:1", "--plan", "cut@noon"]]
)
async def test_what_it_cannot_do_ends_it_with_a_reason(arguments: list[str]) -> None:
    process = await started(*arguments)
    _, failures = await process.communicate()
    assert process.returncode == 2
    assert failures.startswith(b"bad_network: ")
    assert b"Traceback" not in failures


async def test_it_ends_when_it_is_told_to_terminate(server: str) -> None:
    process = await started("--to", server)
    assert process.stdout is not None
    await process.stdout.readline()
    process.terminate()
    await process.communicate()
    assert process.returncode == 0
