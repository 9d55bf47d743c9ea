"""The tools of one agent in one call: what the mind may call, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Final, Self

import httpx
import msgspec
import structlog

from vivavoce.core.placeholders import Variable
from vivavoce.engines.guarded_http import Allows, guarded_client
from vivavoce.engines.minds.base import ToolCall, ToolSpec
from vivavoce.sessions.converse.client_line import ClientLine
from vivavoce.sessions.converse.mcp_tools import McpServer, McpServerTool, tool_name
from vivavoce.sessions.converse.outcomes import Answer, ToolRefused
from vivavoce.sessions.converse.outcomes import ToolOutcome as ToolOutcome
from vivavoce.sessions.converse.system_tools import is_supported
from vivavoce.sessions.converse.tool_kinds import ClientTool, SystemTool, Tool, WebhookTool
from vivavoce.wire.agent_config import AgentConfig

_log = structlog.get_logger(__name__)

MOST_CHARACTERS: Final = 8_000
"""Of a result the mind sees: about 2,000 tokens of English."""
_CUT: Final = " … [cut]"
# The belt's own limits end a request; a machine that is not there should be known earlier.
_HTTP_TIMEOUT: Final = httpx.Timeout(None, connect=10.0)
_NOTHING: Final = "(no content)"


class ToolBelt:
    """An async context manager: entering it connects the MCP servers, which takes 5 s at most.

    Without entering it, all other tools can be run. `variables` are read anew for each call, so
    that the session may change them; what tools assign is seen by the tools after them. `clock`
    gives seconds.
    """

    def __init__(
        self,
        config: AgentConfig,
        *,
        variables: Mapping[str, Variable],
        line: ClientLine,
        allows: Allows,
        clock: Callable[[], float],
        client_limit: Callable[[float | None], AbstractAsyncContextManager[object]],
    ) -> None:
        """`client_limit` is `asyncio.timeout`, or what lets clients be away meanwhile."""
        self._line = line
        self._client_limit = client_limit
        self._clock = clock
        self._given = variables
        self._assigned: dict[str, Variable] = {}
        self._client = guarded_client(allows=allows, timeout=_HTTP_TIMEOUT)
        self._servers = tuple(McpServer(server, self._client) for server in config.mcp_servers)
        self._tools = self._configured(config)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the mind may call; those of MCP servers once the context is entered."""
        return tuple(tool.spec for tool in self._tools.values())

    def kind(self, name: str) -> str:
        """client, webhook, system or mcp; a tool that there is not counts as system."""
        tool = self._tools.get(name)
        return "system" if tool is None else tool.kind

    @property
    def variables(self) -> dict[str, Variable]:
        """What tools have assigned: an agent that takes over has defaults of its own."""
        return dict(self._assigned)

    async def run(self, call: ToolCall) -> ToolOutcome:
        """What came of `call`; failures are outcomes, too: nothing is raised."""
        began = self._clock()
        tool = self._tools.get(call.name)
        if tool is None:
            answer = Answer(f"There is no tool called {call.name}.", is_error=True)
        else:
            answer = await self._answer(tool, call)
        self._assigned |= answer.variables
        latency_s = self._clock() - began
        kind = self.kind(call.name)
        _log.info("tool called", kind=kind, is_error=answer.is_error, latency_s=round(latency_s, 3))
        return ToolOutcome(
            call_id=call.call_id,
            name=call.name,
            kind=kind,
            result=_cut(answer.text),
            is_error=answer.is_error,
            latency_s=latency_s,
            effect=answer.effect,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._connect()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the MCP sessions, which takes 2 s at most."""
        await self._close()

    async def _connect(self) -> None:
        variables = self._now()
        async with asyncio.TaskGroup() as connecting:
            for server in self._servers:
                connecting.create_task(server.connect(variables))
        for server in self._servers:
            for tool in server.tools:
                name = tool_name(server.config.name, tool.name, self._tools)
                self._tools[name] = McpServerTool(server, tool, name, self._line)
        if self._servers:
            await self._line.note_connections(tuple(server.connection for server in self._servers))

    async def _close(self) -> None:
        try:
            async with asyncio.TaskGroup() as closing:
                for server in self._servers:
                    closing.create_task(server.close())
        finally:
            await self._client.aclose()

    async def _answer(self, tool: Tool, call: ToolCall) -> Answer:
        try:
            limit = self._client_limit if tool.kind == "client" else asyncio.timeout
            async with limit(tool.timeout_s):
                return await tool.run(call.call_id, _arguments(call.arguments), self._now())
        except ToolRefused as refused:
            return Answer(str(refused), is_error=True)
        except TimeoutError:
            return Answer(f"The tool did not answer within {tool.timeout_s:g} s.", is_error=True)
        except Exception as error:
            # Its text may have in it what people said.
            _log.warning("a tool failed", kind=tool.kind, error=type(error).__name__)
            return Answer("The tool failed.", is_error=True)

    def _now(self) -> dict[str, Variable]:
        return {**self._given, **self._assigned}

    def _configured(self, config: AgentConfig) -> dict[str, Tool]:
        lacking = list(config.unserved)
        found: dict[str, Tool] = {}
        for tool in config.tools:
            if tool.kind == "client":
                found[tool.name] = ClientTool(tool, self._line)
            elif tool.kind == "webhook":
                found[tool.name] = WebhookTool(tool, self._client)
            elif is_supported(tool):
                found[tool.name] = SystemTool(tool)
            else:
                lacking.append(tool.name)
        if lacking:
            _log.warning("the agent has tools that this server does not", tools=lacking)
        return found


def _arguments(text: str) -> dict[str, object]:
    """Models that have nothing to say send an empty text, or null. Raises ToolRefused."""
    try:
        read: object = msgspec.json.decode(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise ToolRefused("The arguments are not JSON.") from error
    if read is not None and not isinstance(read, dict):
        raise ToolRefused("The arguments must be a JSON object.")
    return read or {}


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text or _NOTHING
    return text[: MOST_CHARACTERS - len(_CUT)] + _CUT
