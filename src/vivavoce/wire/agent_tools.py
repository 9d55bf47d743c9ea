"""The tools of an agent, as its `prompt` has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from vivavoce.wire.lenient import filled, flag, inside, mapping, mappings, number, text, texts

_SERVED: Final = ("client", "webhook", "system")
_DEFAULT_TIMEOUT_S: Final = 20.0
# What stands for "wait for ever": longer than any call.
_A_DAY_S: Final = 86_400.0


class ToolConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `prompt.tools`: `kind` is client, webhook or system.

    `parameters` is a client tool's JSON Schema of an object, `api_schema` what a webhook has in its
    place; both are as they were sent. `params` are a system tool's, always with a
    `system_tool_type`. `assignments` say where parts of the result go.
    """

    kind: str
    name: str
    description: str = ""
    parameters: dict[str, object] = {}
    expects_response: bool = True
    response_timeout_s: float = _DEFAULT_TIMEOUT_S
    api_schema: dict[str, object] = {}
    params: dict[str, object] = {}
    assignments: tuple[dict[str, object], ...] = ()


class McpServerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One MCP server of an agent: `prompt.mcp_servers`, a key of ours; by streamable HTTP.

    `approval` is auto_approve_all, require_approval_all or require_approval_per_tool, where
    `approved_tools` need none. Headers may have placeholders.
    """

    server_id: str
    name: str
    url: str
    headers: dict[str, str] = {}
    approval: str = "auto_approve_all"
    approved_tools: tuple[str, ...] = ()


def read_tools(prompt: Mapping[str, object]) -> tuple[ToolConfig, ...]:
    """The tools of a prompt, each name once; its `built_in_tools` win over namesakes."""
    listed = map(_tool, map(unwrapped, mappings(prompt.get("tools"))))
    built_in = (_built_in(*entry) for entry in mapping(prompt.get("built_in_tools")).items())
    found: dict[str, ToolConfig] = {}
    for tool in filter(None, listed):
        found.setdefault(tool.name, tool)
    found.update((tool.name, tool) for tool in filter(None, built_in))
    return tuple(found.values())


def unserved_tools(prompt: Mapping[str, object]) -> tuple[str, ...]:
    """What a prompt names that this server does not have: tools of other kinds, ids of others'."""
    entries = [unwrapped(entry) for entry in mappings(prompt.get("tools"))]
    others = (filled(entry.get("name")) for entry in entries if entry.get("type") not in _SERVED)
    # An export lists the tools beside their ids.
    tool_ids = () if entries else texts(prompt.get("tool_ids"))
    server_ids = ("mcp_server_ids", "native_mcp_server_ids")
    servers = (name for key in server_ids for name in texts(prompt.get(key)))
    return (*filter(None, others), *tool_ids, *servers)


def unwrapped(entry: dict[str, object]) -> dict[str, object]:
    """A tool's configuration, also out of what REST wraps around it."""
    config = entry.get("tool_config")
    return config if isinstance(config, dict) else entry


def _tool(entry: Mapping[str, object]) -> ToolConfig | None:
    kind, name = entry.get("type"), filled(entry.get("name"))
    if name is None or not isinstance(kind, str) or kind not in _SERVED:
        return None
    waits = flag(entry.get("expects_response"))
    params = mapping(entry.get("params"))
    return ToolConfig(
        kind=kind,
        name=name,
        description=text(entry.get("description")) or "",
        parameters=mapping(entry.get("parameters")),
        # Upstream does not wait for a client that it was not told to wait for.
        expects_response=kind != "client" if waits is None else waits,
        response_timeout_s=_timeout(entry.get("response_timeout_secs")),
        api_schema=mapping(entry.get("api_schema")),
        params={"system_tool_type": name, **params} if kind == "system" else params,
        assignments=mappings(entry.get("assignments")),
    )


def _built_in(name: str, entry: object) -> ToolConfig | None:
    if not isinstance(entry, dict):
        return None
    params = {"system_tool_type": name, **mapping(entry.get("params"))}
    named = {**entry, "type": "system", "params": params}
    return _tool(named if filled(entry.get("name")) else {**named, "name": name})


def _timeout(given: object) -> float:
    seconds = number(given)
    if seconds == -1:
        return _A_DAY_S
    return seconds if seconds is not None and seconds > 0 else _DEFAULT_TIMEOUT_S


def read_mcp_servers(prompt: Mapping[str, object]) -> tuple[McpServerConfig, ...]:
    """The MCP servers of a prompt, in the shape of REST or without what that wraps around it."""
    found: dict[str, McpServerConfig] = {}
    for entry in mappings(prompt.get("mcp_servers")):
        server = _mcp_server(entry)
        if server is not None:
            found.setdefault(server.server_id, server)
    return tuple(found.values())


def _mcp_server(entry: Mapping[str, object]) -> McpServerConfig | None:
    wrapped = entry.get("config")
    config: Mapping[str, object] = wrapped if isinstance(wrapped, dict) else entry
    url = fillable(config.get("url"))
    if not url:
        return None
    name = filled(config.get("name")) or url
    return McpServerConfig(
        server_id=filled(entry.get("id")) or filled(entry.get("server_id")) or name,
        name=name,
        url=url,
        headers=_mcp_headers(config),
        approval=filled(config.get("approval_policy")) or "auto_approve_all",
        approved_tools=tuple(_approved(config)),
    )


def _mcp_headers(config: Mapping[str, object]) -> dict[str, str]:
    headers = read_headers(config.get("request_headers"))
    token = fillable(config.get("secret_token"))
    if token and "authorization" not in map(str.lower, headers):
        headers["Authorization"] = token if " " in token else f"Bearer {token}"
    return headers


def _approved(config: Mapping[str, object]) -> Iterator[str]:
    yield from texts(config.get("approved_tools"))
    for known in mappings(config.get("tool_approval_hashes")):
        name = filled(known.get("tool_name"))
        if name and known.get("approval_policy") in (None, "auto_approved"):
            yield name


def read_headers(given: object) -> dict[str, str]:
    """Headers of a request; those that refer to somebody else's store of secrets are left out."""
    values = ((name, fillable(value)) for name, value in mapping(given).items())
    return {name: value for name, value in values if value is not None}


def fillable(value: object) -> str | None:
    """A string, or the placeholder for the dynamic variable that stands in its place."""
    variable = filled(inside(value, "variable_name"))
    return text(value) if variable is None else "{{" + variable + "}}"
