"""From an exception to an answer, and what of it the schema promises."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Response
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from vivavoce.errors import EngineFailed, StoreFailed, TextNotSpeakable, VivavoceError, wire_code
from vivavoce.server.rest.headers import request_id
from vivavoce.server.rest.request import AnyRequest
from vivavoce.sessions.duplex import PeerGone
from vivavoce.wire.rest_errors import (
    ErrorBody,
    ErrorDetail,
    FieldError,
    FieldErrors,
    detail_of,
    error_detail,
    field_error,
    field_errors,
)

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
}

# For the log of whoever reads it; nobody is there to read the answer.
_CLIENT_CLOSED_REQUEST = 499

_ALWAYS = (400, 401, 403, 422, 429, 500, 503)

_log = structlog.get_logger(__name__)


def error_responses(*more: int) -> dict[int, ResponseSpec]:
    """For `responses=` of a handler: the errors that any may give, and those of `more` statuses.

    A handler with a body has 413 among them, one with an id in its path 404.
    """
    return {
        status: ResponseSpec(
            FieldErrors if status == 422 else ErrorBody,
            generate_examples=False,
            description=HTTPStatus(status).description or HTTPStatus(status).phrase,
        )
        for status in sorted({*_ALWAYS, *more})
    }


def log_failure(error: Exception, of_request: str) -> None:
    """Says in the log what went wrong, in the words that are fit for one."""
    if isinstance(error, StoreFailed) or not isinstance(error, VivavoceError):
        _log.error("request broke", request_id=of_request, exc_info=error)
    elif isinstance(error, EngineFailed):
        _log.error("speech failed", request_id=of_request, reason=str(error))
    else:
        # What somebody wanted to be spoken is not for the log.
        reason = None if isinstance(error, TextNotSpeakable) else str(error)
        _log.info("request refused", error=wire_code(error).error_id, reason=reason)


def misfits(error: ValidationException) -> tuple[FieldError, ...]:
    """What did not fit, as Litestar tells it."""
    told = error.extra if isinstance(error.extra, list) else []
    found = tuple(_misfit(one) for one in told if isinstance(one, Mapping))
    return found or (field_error("query", "", error.detail),)


def http_detail(error: HTTPException, of_request: str) -> ErrorDetail:
    """An error of HTTP's own, such as an unknown path."""
    code = _CODES.get(error.status_code, "invalid_request")
    return error_detail(error.status_code, code, f"{error.detail}.", of_request)


def _misfit(told: Mapping[str, object]) -> FieldError:
    """Litestar calls a whole body `data`, and complains of `'data'` where there was none."""
    source, key, message = (_text(told.get(name)) for name in ("source", "key", "message"))
    source = source or "body"
    if key == "data" and source == "body":
        key = ""
    if message == "'data'":
        return FieldError((source,), "The request needs a JSON body.", "missing")
    return field_error(source, key, message)


def _text(told: object) -> str:
    return str(told.value if isinstance(told, Enum) else told or "")


def _on_failure(request: AnyRequest, error: Exception) -> Response[ErrorBody]:
    log_failure(error, request_id(request.scope))
    status = wire_code(error).http_status
    return Response(ErrorBody(detail_of(error, request_id(request.scope))), status_code=status)


def _on_misfit(request: AnyRequest, error: ValidationException) -> Response[FieldErrors]:
    return Response(field_errors(misfits(error)), status_code=422)


def _on_http_error(request: AnyRequest, error: HTTPException) -> Response[ErrorBody]:
    if error.status_code >= 500:
        return _on_failure(request, error)
    return Response(
        ErrorBody(http_detail(error, request_id(request.scope))),
        status_code=error.status_code,
        headers=error.headers,
    )


def _on_undecodable(request: AnyRequest, error: UnicodeDecodeError) -> Response[Any]:
    """Litestar reads the text fields of a form as UTF-8, whatever is in them."""
    if request.content_type[0] != RequestEncodingType.MULTI_PART:
        return _on_failure(request, error)
    misfit = FieldError(("body",), "A text field of the form is not UTF-8.", "value_error")
    return Response(field_errors([misfit]), status_code=422)


def _on_peer_gone(request: AnyRequest, error: PeerGone) -> Response[None]:
    return Response(None, status_code=_CLIENT_CLOSED_REQUEST)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    ValidationException: _on_misfit,
    HTTPException: _on_http_error,
    UnicodeDecodeError: _on_undecodable,
    PeerGone: _on_peer_gone,
    Exception: _on_failure,
}
"""For the application; a handler of another dialect has its own."""
