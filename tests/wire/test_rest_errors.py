"""Errors in the words of REST."""

from __future__ import annotations

import msgspec
import pytest

from vivavoce.errors import (
    EngineFailed,
    InvalidApiKey,
    InvalidParameter,
    MissingApiKey,
    NotAllowed,
    QuotaExceeded,
    RateLimited,
    ServerBusy,
    ServerDraining,
    TextTooLong,
    UnsupportedFormat,
    VoiceNotFound,
)
from vivavoce.wire.rest_errors import detail_of, error_detail, field_error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (InvalidParameter("No.", param="seed"), "validation_error", "invalid_parameters"),
        (UnsupportedFormat("No.", param="f"), "validation_error", "invalid_output_format"),
        (TextTooLong("No."), "validation_error", "max_character_limit_exceeded"),
        (MissingApiKey("No."), "authentication_error", "missing_api_key"),
        (InvalidApiKey("No."), "authentication_error", "invalid_api_key"),
        (QuotaExceeded("No."), "authentication_error", "quota_exceeded"),
        (NotAllowed("No."), "authorization_error", "missing_permissions"),
        (VoiceNotFound("No."), "not_found", "voice_not_found"),
        (RateLimited("No."), "rate_limit_error", "rate_limit_exceeded"),
        (ServerBusy("No."), "rate_limit_error", "system_busy"),
        (EngineFailed("No."), "internal_error", "internal_error"),
        (ServerDraining("No."), "service_unavailable", "server_shutting_down"),
    ],
)
def test_a_failure_has_the_protocols_type_and_code(error: Exception, kind: str, code: str) -> None:
    detail = detail_of(error, "id")
    assert (detail.type, detail.code, detail.status) == (kind, code, code)
    assert (detail.message, detail.request_id) == ("No.", "id")


def test_a_parameter_to_blame_is_named_and_others_are_not() -> None:
    named = msgspec.to_builtins(detail_of(InvalidParameter("No.", param="seed"), "id"))
    assert named["param"] == "seed"
    assert "param" not in msgspec.to_builtins(detail_of(ServerBusy("No."), "id"))


def test_a_bug_tells_nothing_of_itself() -> None:
    detail = detail_of(RuntimeError("the secret of the house"), "id")
    assert detail.code == "internal_error"
    assert "secret" not in detail.message


def test_an_error_of_http_has_the_same_shape() -> None:
    detail = error_detail(405, "method_not_allowed", "No.", "id")
    assert (detail.type, detail.code) == ("validation_error", "method_not_allowed")


@pytest.mark.parametrize(
    ("key", "loc"),
    [
        ("", ("body",)),
        ("text", ("body", "text")),
        ("rules[2].alias", ("body", "rules", 2, "alias")),
        ("voice_settings[...]", ("body", "voice_settings")),
    ],
)
def test_a_misfit_says_where_it_stands(key: str, loc: tuple[str | int, ...]) -> None:
    misfit = field_error("body", key, "Expected `str`, got `int`")
    assert (misfit.loc, misfit.type) == (loc, "value_error")


def test_a_missing_field_is_located_by_its_own_name() -> None:
    misfit = field_error("body", "rules[0]", "Object missing required field `alias`")
    assert (misfit.loc, misfit.type) == (("body", "rules", 0, "alias"), "missing")
