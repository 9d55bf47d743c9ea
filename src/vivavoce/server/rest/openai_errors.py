"""From an exception to an answer that OpenAI's clients understand."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from vivavoce.server.rest.errors import log_failure, misfits
from vivavoce.server.rest.headers import request_id
from vivavoce.server.rest.request import AnyRequest
from vivavoce.wire.openai_speech import OpenAiError, openai_error, refusal, status_of

_STATUSES = (400, 401, 403, 404, 413, 429, 500, 503)


def openai_error_responses() -> dict[int, ResponseSpec]:
    """For `responses=` of a handler."""
    return {
        status: ResponseSpec(
            OpenAiError, generate_examples=False, description=HTTPStatus(status).phrase
        )
        for status in _STATUSES
    }


def _on_failure(request: AnyRequest, error: Exception) -> Response[OpenAiError]:
    log_failure(error, request_id(request.scope))
    return Response(openai_error(error), status_code=status_of(error))


def _on_misfit(request: AnyRequest, error: ValidationException) -> Response[OpenAiError]:
    first = misfits(error)[0]
    param = ".".join(map(str, first.loc[1:])) or None
    return Response(refusal(400, first.msg, param=param), status_code=400)


def _on_http_error(request: AnyRequest, error: HTTPException) -> Response[OpenAiError]:
    if error.status_code >= 500:
        return _on_failure(request, error)
    answer = refusal(error.status_code, f"{error.detail}.")
    return Response(answer, status_code=error.status_code, headers=error.headers)


OPENAI_EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    ValidationException: _on_misfit,
    HTTPException: _on_http_error,
    Exception: _on_failure,
}
"""For `exception_handlers=` of a handler."""
