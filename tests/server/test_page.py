"""The page: for browsers only, open without a key, and shut to all but its own scripts."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from vivavoce.config import Settings
from vivavoce.errors import ServerDraining
from vivavoce.server.http import Health, http_app

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def _client(**settings: Any) -> httpx.AsyncClient:
    def nobody() -> Any:
        raise ServerDraining("The server takes no new work.")

    app = http_app(nobody, lambda: Health("draining", 3), Settings(**settings))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def _page(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.get("/", headers={"accept": CHROMIUM, **headers})


def _links(html: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', html)


async def test_a_browser_gets_the_page_without_a_key() -> None:
    async with _client(api_keys=("secret",)) as client:
        answer = await _page(client)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>vivavoce</title>" in answer.text


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/*", "text/html;q=0"])
async def test_whoever_does_not_ask_for_html_finds_nothing_as_ever(accept: str) -> None:
    async with _client() as client:
        answer = await client.get("/", headers={"accept": accept})
        nothing = await client.get("/nothing", headers={"accept": accept})
    assert answer.status_code == nothing.status_code == 404
    shape = ("type", "code", "message", "status")
    told, usual = answer.json()["detail"], nothing.json()["detail"]
    assert [told[key] for key in shape] == [usual[key] for key in shape]


async def test_the_page_may_load_and_reach_nothing_but_its_own_server() -> None:
    async with _client() as client:
        policy = (await _page(client)).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == "'none'"
    assert set(rules.values()) == {"'self'", "'none'"}
    assert rules["script-src"] == rules["worker-src"] == rules["connect-src"] == "'self'"


async def test_all_that_the_page_names_is_there_and_kept_for_ever() -> None:
    async with _client() as client:
        links = _links((await _page(client)).text)
        assert {link.rpartition(".")[2] for link in links} >= {"js", "css", "svg"}
        for link in links:
            answer = await client.get(link)
            assert answer.status_code == 200, link
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_itself_is_asked_for_each_time_and_sent_once() -> None:
    async with _client() as client:
        first = await _page(client)
        again = await _page(client, **{"if-none-match": first.headers["etag"]})
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "accept"
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("name", ["nothing.js", "..%2Findex.html", "..%2F..%2Ferrors.py"])
async def test_no_other_file_can_be_had(name: str) -> None:
    async with _client() as client:
        assert (await client.get(f"/assets/{name}")).status_code == 404
