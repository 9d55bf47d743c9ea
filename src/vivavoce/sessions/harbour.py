"""Sessions that outlive their sockets, and who comes back to them."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import structlog

from vivavoce.errors import ResumeWindowExceeded, SessionForbidden, SessionNotFound
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.surviving import SurvivingLine
from vivavoce.sessions.view import Socket
from vivavoce.wire.resume import Grant, Return

_log = structlog.get_logger(__name__)


class Drainable(Protocol):
    """A session as far as shutting down is concerned."""

    def drain(self, *, at_once: bool = False) -> None:
        """Leave when what is under way is done, or now."""


class Session(Drainable, Protocol):
    """Serves one connection."""

    async def run(self) -> None:
        """Until it is closed."""


class _Berth(NamedTuple):
    """A session, and where its client finds it."""

    path: str
    line: SurvivingLine
    session: Session

    def drain(self, *, at_once: bool = False) -> None:
        """See `Session.drain`; nobody can come back to a server that is leaving."""
        self.session.drain(at_once=at_once)
        self.line.expect_nobody()


class Harbour:
    """`async with` one; sessions that began in it end with it."""

    def __init__(self, inside_for: Callable[[Drainable], AbstractContextManager[None]]) -> None:
        """`inside_for` counts a session in for as long as its block lasts."""
        self._inside_for = inside_for
        self._berths: dict[str, _Berth] = {}
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for berth in list(self._berths.values()):
            berth.line.expect_nobody()
        await self._tasks.__aexit__(kind, error, trace)

    @property
    def away(self) -> int:
        """How many sessions are without a socket."""
        return sum(berth.line.presence.is_away for berth in self._berths.values())

    async def begin(
        self,
        socket: Socket,
        path: str,
        make_session: Callable[[Duplex], Session],
        carries_grant: Callable[[str], bool] | None,
    ) -> None:
        """Runs a new session through `socket`, and returns when that has nothing more to do."""
        line = SurvivingLine(_new_grant(), carries_grant=carries_grant)
        berth = _Berth(path, line, make_session(line))
        self._berths[line.grant.session_id] = berth
        self._tasks.create_task(self._keep(berth))
        await line.serve(socket)

    def resume(self, socket: Socket, path: str, returned: Return) -> Coroutine[None, None, None]:
        """What goes on through `socket` when awaited. Raises what `NotResumed` stands for."""
        berth = self._berths.get(returned.session_id)
        if berth is None or berth.path != path:
            raise SessionNotFound("There is no such session.")
        if not hmac.compare_digest(berth.line.grant.token.encode(), returned.token.encode()):
            raise SessionForbidden("The token is not that of the session.")
        if berth.line.is_over_for(returned.last_seq):
            raise SessionNotFound("The session is over.")
        if not berth.line.can_replay_after(returned.last_seq):
            raise ResumeWindowExceeded("Frames that were missed are not kept any more.")
        return berth.line.serve(socket, returned.last_seq)

    async def _keep(self, berth: _Berth) -> None:
        line = berth.line
        lapsing = self._tasks.create_task(line.lapse_when_away())
        try:
            with self._inside_for(berth):
                await berth.session.run()
        except Exception as error:  # one session's fault must not end the others
            _log.error("session broke", exc_info=error)
        line.finish()
        await line.lapsed()
        lapsing.cancel()
        del self._berths[line.grant.session_id]


def _new_grant() -> Grant:
    return Grant(f"sess_{secrets.token_hex(13)}", secrets.token_urlsafe(32))
