"""One session as its client sees it: what arrives, what is owed, and how to come back to it."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from vivavoce.clients.messages import Frame
from vivavoce.clients.numbering import Incoming, NumbersBroken, Outgoing

_CONTROLS: Final = frozenset({"ack", "session", "heartbeat"})


class _Grant(NamedTuple):
    session_id: str
    token: str


class ClientSession:
    """Reads and numbers the frames of one session; `asks` is whether it wants to be resumed.

    Whether the server grants that is known from its first frame on. Until then frames are numbered
    and kept as if it did.
    """

    def __init__(self, *, asks: bool, most_bytes: int) -> None:
        self.outgoing = Outgoing(most_bytes=most_bytes)
        self.incoming = Incoming()
        self._asks = asks
        self._grant: _Grant | None = None
        self._frames = 0
        if not asks:
            self.outgoing.without_acknowledgement()

    @property
    def session_id(self) -> str | None:
        """The server's name for it; None where none was granted."""
        return self._grant.session_id if self._grant else None

    @property
    def can_resume(self) -> bool:
        """Whether it survives the loss of its socket."""
        return self._grant is not None

    @property
    def progress(self) -> tuple[int, int]:
        """A value that changes whenever something new has come through either way."""
        return self.incoming.last, self.outgoing.forgotten

    def add(self, message: bytes) -> None:
        """Puts a message (a JSON object) behind those that are to be sent."""
        self.outgoing.add(message, is_numbered=self._asks)

    def url(self, url: str) -> str:
        """Where to begin it, or to come back to it."""
        if not self._asks:
            return url
        if self._grant is None:
            return _with_query(url, {"resume": "true"})
        back = {
            "resume": "true",
            "session": self._grant.session_id,
            "token": self._grant.token,
            "last_seq": str(self.incoming.last),
        }
        return _with_query(url, back)

    def ack_due_in_s(self, now: float) -> float | None:
        """The seconds until the server has to be told what has come; None while it need not be."""
        return self.incoming.ack_due_in_s(now)

    def acknowledgement(self) -> bytes:
        """The frame that tells it."""
        return b'{"type":"ack","ack":%d}' % self.incoming.told()

    def read(self, frame: Frame, now: float) -> Frame | None:
        """The frame as the protocol has it without resume; None if it is only about numbers.

        Raises NumbersBroken.
        """
        self._frames += 1
        if self._asks and self._frames == 1:
            self._read_grant(frame)
        if self._grant is None:
            return frame
        ack = frame.get("ack")
        if isinstance(ack, int):
            self.outgoing.acknowledged(ack)
        seq = frame.pop("seq", None)
        if not isinstance(seq, int):
            return None if frame.get("type") in _CONTROLS else frame
        frame.pop("ack", None)
        frame.pop("session", None)
        is_new = self.incoming.take(seq, now)
        return frame if is_new and frame.get("type") != "session" else None

    def read_return(self, frame: Frame, now: float) -> None:
        """The first frame after coming back. Raises NumbersBroken for any but the right one."""
        ack = frame.get("ack")
        if frame.get("type") != "session" or frame.get("resumed") is not True:
            raise NumbersBroken("the server did not go on with the session")
        if not isinstance(ack, int):
            raise NumbersBroken("the server did not say what it has")
        self.outgoing.resumed(ack)
        self.incoming.resumed(now)

    def _read_grant(self, frame: Frame) -> None:
        match frame.get("session"):
            case {"id": str(session_id), "token": str(token)} if "seq" in frame:
                self._grant = _Grant(session_id, token)
            case _:
                self.outgoing.without_acknowledgement()


def _with_query(url: str, parameters: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))
