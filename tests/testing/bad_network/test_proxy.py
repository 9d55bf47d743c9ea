from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import pytest

from vivavoce.testing.bad_network import BadNetwork, Plan, parse_plan

HOST = "127.0.0.1"


class Peer:
    """A server that echoes; after `pour N` it sends N bytes at once."""

    def __init__(self) -> None:
        self.port = 0
        self.failures: list[BaseException] = []
        self.heard = b""
        self.ended = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.heard += line
                writer.write(bytes(int(line[5:])) if line.startswith(b"pour ") else line)
                await writer.drain()
        except OSError as error:
            self.failures.append(error)
        finally:
            self.ended += 1
            writer.close()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.serve, HOST, 0)
    peer.port = server.sockets[0].getsockname()[1]
    yield peer
    server.close()
    await server.wait_closed()


@contextlib.asynccontextmanager
async def network_to(peer: Peer, plan: Plan | None = None) -> AsyncIterator[BadNetwork]:
    async with asyncio.timeout(20), BadNetwork(HOST, peer.port, plan=plan) as network:
        yield network


@contextlib.asynccontextmanager
async def through(
    network: BadNetwork,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, network.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def said(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes = b"hello\n"
) -> bytes:
    writer.write(line)
    return await reader.readline()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


async def read_all(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """What comes until the end, and whether that is a reset."""
    got = b""
    try:
        while data := await reader.read(65536):
            got += data
    except ConnectionResetError:
        return got, True
    return got, False


async def test_a_network_to_which_nothing_happens_carries_every_byte(peer: Peer) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        writer.write(b"pour 3000000\n")
        assert len(await reader.readexactly(3_000_000)) == 3_000_000
        [record] = network.connections
    assert record.sent_bytes == len(b"pour 3000000\n")
    assert record.heard_bytes == 3_000_000
    assert record.first_sent_at is not None
    assert record.first_heard_at is not None
    assert record.opened_at <= record.first_sent_at <= record.first_heard_at


async def test_a_cut_resets_both_sides_of_every_connection_and_lets_newcomers_in(
    peer: Peer,
) -> None:
    async with network_to(peer) as network:
        async with through(network) as one, through(network) as other:
            assert [await said(*one), await said(*other)] == [b"hello\n"] * 2
            network.cut()
            assert await read_all(one[0]) == (b"", True)
            assert await read_all(other[0]) == (b"", True)
        await until(lambda: peer.ended == 2)
        assert [type(failure) for failure in peer.failures] == [ConnectionResetError] * 2
        async with through(network) as again:
            assert await said(*again) == b"hello\n"
        assert [record.ended_by for record in network.connections[:2]] == ["cut", "cut"]
        assert network.happened[0].connections == 2


async def test_while_it_is_down_newcomers_are_refused_and_afterwards_the_port_is_the_same(
    peer: Peer,
) -> None:
    async with network_to(peer) as network:
        port = network.port
        async with through(network) as before:
            await said(*before)
            network.down(0.3)
            assert await read_all(before[0]) == (b"", True)
        refused = 0
        while not network.open_connections:
            try:
                async with through(network) as after:
                    assert await said(*after) == b"hello\n"
                    break
            except ConnectionRefusedError:
                refused += 1
                await asyncio.sleep(0.01)
        assert refused > 3
        assert network.port == port
        assert network.connections[-1].opened_at - network.happened[0].at >= 0.3


async def test_a_longer_outage_swallows_a_shorter_one(peer: Peer) -> None:
    async with network_to(peer) as network:
        network.down(0.3)
        network.down(0.1)
        began = network.happened[0].at
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                async with through(network) as after:
                    await said(*after)
                    break
            await asyncio.sleep(0.01)
        assert time.monotonic() - began >= 0.3


async def test_a_stall_holds_everything_back_and_loses_nothing(peer: Peer) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        assert await said(reader, writer) == b"hello\n"
        network.stall(0.3)
        assert await said(reader, writer, b"anybody?\n") == b"anybody?\n"
        assert time.monotonic() - network.happened[0].at >= 0.3


async def test_a_delay_takes_its_time_in_each_direction_until_it_is_taken_back(
    peer: Peer,
) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        network.delay(0.1)
        began = time.monotonic()
        assert await said(reader, writer) == b"hello\n"
        assert time.monotonic() - began >= 0.2
        network.delay(0.0)
        began = time.monotonic()
        assert await said(reader, writer) == b"hello\n"
        assert time.monotonic() - began < 0.2


async def test_after_a_half_close_the_client_hears_no_more_and_the_server_still_does(
    peer: Peer,
) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        await said(reader, writer)
        network.half_close()
        assert await read_all(reader) == (b"", False)
        writer.write(b"still here\n")
        await until(lambda: b"still here\n" in peer.heard)
        [record] = network.connections
    assert record.ended_by == "half-close"


async def test_a_truncated_piece_ends_in_its_middle_with_a_goodbye(peer: Peer) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        await said(reader, writer)
        network.truncate()
        writer.write(b"pour 1000\n")
        got, is_reset = await read_all(reader)
    assert (len(got), is_reset) == (500, False)
    assert network.connections[0].ended_by == "truncate"


@pytest.mark.parametrize(("plan", "is_reset"), [("cut@777b", True), ("truncate@777b", False)])
async def test_a_plan_by_the_byte_breaks_the_connection_at_that_byte(
    peer: Peer, plan: str, is_reset: bool
) -> None:
    async with network_to(peer, parse_plan(plan)) as network, through(network) as (reader, writer):
        writer.write(b"pour 5000\n")
        got, was_reset = await read_all(reader)
        async with through(network) as again:
            assert await said(*again) == b"hello\n"
    assert (len(got), was_reset) == (777, is_reset)


async def test_a_plan_by_the_clock_runs_from_the_start_on(peer: Peer) -> None:
    async with network_to(peer, parse_plan("cut@0.1s cut@0.2s")) as network:
        for _ in range(2):
            async with through(network) as (reader, writer):
                await said(reader, writer)
                assert (await read_all(reader))[1]
        assert [record.ended_by for record in network.connections] == ["cut", "cut"]


async def test_the_end_of_either_side_reaches_the_other(peer: Peer) -> None:
    async with network_to(peer) as network:
        async with through(network) as (reader, writer):
            await said(reader, writer)
            writer.write_eof()
            assert await read_all(reader) == (b"", False)
        await until(lambda: not network.open_connections)
        [record] = network.connections
        assert record.ended_by == "client"
        assert record.closed_at is not None


async def test_a_server_that_is_not_there_shows_as_a_reset(peer: Peer) -> None:
    nobody = await asyncio.start_server(peer.serve, HOST, 0)
    port = nobody.sockets[0].getsockname()[1]
    nobody.close()
    await nobody.wait_closed()
    async with BadNetwork(HOST, port) as network, through(network) as (reader, _):
        assert await read_all(reader) == (b"", True)
        assert network.connections[0].ended_by == "server"


async def test_the_end_of_the_block_ends_every_connection_and_frees_the_port(peer: Peer) -> None:
    async with network_to(peer) as network:
        reader, writer = await asyncio.open_connection(HOST, network.port)
        await said(reader, writer)
        port = network.port
    assert await read_all(reader) == (b"", True)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    async with BadNetwork(HOST, peer.port, listen=port) as network:
        assert network.port == port


async def test_what_the_block_raises_comes_out_as_what_it_is(peer: Peer) -> None:
    async def fail() -> None:
        async with network_to(peer) as network, through(network) as line:
            await said(*line)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()


async def test_it_records_when_the_first_bytes_behind_an_http_head_came(peer: Peer) -> None:
    async with network_to(peer) as network, through(network) as (reader, writer):
        for line in (b"HTTP/1.1 101 Switching\r\n", b"upgrade: websocket\r\n"):
            await said(reader, writer, line)
        writer.write(b"\r\n")
        await reader.readline()
    assert network.connections[0].answered_at is None
    async with network_to(peer) as network, through(network) as (reader, writer):
        writer.write(b"HTTP/1.1 101 Switching\r\n\r\nfirst\n")
        while await reader.readline() != b"first\n":
            pass
    [record] = network.connections
    assert record.answered_at is not None
