"""What holds for all that is answered over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from vivavoce.config import Settings
from vivavoce.errors import ServerDraining
from vivavoce.server.http import Health, http_app


def _client(**settings: Any) -> httpx.AsyncClient:
    def nobody() -> Any:
        raise ServerDraining("The server takes no new work.")

    app = http_app(nobody, lambda: Health("draining", 3), Settings(**settings))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_health_is_told_without_a_house() -> None:
    async with _client() as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "draining", "connections": 3}


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/openapi.json", "/v1/voices"])
async def test_every_answer_has_an_id_of_its_own(path: str) -> None:
    async with _client() as client:
        first, second = await client.get(path), await client.get(path)
    assert first.headers["request-id"] != second.headers["request-id"]
    assert first.headers["x-trace-id"] == first.headers["request-id"]


async def test_a_page_of_any_origin_may_read_every_answer() -> None:
    async with _client() as client:
        for path in ("/healthz", "/nothing", "/v1/voices"):
            answer = await client.get(path, headers={"origin": "https://page.example"})
            assert answer.headers["access-control-allow-origin"] == "*"
            exposed = answer.headers["access-control-expose-headers"].split(", ")
            assert {"request-id", "x-trace-id", "history-item-id", "character-cost"} <= {*exposed}
            assert {"current-concurrent-requests", "maximum-concurrent-requests"} <= {*exposed}


async def test_a_preflight_lets_the_key_pass() -> None:
    headers = {
        "origin": "https://page.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "xi-api-key, content-type",
    }
    async with _client() as client:
        answer = await client.options("/v1/text-to-speech/Rachel/stream", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "xi-api-key" in answer.headers["access-control-allow-headers"]


async def test_only_origins_that_are_let_in_may_read() -> None:
    async with _client(cors_origins=("https://page.example",)) as client:
        mine = await client.get("/healthz", headers={"origin": "https://page.example"})
        other = await client.get("/healthz", headers={"origin": "https://other.example"})
    assert mine.headers["access-control-allow-origin"] == "https://page.example"
    assert "access-control-allow-origin" not in other.headers


async def test_nobody_speaks_without_a_house() -> None:
    async with _client() as client:
        answer = await client.post("/v1/text-to-speech/Rachel", json={"text": "Hi."})
    assert answer.status_code == 503
    assert answer.json()["detail"]["code"] == "server_shutting_down"
