"""The schema of what is served, and its page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from litestar.routes import HTTPRoute

SPEAK = "/v1/text-to-speech/{voice_id}"


@pytest.fixture
async def schema(rest: Any) -> Any:
    return (await rest.client.get("/openapi.json")).json()


def _operations(schema: Any) -> list[Any]:
    return [operation for path in schema["paths"].values() for operation in path.values()]


async def test_every_route_is_in_the_schema_but_those_that_show_it(rest: Any, schema: Any) -> None:
    served = {route.path_format for route in rest.app.routes if isinstance(route, HTTPRoute)}
    hidden = {path for path in served if path.startswith(("/docs", "/assets"))}
    hidden |= {"/", "/openapi.json"}
    assert set(schema["paths"]) == served - hidden


async def test_every_error_has_the_shape_that_it_is_sent_in(schema: Any) -> None:
    for operation in _operations(schema):
        for status, answer in operation["responses"].items():
            if not status.startswith("4"):
                continue
            [shape] = answer["content"].values()
            name = shape["schema"]["$ref"].rpartition("/")[2]
            assert name == ("FieldErrors" if status == "422" else "ErrorBody") or (
                name == "OpenAiError" and operation["tags"] == ["openai"]
            )


async def test_speech_is_described_with_its_ranges(schema: Any) -> None:
    stream = schema["paths"][f"{SPEAK}/stream"]["post"]
    query = {one["name"]: one["schema"] for one in stream["parameters"] if one["in"] == "query"}
    assert sorted(query) == ["enable_logging", "optimize_streaming_latency", "output_format"]
    latency = query["optimize_streaming_latency"]
    assert (latency["minimum"], latency["maximum"]) == (0, 4)
    assert "mp3_44100" in query["output_format"]["enum"]
    assert "wav_24000" not in query["output_format"]["enum"]
    whole = schema["paths"][SPEAK]["post"]["parameters"]
    assert any("wav_24000" in one["schema"].get("enum", ()) for one in whole)
    body = schema["components"]["schemas"]["SpeechBody"]
    assert body["required"] == ["text"]
    assert body["properties"]["text"]["minLength"] == 1
    assert (body["properties"]["seed"]["minimum"], body["properties"]["seed"]["maximum"]) == (
        0,
        4_294_967_295,
    )
    assert body["properties"]["pronunciation_dictionary_locators"]["maxItems"] == 3


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        (SPEAK, {"audio/mpeg", "audio/pcm", "audio/wav"}),
        (f"{SPEAK}/stream", {"audio/mpeg", "audio/ogg", "audio/basic"}),
        (f"{SPEAK}/with-timestamps", {"application/json"}),
        (f"{SPEAK}/stream/with-timestamps", {"application/x-ndjson"}),
        ("/v1/text-to-dialogue", {"audio/mpeg", "audio/wav"}),
        ("/v1/text-to-dialogue/stream", {"audio/mpeg", "audio/ogg"}),
        ("/v1/text-to-dialogue/with-timestamps", {"application/json"}),
        ("/v1/text-to-dialogue/stream/with-timestamps", {"application/x-ndjson"}),
        ("/v1/audio/speech", {"audio/flac", "audio/aac", "text/event-stream"}),
        ("/v1/speech-to-text", {"application/json"}),
        ("/v1/audio/transcriptions", {"application/json", "text/plain", "text/event-stream"}),
    ],
)
async def test_an_answer_is_described_by_its_media_types(
    schema: Any, path: str, kinds: set[str]
) -> None:
    assert kinds <= set(schema["paths"][path]["post"]["responses"]["200"]["content"])


@pytest.mark.parametrize(
    ("path", "required"), [("/v1/speech-to-text", []), ("/v1/audio/transcriptions", ["file"])]
)
async def test_a_form_is_described_with_its_file_and_its_fields(
    schema: Any, path: str, required: list[str]
) -> None:
    body = schema["paths"][path]["post"]["requestBody"]
    form = body["content"]["multipart/form-data"]["schema"]
    assert (body["required"], form["required"]) == (True, required)
    assert form["properties"]["file"]["format"] == "binary"
    temperature = form["properties"]["temperature"]
    assert (temperature["type"], temperature["minimum"]) == ("number", 0)
    assert '"null"' not in json.dumps(form)
    assert "$" not in json.dumps(form)


async def test_a_key_may_be_shown_and_need_not(schema: Any) -> None:
    assert schema["security"] == [{"xi-api-key": []}, {"bearer": []}, {}]
    assert set(schema["components"]["securitySchemes"]) == {"xi-api-key", "bearer"}


async def test_the_page_and_all_that_it_loads_come_from_here(rest: Any) -> None:
    page = await rest.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"https?://[^\s\"'<>]+", page.text) == []
    loaded = re.findall(r"(?:src|href)=[\"']([^\"']+)[\"']", page.text)
    assert len(loaded) == 4
    for path in loaded:
        asset = await rest.client.get(path)
        assert asset.status_code == 200
        assert asset.content


async def test_the_page_has_the_schema_in_the_version_that_it_can_draw(rest: Any) -> None:
    text = (await rest.client.get("/docs")).text
    assert '"openapi":"3.0.3"' in text
    assert '"nullable":true' in text
    assert '"null"' not in text


@pytest.mark.parametrize("name", ["nothing.js", "..%2f__init__.py", "index.html"])
async def test_nothing_but_the_pages_assets_is_served(rest: Any, name: str) -> None:
    assert (await rest.client.get(f"/docs/assets/{name}")).status_code == 404
