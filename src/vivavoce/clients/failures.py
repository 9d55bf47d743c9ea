"""How connections fail, and which failures are worth another attempt."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from websockets.exceptions import ConnectionClosed, InvalidStatus

from vivavoce.errors import VivavoceError

NORMAL_CLOSE: Final = 1000
NO_CODE: Final = 1005
ABNORMAL_CLOSE: Final = 1006
INVALID_DATA: Final = 1007
_TAKEN_OVER: Final = 4409

_FATAL_STATUS: Final = frozenset({400, 401, 403, 404})
_REDIRECTS: Final = range(300, 400)
_FATAL_CODES: Final = frozenset({1002, 1003, 1007, 1008, 1009, 1010, _TAKEN_OVER})
_LOST_CODES: Final = frozenset({4403, 4404, 4410})

# What servers call it before they close, mostly with 1008, which else means a refusal for good.
_PASSING_ERRORS: Final = frozenset(
    {
        "input_timeout_exceeded",
        "max_active_conversations",
        "rate_limit_exceeded",
        "rate_limited",
        "concurrent_limit_exceeded",
        "too_many_concurrent_requests",
        "system_busy",
        "resource_exhausted",
        "queue_overflow",
        "session_time_limit_exceeded",
        "insufficient_audio_activity",
        "slow_reader",
    }
)
_LASTING_ERRORS: Final = frozenset(
    {
        "authentication_required",
        "auth_error",
        "invalid_api_key",
        "missing_permissions",
        "quota_exceeded",
        "detected_unusual_activity",
        "unaccepted_terms",
        "invalid_request",
    }
)


class CannotConnect(VivavoceError):
    """No connection, and no further attempt at one; `failure` is the last that was seen."""

    def __init__(self, message: str, failure: Failure) -> None:
        super().__init__(message)
        self.failure = failure


class ConnectionOver(VivavoceError):
    """Nothing can be sent or received any more: either side has closed, or all attempts failed.

    `close_code` and `close_reason` are the server's, None and empty if it has not closed.
    """

    def __init__(self, message: str, close_code: int | None = None, close_reason: str = "") -> None:
        super().__init__(message)
        self.close_code = close_code
        self.close_reason = close_reason


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt, or one socket, that came to its end.

    `http_status` is that of a handshake that was refused, `close_code` and `close_reason` those of
    a socket that had been open (1006 if it broke without a goodbye), `error` what the network
    raised, if it did. `error_id` is what the server's last message before that called an error,
    such as `quota_exceeded`. `breaks_session`: the server does not go on where the session was cut
    off.
    """

    reason: str
    http_status: int | None = None
    close_code: int | None = None
    close_reason: str = ""
    error: Exception | None = None
    error_id: str | None = None
    breaks_session: bool = False

    @property
    def is_normal_end(self) -> bool:
        """Whether the server said goodbye because all is done."""
        return self.close_code in (NORMAL_CLOSE, NO_CODE)

    @property
    def is_lost_session(self) -> bool:
        """Whether the server knows the session no more: it can only be begun again."""
        return self.breaks_session or self.close_code in _LOST_CODES

    @property
    def is_taken_over(self) -> bool:
        """Whether another socket has come back to the session."""
        return self.close_code == _TAKEN_OVER


def is_fatal(failure: Failure) -> bool:
    """Whether another attempt could only fail in the same way; the default of the option.

    So are redirects, which are not followed (the key would go along), and wrong certificates. What
    a server that closes calls its error goes before the code: a limit, or an input that did not
    come for long, is not for good.
    """
    if isinstance(failure.error, ssl.SSLCertVerificationError):
        return True
    if failure.http_status is not None:
        return failure.http_status in _FATAL_STATUS or failure.http_status in _REDIRECTS
    if failure.error_id in _PASSING_ERRORS:
        return False
    is_closed = failure.close_code not in (None, ABNORMAL_CLOSE)
    is_lasting = is_closed and failure.error_id in _LASTING_ERRORS
    return is_lasting or failure.close_code in _FATAL_CODES


def error_in(message: Mapping[str, object]) -> str | None:
    """What a server's message says has gone wrong, by the name that its protocol has for it."""
    match message:
        case {"message_type": str(kind), "error": _}:
            return kind
        case {"error": str(error_id), "message": _}:
            return error_id
        case {"type": "error", "error_event": {"error_type": str(error_id)}}:
            return error_id
    return None


def advice_on(failure: Failure) -> str:
    """What people can do about it; empty where that is not known."""
    match failure:
        case Failure(http_status=401 | 403) | Failure(close_code=1008, error_id="invalid_api_key"):
            return "Is the API key the right one?"
        case Failure(http_status=404):
            return "Is this the address of such a server?"
        case Failure(http_status=int(status)) if status in _REDIRECTS:
            return "Redirects are not followed: use the address that they lead to."
        case Failure(error=ssl.SSLCertVerificationError()):
            return "Give the authority of the server's certificate as ConnectionOptions(tls=...)."
        case Failure(error=ConnectionRefusedError()):
            return "Is the server running?"
        case Failure(is_taken_over=True):
            return "Another connection goes on with the session."
    return ""


def failure_of(error: Exception) -> Failure:
    """The failure behind what `websockets` or the network raised."""
    match error:
        case InvalidStatus():
            status = error.response.status_code
            return Failure(f"the server answered with HTTP {status}", http_status=status)
        case ConnectionClosed():
            return _closed(error)
        case TimeoutError():
            return Failure("the server did not answer in time", error=error)
        case _:
            return Failure(str(error) or type(error).__name__, error=error)


def _closed(error: ConnectionClosed) -> Failure:
    close = error.rcvd or error.sent
    if close is None or (error.rcvd is None and close.code == NORMAL_CLOSE):
        # Whether a goodbye of ours that was not answered has arrived nobody knows.
        return Failure("the connection broke", close_code=ABNORMAL_CLOSE, error=error)
    said = f": {close.reason}" if close.reason else ""
    code = int(close.code)
    return Failure(
        f"closed with {code}{said}", close_code=code, close_reason=close.reason, error=error
    )
