"""Forms with a file in them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, BinaryIO

import httpx
import msgspec
import pytest
from litestar import Litestar, post

from vivavoce.server.rest.errors import EXCEPTION_HANDLERS
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.rest.uploads import received
from vivavoce.wire.form import read_form

MOST = 3_000_000
FORM = {"content-type": "multipart/form-data; boundary=b"}


class Order(msgspec.Struct):
    title: str = ""
    tags: tuple[str, ...] = ()
    count: int = 0


def read_order(fields: Mapping[str, object]) -> Order:
    return read_form(fields, Order)


@post("/", status_code=200, request_max_body_size=None)
async def take(request: RestRequest) -> dict[str, Any]:
    async with received(request, read_order, most_bytes=MOST) as (order, upload):
        content = upload.file.read()
        return {
            "order": msgspec.to_builtins(order),
            "has_file": upload.has_file,
            "bytes": len(content),
            "digest": hashlib.sha256(content).hexdigest(),
        }


def small_app() -> Litestar:
    return Litestar(
        [take],
        request_class=RestRequest,
        exception_handlers=EXCEPTION_HANDLERS,
        logging_config=None,
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(small_app())  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[BinaryIO]:
    """Every temporary file that was opened."""
    opened: list[BinaryIO] = []

    def temporary_file() -> BinaryIO:
        opened.append(open_file())
        return opened[-1]

    open_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", temporary_file)
    return opened


def part(head: str, body: bytes = b"x") -> bytes:
    return b"--b\r\ncontent-disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"


@pytest.mark.parametrize("size", [0, 1, 1_048_576, MOST])
async def test_a_file_of_any_size_arrives_as_it_was_sent(client: Any, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    answer = await client.post("/", files={"file": ("a.wav", content)}, data={"title": "Ü"})
    assert answer.json() == {
        "order": {"title": "Ü", "tags": [], "count": 0},
        "has_file": True,
        "bytes": size,
        "digest": hashlib.sha256(content).hexdigest(),
    }


async def test_fields_may_be_repeated_and_stand_behind_the_file(client: Any) -> None:
    form = part('name="tags"', b"a") + part('name="file"; filename="f"', b"sound")
    form += part('name="tags"', b"b") + part('name="unknown"; filename="g"', b"?") + b"--b--\r\n"
    answer = (await client.post("/", content=form, headers=FORM)).json()
    assert (answer["order"]["tags"], answer["bytes"]) == (["a", "b"], 5)


async def test_a_form_needs_no_file(client: Any) -> None:
    for form in ({"data": {"title": "a"}, "files": {"x": ""}}, {"files": {"file": (None, "")}}):
        answer = (await client.post("/", **form)).json()
        assert (answer["has_file"], answer["bytes"]) == (False, 0)


async def test_a_file_needs_no_name(client: Any) -> None:
    answer = (await client.post("/", files={"file": (None, b"sound")})).json()
    assert (answer["has_file"], answer["bytes"]) == (True, 5)


async def test_a_file_that_is_too_large_is_refused_and_not_read_to_its_end(
    client: Any, files: list[BinaryIO]
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield part('name="file"; filename="f"', b"")[:-2]
        while sent < 10 * MOST:
            sent += 65_536
            yield b"x" * 65_536

    answer = await client.post("/", content=endless(), headers=FORM)
    assert answer.status_code == 413
    assert answer.json()["detail"]["code"] == "file_too_large"
    assert str(MOST) in answer.json()["detail"]["message"]
    assert sent < 2 * MOST
    assert [file.closed for file in files] == [True]


async def test_a_length_that_is_too_large_is_refused_before_anything_is_read(client: Any) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        raise AssertionError("It was read.")
        yield b""

    headers = {**FORM, "content-length": str(10 * MOST)}
    answer = await client.post("/", content=nothing(), headers=headers)
    assert answer.json()["detail"]["code"] == "file_too_large"


async def test_texts_without_end_do_not_fill_the_memory(client: Any) -> None:
    answer = await client.post("/", data={"title": "x" * 2_000_000}, files={"file": b"s"})
    assert answer.status_code == 413
    assert answer.json()["detail"]["code"] == "file_too_large"


@pytest.mark.parametrize(
    ("form", "place"),
    [
        (b"", []),
        (b"--b--\r\n", None),
        (b"nothing of the kind", []),
        (part('name="title"'), []),
        (part('name="title"')[:-3], []),
        (part('name="title"', b"\xff") + b"--b--", []),
        (b"--b\r\n\r\nx\r\n--b--", []),
        (part('name="count"', b"many") + b"--b--", ["count"]),
        (part('name="file"; filename="a"') * 2 + b"--b--", ["file"]),
        (part('name="title"') * 3_000 + b"--b--", []),
        (b"--b\r\n" + b"a" * 10_000 + b": b\r\n\r\nx\r\n--b--", []),
    ],
)
async def test_what_is_no_form_is_told_as_a_misfit_of_the_body(
    client: Any, form: bytes, place: list[str] | None, files: list[BinaryIO]
) -> None:
    answer = await client.post("/", content=form, headers=FORM)
    if place is None:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert [error["loc"] for error in answer.json()["detail"]] == [["body", *place]]
    assert [file.closed for file in files] == [True]


@pytest.mark.parametrize(
    "kind", ["application/json", "", "multipart/form-data", "application/x-www-form-urlencoded"]
)
async def test_a_body_that_is_called_something_else_is_no_form(client: Any, kind: str) -> None:
    answer = await client.post("/", content=b"title=a", headers={"content-type": kind})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]


async def test_nothing_is_left_of_a_caller_who_hung_up(files: list[BinaryIO]) -> None:
    app = small_app()
    head = part('name="file"; filename="f"', b"some of it")
    events: Iterator[Any] = iter(
        [
            {"type": "http.request", "body": head, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in FORM.items()]
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": headers,
        "app": app,
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 499
    assert [file.closed for file in files] == [True]
