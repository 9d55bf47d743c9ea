"""What webhook tools answer, and how redirects and bad servers are met."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.scripted_http import Answer, Asked, as_json, scripted_http
from vivavoce.engines.guarded_http import guarded_client, is_any, is_public
from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.sessions.converse.webhook_request import WebhookRequest
from vivavoce.sessions.converse.webhooks import WebhookAnswer, call_webhook


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with guarded_client(allows=is_any, timeout=httpx.Timeout(20.0)) as client:
        yield client


def asking(url: str, method: str = "GET", body: bytes | None = None) -> WebhookRequest:
    return WebhookRequest(method, httpx.URL(url), {"X-Key": "schlüssel"}, body)


async def answered(client: httpx.AsyncClient, answer: Answer) -> WebhookAnswer:
    async with scripted_http(lambda _: answer) as server:
        return await call_webhook(client, asking(server.url))


def typed(body: bytes, kind: str) -> Answer:
    return Answer(body=body, headers={"content-type": kind})


async def test_the_request_arrives_as_it_was_made(client: httpx.AsyncClient) -> None:
    async with scripted_http(lambda _: as_json({"ok": True})) as server:
        await call_webhook(client, asking(server.url + "/a?b=c", "PUT", b'{"x":1}'))
    asked = server.asked[0]
    assert (asked.method, asked.target, asked.json) == ("PUT", "/a?b=c", {"x": 1})
    assert asked.headers["x-key"].encode("latin-1").decode() == "schlüssel"


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", ""])
async def test_json_is_made_short(client: httpx.AsyncClient, kind: str) -> None:
    answer = await answered(client, typed(b'{ "city" : "K\xc3\xb6ln" }', kind))
    assert answer.text == '{"city":"Köln"}'
    assert answer.decoded == {"city": "Köln"}


async def test_a_json_text_is_given_without_its_quotes(client: httpx.AsyncClient) -> None:
    assert (await answered(client, as_json('say "hi"'))).text == 'say "hi"'


async def test_html_is_stripped_to_what_people_read(client: httpx.AsyncClient) -> None:
    page = b"""<!doctype html><head><title>T</title></head><body onload="a()"><style>p{}</style>
        <script>if (a < b) { x() }</script><!-- not <b>this</b> --><h1>Fish &amp; Chips</h1>
        <p>4&nbsp;Pounds<br>only</p></body>"""
    answer = await answered(client, typed(page, "text/html; charset=utf-8"))
    assert answer.text == "Fish & Chips 4 Pounds only"


async def test_html_made_to_be_slow_is_read_at_once(client: httpx.AsyncClient) -> None:
    answer = await answered(client, typed(b"<" * 200_000 + b"script>x", "text/html"))
    assert not answer.text.endswith("x")


async def test_sounds_and_pictures_are_only_named(client: httpx.AsyncClient) -> None:
    assert (await answered(client, typed(b"\x89PNG\0\0", "image/png"))).text == "[image/png]"


async def test_of_a_long_answer_the_beginning_is_read(client: httpx.AsyncClient) -> None:
    answer = await answered(client, typed(b"a" * 1_000_000, "text/plain"))
    assert answer.text == "a" * 256 * 1024
    assert not answer.is_whole


async def test_a_compressed_answer_is_refused(client: httpx.AsyncClient) -> None:
    bomb = Answer(body=gzip.compress(bytes(10_000_000)), headers={"content-encoding": "gzip"})
    with pytest.raises(ToolRefused, match="compresses"):
        await answered(client, bomb)


async def test_deep_json_is_taken_as_text(client: httpx.AsyncClient) -> None:
    answer = await answered(client, typed(b"[" * 100_000, "application/json"))
    assert answer.decoded is None
    assert answer.text.startswith("[[[")


async def test_an_error_of_the_server_comes_with_its_status(client: httpx.AsyncClient) -> None:
    answer = await answered(client, as_json({"detail": "no such city"}, 404))
    assert (answer.status, answer.text) == (404, '{"detail":"no such city"}')


async def test_a_private_address_is_refused() -> None:
    async with (
        guarded_client(allows=is_public, timeout=httpx.Timeout(20.0)) as client,
        scripted_http(lambda _: as_json({})) as server,
    ):
        with pytest.raises(ToolRefused, match="does not connect to"):
            await call_webhook(client, asking(server.url))
    assert server.asked == []


async def test_a_redirect_in_the_same_place_keeps_method_and_headers(
    client: httpx.AsyncClient,
) -> None:
    def script(asked: Asked) -> Answer:
        if asked.target == "/old":
            return Answer(308, headers={"location": "/new"})
        return as_json({"got": asked.json})

    async with scripted_http(script) as server:
        answer = await call_webhook(client, asking(server.url + "/old", "POST", b'{"x":1}'))
    assert answer.decoded == {"got": {"x": 1}}
    assert "x-key" in server.asked[1].headers


async def test_a_redirect_elsewhere_takes_nothing_of_the_tool_along(
    client: httpx.AsyncClient,
) -> None:
    async with scripted_http(lambda _: as_json({"here": 1})) as other:
        there = Answer(307, headers={"location": other.url})
        async with scripted_http(lambda _: there) as server:
            answer = await call_webhook(client, asking(server.url, "POST", b'{"x":1}'))
    assert answer.decoded == {"here": 1}
    assert (other.asked[0].method, other.asked[0].body) == ("GET", b"")
    assert "x-key" not in other.asked[0].headers


async def test_a_redirect_to_a_private_address_is_refused_too() -> None:
    def only_the_first(address: object) -> bool:
        return str(address) == "127.0.0.1"

    away = Answer(302, headers={"location": "http://127.0.0.2:9/"})
    async with (
        guarded_client(allows=only_the_first, timeout=httpx.Timeout(20.0)) as client,
        scripted_http(lambda _: away) as server,
    ):
        with pytest.raises(ToolRefused, match="does not connect to"):
            await call_webhook(client, asking(server.url))


async def test_a_circle_of_redirects_ends(client: httpx.AsyncClient) -> None:
    async with scripted_http(lambda _: Answer(302, headers={"location": "/"})) as server:
        with pytest.raises(ToolRefused, match="too many redirects"):
            await call_webhook(client, asking(server.url))
    assert len(server.asked) == 6


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://127.0.0.1/", "http:///"])
async def test_a_server_that_is_not_there_is_told_in_words(
    client: httpx.AsyncClient, url: str
) -> None:
    with pytest.raises(ToolRefused, match=r"cannot be reached|must begin with"):
        await call_webhook(client, asking(url))


async def test_an_answer_that_breaks_off_is_told_in_words(client: httpx.AsyncClient) -> None:
    cut = Answer(body=json.dumps({"a": 1}).encode(), headers={"content-length": "99"})
    with pytest.raises(ToolRefused, match="cannot be reached"):
        async with scripted_http(lambda _: cut) as server:
            await call_webhook(client, asking(server.url))
