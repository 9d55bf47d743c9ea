from __future__ import annotations

import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from vivavoce.clients.failures import Failure, advice_on, error_in, failure_of, is_fatal


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404])
def test_statuses_that_will_not_change_are_fatal(status: int) -> None:
    assert is_fatal(Failure("", http_status=status))


@pytest.mark.parametrize("status", [200, 408, 425, 429, 500, 502, 503, 504])
def test_other_statuses_are_tried_again(status: int) -> None:
    assert not is_fatal(Failure("", http_status=status))


@pytest.mark.parametrize("code", [1002, 1003, 1007, 1008, 1009, 1010, 4409])
def test_closes_that_will_not_change_are_fatal(code: int) -> None:
    assert is_fatal(Failure("", close_code=code))


@pytest.mark.parametrize("code", [1001, 1006, 1011, 1012, 1013, 4000, 4403, 4404, 4410])
def test_other_closes_are_tried_again(code: int) -> None:
    assert not is_fatal(Failure("", close_code=code))


def test_wrong_certificate_is_fatal_and_a_refused_socket_is_not() -> None:
    assert is_fatal(failure_of(ssl.SSLCertVerificationError("certificate verify failed")))
    assert not is_fatal(failure_of(ConnectionRefusedError("refused")))
    assert not is_fatal(failure_of(TimeoutError()))


def test_status_and_close_code_are_read_from_what_was_raised() -> None:
    refused = failure_of(InvalidStatus(Response(503, "Busy", Headers())))
    assert (refused.http_status, refused.close_code) == (503, None)
    closed = failure_of(ConnectionClosedError(Close(1013, "busy"), None))
    assert (closed.close_code, closed.close_reason) == (1013, "busy")
    assert failure_of(ConnectionClosedError(None, None)).close_code == 1006
    assert failure_of(ConnectionClosedError(None, Close(1009, "too big"))).close_code == 1009


@pytest.mark.parametrize("code", [4403, 4404, 4410])
def test_lost_sessions_are_known_by_their_code(code: int) -> None:
    assert Failure("", close_code=code).is_lost_session
    assert not Failure("", close_code=4409).is_lost_session


def test_only_a_goodbye_is_a_normal_end() -> None:
    assert Failure("", close_code=1000).is_normal_end
    assert Failure("", close_code=1005).is_normal_end
    assert not Failure("", close_code=1001).is_normal_end
    assert not Failure("refused").is_normal_end


@pytest.mark.parametrize(
    ("message", "error_id"),
    [
        ({"message": "No more.", "error": "quota_exceeded", "code": 1008}, "quota_exceeded"),
        ({"message_type": "rate_limited", "error": "Slower."}, "rate_limited"),
        ({"type": "error", "error_event": {"error_type": "value_error"}}, "value_error"),
        ({"audio": "AAAA", "isFinal": None}, None),
        ({"message_type": "partial_transcript", "text": "error"}, None),
    ],
)
def test_errors_are_found_in_the_messages_of_every_protocol(
    message: dict[str, object], error_id: str | None
) -> None:
    assert error_in(message) == error_id


def test_a_limit_that_passes_is_not_fatal_whatever_the_code() -> None:
    assert not is_fatal(Failure("", close_code=1008, error_id="input_timeout_exceeded"))
    assert is_fatal(Failure("", close_code=1008, error_id="something_else"))


def test_what_a_server_closes_for_good_is_fatal_whatever_the_code_and_a_cut_is_not() -> None:
    assert is_fatal(Failure("", close_code=1000, error_id="quota_exceeded"))
    assert not is_fatal(Failure("", close_code=1006, error_id="quota_exceeded"))


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        (Failure("", http_status=401), "key"),
        (Failure("", http_status=404), "address"),
        (Failure("", http_status=308), "Redirects"),
        (Failure("", error=ConnectionRefusedError()), "running"),
        (Failure("", error=ssl.SSLCertVerificationError()), "authority"),
        (Failure("", close_code=4409), "Another connection"),
        (Failure("", http_status=503), ""),
    ],
)
def test_people_are_told_what_they_can_do(failure: Failure, advice: str) -> None:
    assert advice in advice_on(failure)
    assert bool(advice) == bool(advice_on(failure))


def test_a_goodbye_of_ours_that_nobody_answered_may_not_have_arrived() -> None:
    assert failure_of(ConnectionClosedError(None, Close(1000, ""))).close_code == 1006
