"""The proxy: listens on this machine, and lets everything befall all its connections at once."""

from __future__ import annotations

import asyncio
import socket
import time
from types import TracebackType
from typing import Self

from vivavoce.testing.bad_network.passing import Passing, Streams, Weather, reset_on_close
from vivavoce.testing.bad_network.plan import Kind, Misfortune, Plan
from vivavoce.testing.bad_network.records import ConnectionRecord, Happened

_HOST = "127.0.0.1"
_BACKLOG = 512
_NOTHING = (None, None, None)


class BadNetwork:
    """A network between clients and the server at `host`:`port`, up within `async with`.

    It listens on `listen`, or on any free port, of this machine only. What `plan` has happens from
    the start on; everything else is done by hand. All methods return at once, and belong to the
    loop that it runs in.
    """

    def __init__(self, host: str, port: int, *, listen: int = 0, plan: Plan | None = None) -> None:
        self.connections: list[ConnectionRecord] = []
        """Of every client that got through, in the order in which they came."""
        self.happened: list[Happened] = []
        self._host, self._to, self._listen = host, port, listen
        self._plan = plan or Plan()
        self._weather = Weather()
        self._passing: dict[int, Passing] = {}
        self._down_until = 0.0
        self._tasks = asyncio.TaskGroup()
        self._up_again: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        # Bound and never listened on: it keeps the port for us while the network is down.
        self._holder: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._came = asyncio.Event()
        self._is_closing = False

    async def __aenter__(self) -> Self:
        """Raises OSError when nobody may listen on the port."""
        self._holder = _bound(self._listen)
        self._listen = self.port
        try:
            await self._open()
        except BaseException:
            self._holder.close()
            raise
        await self._tasks.__aenter__()
        self._following = self._tasks.create_task(self._follow())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closing = True
        self._shut()
        self._cut("the end")
        for task in (self._following, self._up_again, *self._carrying):
            if task is not None:
                task.cancel()
        try:
            # A group would wrap what the block raises; a cancellation may be the group's own.
            is_cancelled = isinstance(error, asyncio.CancelledError)
            await self._tasks.__aexit__(*((kind, error, trace) if is_cancelled else _NOTHING))
        finally:
            if self._holder is not None:
                self._holder.close()
            await asyncio.sleep(0)  # in which the transports that were aborted go

    @property
    def port(self) -> int:
        """Where clients connect. Raises RuntimeError before it is up."""
        if self._holder is None:
            raise RuntimeError("the network is not up yet")
        port: int = self._holder.getsockname()[1]
        return port

    def url(self, path: str = "", scheme: str = "ws") -> str:
        """Where clients find `path` of the server."""
        return f"{scheme}://{_HOST}:{self.port}{path}"

    @property
    def open_connections(self) -> int:
        """How many are through at the moment."""
        return len(self._passing)

    def befall(self, misfortune: Misfortune) -> None:
        """It happens, now."""
        kind, seconds = misfortune
        now = time.monotonic()
        self.happened.append(Happened(now, misfortune, len(self._passing)))
        match kind:
            case Kind.CUT:
                self._cut(kind)
            case Kind.STALL:
                self._weather.stall(now + seconds)
            case Kind.DELAY:
                self._weather.delay_s = seconds
            case Kind.DOWN:
                self._go_down(now + seconds)
            case Kind.HALF_CLOSE:
                for passing in self._passing.values():
                    passing.half_close()
            case Kind.TRUNCATE:
                for passing in self._passing.values():
                    passing.break_off()

    def cut(self) -> None:
        """Both sides of every connection get a reset; newcomers get through."""
        self.befall(Misfortune(Kind.CUT))

    def stall(self, seconds: float) -> None:
        """For so long nothing flows, newcomers' bytes neither; then all of it does."""
        self.befall(Misfortune(Kind.STALL, seconds))

    def delay(self, seconds: float) -> None:
        """From now on everything takes so much longer, each way; 0 for as fast as it can be."""
        self.befall(Misfortune(Kind.DELAY, seconds))

    def down(self, seconds: float) -> None:
        """A cut, and for so long newcomers are refused."""
        self.befall(Misfortune(Kind.DOWN, seconds))

    def half_close(self) -> None:
        """Clients see the server's half end, and can still send."""
        self.befall(Misfortune(Kind.HALF_CLOSE))

    def truncate(self) -> None:
        """Of the server's next piece half comes through, then the connection ends."""
        self.befall(Misfortune(Kind.TRUNCATE))

    async def until_connected(self, count: int) -> ConnectionRecord:
        """Waits for the `count`-th connection, of all that ever were. Raises nothing itself."""
        while len(self.connections) < count:
            came = self._came
            await came.wait()
        return self.connections[count - 1]

    async def _open(self) -> None:
        listener = _bound(self._listen)
        self._server = await asyncio.start_server(self._take, sock=listener, backlog=_BACKLOG)

    def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _go_down(self, until: float) -> None:
        self._down_until = max(self._down_until, until)
        self._shut()
        self._cut(Kind.DOWN)
        if self._up_again is None:
            self._up_again = self._tasks.create_task(self._come_up_again())

    async def _come_up_again(self) -> None:
        while True:
            left = self._down_until - time.monotonic()
            if left <= 0:
                break
            await asyncio.sleep(left)
        await self._open()
        self._up_again = None
        if time.monotonic() < self._down_until:  # it went down again meanwhile
            self._go_down(self._down_until)

    def _cut(self, by: str) -> None:
        for passing in list(self._passing.values()):
            passing.end(by, reset=True)

    async def _follow(self) -> None:
        began = time.monotonic()
        while (at_s := self._plan.next_at_s) is not None:
            await asyncio.sleep(began + at_s - time.monotonic())
            for misfortune in self._plan.due(time.monotonic() - began):
                self.befall(misfortune)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closing or self._server is None:  # it got into the backlog just before
            reset_on_close(writer)
            writer.transport.abort()
            return
        carrying = self._tasks.create_task(self._carry(Streams(reader, writer)))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)

    async def _carry(self, client: Streams) -> None:
        record = ConnectionRecord(len(self.connections) + 1, time.monotonic())
        self.connections.append(record)
        self._came.set()
        self._came = asyncio.Event()
        try:
            server = Streams(*await asyncio.open_connection(self._host, self._to))
        except OSError:
            record.closed_at, record.ended_by = time.monotonic(), "server"
            reset_on_close(client.writer)
            client.writer.transport.abort()
            return
        passing = Passing(client, server, record, self._weather, self._plan.passage, self.befall)
        self._passing[record.number] = passing
        try:
            await passing.carry()
        finally:
            passing.end("the end", reset=True)
            del self._passing[record.number]


def _bound(port: int) -> socket.socket:
    """A socket on a port of this machine that others of ours may be bound to as well."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((_HOST, port))
    except BaseException:
        bound.close()
        raise
    return bound
