"""What REST says when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from vivavoce.errors import InvalidParameter, MissingApiKey, wire_code
from vivavoce.wire.frames import public_text

_TYPES = {
    401: "authentication_error",
    403: "authorization_error",
    404: "not_found",
    429: "rate_limit_error",
    500: "internal_error",
    503: "service_unavailable",
}

_MISSING_FIELD = re.compile(r"missing required field `([^`]+)`")


class ErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """One failure; `status` repeats `code` for clients from before there was one."""

    type: str
    code: str
    message: str
    status: str
    request_id: str
    param: str | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every error but 422."""

    detail: ErrorDetail


class FieldError(msgspec.Struct, frozen=True):
    """One value that does not fit: where it stands, such as `["body", "text"]`, and why."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


class FieldErrors(msgspec.Struct, frozen=True):
    """The body of 422."""

    detail: tuple[FieldError, ...]


def error_detail(status: int, code: str, message: str, request_id: str) -> ErrorDetail:
    """A failure that HTTP itself names."""
    return ErrorDetail(_type(status), code, message, code, request_id)


def detail_of(error: BaseException, request_id: str) -> ErrorDetail:
    """`error` as its caller may read it."""
    row = wire_code(error)
    # Sockets call this one "authentication_required".
    code = "missing_api_key" if isinstance(error, MissingApiKey) else row.error_id
    return ErrorDetail(
        type=_type(row.http_status),
        code=code,
        message=public_text(error),
        status=code,
        request_id=request_id,
        param=error.param if isinstance(error, InvalidParameter) else None,
    )


def field_error(source: str, key: str, message: str) -> FieldError:
    """One misfit as msgspec tells it; `key` is its path, such as `voice_settings.speed`."""
    loc = [source, *_path(key)]
    missing = _MISSING_FIELD.search(message)
    if missing is not None:
        return FieldError((*loc, missing[1]), message, "missing")
    return FieldError(tuple(loc), message, "value_error")


def field_errors(errors: Iterable[FieldError]) -> FieldErrors:
    """All misfits of one request."""
    return FieldErrors(tuple(errors))


def _type(status: int) -> str:
    return _TYPES.get(status, "validation_error" if status < 500 else "internal_error")


def _path(key: str) -> list[str | int]:
    """`rules[0].alias` as `["rules", 0, "alias"]`; `[...]` is an item whose number is not told."""
    steps = re.findall(r"[^.\[\]]+", key.replace("[...]", ""))
    return [int(step) if step.isdigit() else step for step in steps]
