"""The schema of everything over HTTP, and a page to read it on, without any other server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any

from litestar import MediaType, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
    SecurityScheme,
)
from litestar.params import FromPath
from litestar.serialization import encode_json
from swagger_ui_bundle import swagger_ui_path

from vivavoce.server.rest.request import AnyRequest

_SCRIPT = "swagger-ui-bundle.js"
_PRESET = "swagger-ui-standalone-preset.js"
_STYLE = "swagger-ui.css"
_ICON = "favicon-32x32.png"
_ASSETS = {
    _SCRIPT: "text/javascript",
    _PRESET: "text/javascript",
    _STYLE: "text/css",
    _ICON: "image/png",
}
_PAGE_PATH = "/docs"
_ASSETS_PATH = _PAGE_PATH + "/assets"

_DESCRIPTION = (
    "The REST side of vivavoce; its WebSockets are on the same host and port. A server without "
    "keys lets everyone in, whatever key they show."
)


DESCRIPTION_KEY = "api_description"
"""Where the application's state keeps its `ApiDescription`."""

LINES = "application/x-ndjson"
EVENTS = "text/event-stream"

_BINARY = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
_TEXT = Schema(type=OpenAPIType.STRING)
_SCHEMAS = {
    LINES: _TEXT,
    # Of each event.
    EVENTS: Schema(type=OpenAPIType.OBJECT, properties={"data": _TEXT}, required=["data"]),
}


class _Page(SwaggerRenderPlugin):
    """Swagger UI from its package on this machine."""

    def __init__(self) -> None:
        super().__init__(
            path="/",
            js_url=f"{_ASSETS_PATH}/{_SCRIPT}",
            standalone_preset_js_url=f"{_ASSETS_PATH}/{_PRESET}",
            css_url=f"{_ASSETS_PATH}/{_STYLE}",
            favicon=f"<link rel='icon' type='image/png' href='{_ASSETS_PATH}/{_ICON}'>",
        )

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        """Version 4 draws nothing for a schema that says it is 3.1."""
        return super().render(request, {**_nullable(openapi_schema), "openapi": "3.0.3"})

    def receive_router(self, router: Router) -> None:
        """The assets instead of a page for OAuth, which nobody has here."""
        router.register(_docs_asset)


class ApiDescription:
    """The schema and its page, each written once, when first asked for.

    In a thread, because Litestar takes a fifth of a second for them.
    """

    def __init__(self) -> None:
        self.schema = self.page = b""
        self._writing = asyncio.Lock()

    async def write(self, request: AnyRequest) -> None:
        """Sees to it that both are there."""
        async with self._writing:
            if not self.page:
                await asyncio.to_thread(self._write_now, request)

    def _write_now(self, request: AnyRequest) -> None:
        schema = request.app.openapi_schema.to_schema()
        self.schema = encode_json(schema)
        self.page = _PAGE.render(request, schema)


async def _written(request: AnyRequest) -> ApiDescription:
    description: ApiDescription = request.app.state[DESCRIPTION_KEY]
    await description.write(request)
    return description


@get("/openapi.json", media_type=MediaType.JSON, include_in_schema=False)
async def openapi_json(request: AnyRequest) -> bytes:
    """The schema, OpenAPI 3.1."""
    return (await _written(request)).schema


async def _page_for(request: AnyRequest) -> Response[bytes] | None:
    """Stands before Litestar's own handlers, which write the page anew each time."""
    if request.scope["path"] != _PAGE_PATH:
        return None
    return Response((await _written(request)).page, media_type=MediaType.HTML)


def openapi_config() -> OpenAPIConfig:
    """What the schema says of the whole server, and where its page is."""
    components = Components()
    components.security_schemes = {
        "xi-api-key": SecurityScheme(type="apiKey", name="xi-api-key", security_scheme_in="header"),
        "bearer": SecurityScheme(type="http", scheme="bearer"),
    }
    return OpenAPIConfig(
        title="vivavoce",
        version=version("vivavoce"),
        description=_DESCRIPTION,
        components=components,
        security=[{"xi-api-key": []}, {"bearer": []}, {}],
        use_handler_docstrings=True,
        openapi_router=Router(
            _PAGE_PATH, route_handlers=[], before_request=_page_for, include_in_schema=False
        ),
        render_plugins=[_PAGE],
    )


def answers_with(
    operation: Operation,
    media_types: Iterable[str],
    *,
    what: str = "The speech.",
    json: Schema | None = None,
) -> None:
    """Says that `operation` answers 200 with `what` in one of several media types.

    For `__post_init__` of an operation class: of itself, Litestar has one type for each status.
    `json` is the schema of what is JSON.
    """
    schemas = _SCHEMAS if json is None else {**_SCHEMAS, MediaType.JSON.value: json}
    content = {
        kind: OpenAPIMediaType(schema=schemas.get(kind, _TEXT if "text/" in kind else _BINARY))
        for kind in sorted(media_types)
    }
    if operation.responses is not None:
        operation.responses["200"] = OpenAPIResponse(what, content=content)


@get("/assets/{name:str}")
async def _docs_asset(name: FromPath[str]) -> Response[bytes]:
    if name not in _ASSETS:
        raise NotFoundException
    return Response(_asset(name), media_type=_ASSETS[name])


@cache
def _asset(name: str) -> bytes:
    data: bytes = (swagger_ui_path / name).read_bytes()
    return data


def _nullable(node: Any) -> Any:
    """`node` with OpenAPI 3.0's word for what JSON Schema calls a union with null."""
    if isinstance(node, list):
        return [_nullable(item) for item in node if item != _NULL]
    if not isinstance(node, dict):
        return node
    fields = {key: _nullable(value) for key, value in node.items()}
    kinds = node.get("type")
    if isinstance(kinds, list):
        fields |= {"type": next(kind for kind in kinds if kind != "null"), "nullable": True}
    elif kinds == "null":
        fields |= {"type": "string", "nullable": True}
    if _NULL in node.get("oneOf", ()):
        fields["nullable"] = True
    return fields


_NULL = {"type": "null"}
_PAGE = _Page()
