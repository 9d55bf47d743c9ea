"""What REST answers when it cannot do what was asked, whoever was asked."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

SPEAK = "/v1/text-to-speech/Rachel"


def _detail(answer: Any) -> Any:
    detail = answer.json()["detail"]
    assert sorted(detail.keys() - {"param"}) == ["code", "message", "request_id", "status", "type"]
    assert detail["status"] == detail["code"]
    assert detail["request_id"] == answer.headers["request-id"]
    return detail


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/text-to-speech", "/v1//x", "/%ff"])
async def test_an_unknown_path_is_not_found_in_the_usual_shape(rest: Any, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = await rest.client.request(method, path)
        assert answer.status_code == 404
        assert _detail(answer)["code"] == "not_found"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"])
async def test_a_method_that_a_path_has_not_is_refused_with_those_it_has(
    rest: Any, method: str
) -> None:
    answer = await rest.client.request(method, SPEAK)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"POST", "OPTIONS"}
    if method != "HEAD":
        assert _detail(answer)["code"] == "method_not_allowed"


async def test_options_tell_all_methods_of_every_path(rest: Any) -> None:
    schema = (await rest.client.get("/openapi.json")).json()
    assert set(schema["paths"]["/v1/pronunciation-dictionaries/{dictionary_id}"]) == {
        "get",
        "patch",
    }
    for path, operations in schema["paths"].items():
        answer = await rest.client.options(path)
        assert answer.status_code == 204
        methods = {method.upper() for method in operations} | {"OPTIONS"}
        assert set(answer.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": "Hi.", "voice_settings": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        b'{"text": "Hi.", "seed": 1e999}',
        b'{"text": "Hi."} {}',
    ],
)
async def test_a_body_that_is_no_json_object_is_located_in_the_body(rest: Any, body: bytes) -> None:
    with capture_logs() as logs:
        answer = await rest.client.post(SPEAK, content=body)
    assert answer.status_code == 422
    for misfit in answer.json()["detail"]:
        assert misfit["loc"][0] == "body"
        assert misfit["msg"]
        assert misfit["type"]
    assert logs == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "x/y;z"])
async def test_json_is_read_whatever_it_is_called(rest: Any, kind: str) -> None:
    answer = await rest.client.post(
        SPEAK, content=b'{"text": "Hi."}', headers={"content-type": kind}
    )
    assert answer.status_code == 200


async def test_half_a_character_is_replaced(rest: Any) -> None:
    answer = await rest.client.post(SPEAK, content=b'{"text": "Hi \\ud83d!"}')
    assert answer.status_code == 200
    assert rest.pool.submitted[-1].request.text == "Hi \ufffd!"


async def test_a_body_too_long_is_refused(open_rest: Any) -> None:
    async with open_rest(max_message_bytes=2000) as rest:
        answer = await rest.client.post(SPEAK, json={"text": "a" * 2000})
        assert answer.status_code == 413
        assert _detail(answer)["code"] == "request_too_large"


async def test_a_strange_host_is_refused(rest: Any) -> None:
    answer = await rest.client.get("/healthz", headers={"host": "a b"})
    assert answer.status_code == 400
    assert _detail(answer)["type"] == "validation_error"


async def test_a_bug_is_logged_in_full_and_told_to_nobody(rest: Any) -> None:
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    rest.app.state["current_house"] = broken
    with capture_logs() as logs:
        answer = await rest.client.post(SPEAK, json={"text": "Hi."})
    assert answer.status_code == 500
    assert _detail(answer)["code"] == "internal_error"
    assert "secret" not in answer.text
    [log] = logs
    assert (log["event"], log["log_level"]) == ("request broke", "error")
    assert log["request_id"] == answer.headers["request-id"]
    assert isinstance(log["exc_info"], RuntimeError)


async def test_text_of_a_form_that_is_not_utf_8_is_a_misfit(rest: Any) -> None:
    form = b'--b\r\ncontent-disposition: form-data; name="name"\r\n\r\n\x89\r\n--b--\r\n'
    answer = await rest.client.post(
        "/v1/pronunciation-dictionaries/add-from-file",
        content=form,
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]
