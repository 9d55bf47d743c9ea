"""Connections that outlive their sockets: who asks, who comes back, and numbered frames.

Server frames carry `seq` and `ack`; what has no `seq` (an acknowledgement, the answer to a
heartbeat, the greeting of one who came back) is not sent again.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from vivavoce.errors import InvalidParameter
from vivavoce.wire.parameters import integer, is_true

WINDOW_MS: Final = 30_000

# Of a query with nothing but rubbish in it; ids and tokens are far shorter.
_LONGEST_SECRET: Final = 128


class Grant(NamedTuple):
    """What a client needs to come back."""

    session_id: str
    token: str

    def __repr__(self) -> str:
        """Without the token: a repr ends up in logs."""
        return f"Grant({self.session_id!r})"


class Return(NamedTuple):
    """What a client says that comes back; `last_seq` is the last frame that it has."""

    session_id: str
    token: str
    last_seq: int

    def __repr__(self) -> str:
        """Without the token: a repr ends up in logs."""
        return f"Return({self.session_id!r}, last_seq={self.last_seq})"


class ClientFrame(NamedTuple):
    """A client's frame as far as numbering is concerned.

    `acknowledged` and `heartbeat` are those of frames that say nothing else.
    """

    cseq: int | None = None
    acknowledged: int | None = None
    heartbeat: int | None = None


class _Numbered(msgspec.Struct):
    type: object = None
    cseq: object = None
    ack: object = None
    id: object = None


_decoder: Final = msgspec.json.Decoder(_Numbered)


def asks_to_survive(query_string: str) -> bool:
    """Whether a client wants a connection that outlives its socket."""
    return is_true(dict(parse_qsl(query_string)).get("resume", ""))


def parse_return(query_string: str) -> Return | None:
    """Who comes back, None for a newcomer. Raises InvalidParameter."""
    given = dict(parse_qsl(query_string, keep_blank_values=True))
    if "session" not in given:
        return None
    for name in ("session", "token"):
        if len(given.get(name, "")) > _LONGEST_SECRET:
            raise InvalidParameter(f"{name} is too long.", param=name)
    last_seq = integer(given, "last_seq", low=0) or 0
    return Return(given["session"], given.get("token", ""), last_seq)


def read_client_frame(frame: str | bytes) -> ClientFrame:
    """What a client's frame says of numbers; nothing, if it is not a JSON object.

    Raises InvalidParameter for what should be a number and is none.
    """
    try:
        numbered = _decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeError):
        return ClientFrame()
    match numbered:
        case _Numbered(type="ack"):
            return ClientFrame(acknowledged=_count(numbered.ack, "ack", low=0))
        case _Numbered(type="heartbeat"):
            return ClientFrame(heartbeat=_count(numbered.id, "id", low=0))
        case _Numbered(cseq=None):
            return ClientFrame()
    return ClientFrame(cseq=_count(numbered.cseq, "cseq", low=1))


def numbered(frame: str, seq: int, ack: int) -> str:
    """A frame, which is a JSON object with members, with its numbers in front."""
    return f'{{"seq":{seq},"ack":{ack},{frame[1:]}'


def grant_frame(grant: Grant) -> str:
    """The first frame where none of the protocol's own can carry the grant."""
    return f'{{"type":"session",{_session(grant)}}}'


def with_grant(frame: str, grant: Grant) -> str:
    """A frame, which is a JSON object with members, that carries the grant, too."""
    return f"{{{_session(grant)},{frame[1:]}"


def resumed_frame(ack: int) -> str:
    """The first thing that one hears who has come back; `ack` is the last frame taken of his."""
    return f'{{"type":"session","resumed":true,"ack":{ack}}}'


def ack_frame(ack: int) -> str:
    """The client's frames up to `ack` have been taken."""
    return f'{{"type":"ack","ack":{ack}}}'


def heartbeat_frame(number: int) -> str:
    """The answer to a client's heartbeat."""
    return f'{{"type":"heartbeat","id":{number}}}'


def _count(value: object, name: str, *, low: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= low:
        return value
    raise InvalidParameter(f"{name} must be a whole number at least {low}.", param=name)


def _session(grant: Grant) -> str:
    body = {"id": grant.session_id, "token": grant.token, "window_ms": WINDOW_MS}
    return f'"session":{msgspec.json.encode(body).decode()}'
