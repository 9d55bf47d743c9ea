from __future__ import annotations

import inspect
import re

import pytest

from vivavoce import errors
from vivavoce.errors import (
    BadRequest,
    ConfigError,
    EngineFailed,
    InvalidApiKey,
    InvalidParameter,
    ServerBusy,
    StoreFailed,
    UnsupportedFormat,
    VivavoceError,
    VoiceNotFound,
    WireCode,
    wire_code,
)


def family() -> list[type[VivavoceError]]:
    return [
        member
        for _, member in inspect.getmembers(errors, inspect.isclass)
        if issubclass(member, VivavoceError)
    ]


def drawn_tree() -> dict[str, str]:
    """Each class that the module's documentation draws, with the class it is drawn below."""
    _, drawing = (inspect.getdoc(errors) or "").split("\n\n", 1)
    rows = re.findall(r"^([│├└─ ]*)([A-Z]\w+)", drawing, re.MULTILINE)
    path: list[str] = []
    parents = {}
    for indent, name in rows:
        path[len(indent) // 4 :] = [name]
        parents[name] = path[-2] if len(path) > 1 else name
    return parents


def test_the_documentation_draws_every_class_below_one_of_its_ancestors() -> None:
    parents = drawn_tree()
    assert set(parents) == {kind.__name__ for kind in family()}
    for kind in family():
        assert parents[kind.__name__] in {ancestor.__name__ for ancestor in kind.__mro__}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnsupportedFormat("x", "output_format"), ("invalid_output_format", 1008, 400)),
        (InvalidParameter("x", "seed"), ("invalid_parameters", 1008, 400)),
        (VoiceNotFound("x"), ("voice_not_found", 1008, 404)),
        (InvalidApiKey("x"), ("invalid_api_key", 1008, 401)),
        (ServerBusy("x"), ("system_busy", 1013, 429)),
        (EngineFailed("x"), ("internal_error", 1011, 500)),
        (StoreFailed("x"), ("internal_error", 1011, 500)),
    ],
)
def test_a_failure_has_the_code_that_clients_know_it_by(
    error: VivavoceError, code: tuple[str, int, int]
) -> None:
    assert wire_code(error) == WireCode(*code)


@pytest.mark.parametrize("kind", family())
def test_every_failure_has_codes_that_its_protocols_allow(kind: type[VivavoceError]) -> None:
    code = wire_code(kind.__new__(kind))
    # RFC 6455, 7.4: what an endpoint may send of the registered codes; from 4000 on, our own.
    assert code.close_code in {1000, 1001, 1002, 1003, *range(1007, 1015), 4403, 4404, 4409, 4410}
    assert 400 <= code.http_status < 600
    assert re.fullmatch("[a-z_]+", code.error_id)


def test_a_failure_without_a_row_of_its_own_has_its_nearest_ancestors() -> None:
    class TooPolite(BadRequest):
        pass

    class FarTooPolite(TooPolite):
        pass

    assert wire_code(FarTooPolite("x")) == wire_code(BadRequest("x"))
    assert wire_code(ConfigError("x")) == wire_code(VivavoceError("x"))


@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), KeyboardInterrupt()])
def test_a_failure_that_is_not_ours_is_an_internal_error(error: BaseException) -> None:
    assert wire_code(error) == WireCode("internal_error", 1011, 500)


def test_a_refused_parameter_keeps_its_name() -> None:
    assert UnsupportedFormat("No such format.", "output_format").param == "output_format"
