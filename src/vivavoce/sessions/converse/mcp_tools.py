"""The tools of an agent's MCP servers: connected to for a call, and asked for approval of."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from typing import Final

import httpx
import msgspec
import structlog

from vivavoce.core.placeholders import Variable, fill
from vivavoce.engines.mcp import McpAnswer, McpSession, McpTool
from vivavoce.engines.minds.base import ToolSpec
from vivavoce.errors import EngineFailed, MissingVariable
from vivavoce.sessions.converse.client_line import ClientLine, McpCall, McpConnection
from vivavoce.sessions.converse.headers import filled_headers
from vivavoce.sessions.converse.outcomes import Answer, ToolRefused
from vivavoce.wire.agent_config import McpServerConfig

_log = structlog.get_logger(__name__)

CONNECTS_WITHIN_S: Final = 5.0
"""The call waits for it."""
APPROVED_WITHIN_S: Final = 300
"""As upstream has it."""
_CLOSES_WITHIN_S: Final = 2.0
_CALLS_WITHIN_S: Final = 30.0
"""Without an answer: as long as upstream gives them."""
_LONGEST_NAME: Final = 64
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")


class McpServer:
    """One server, for one call of the agent."""

    def __init__(self, config: McpServerConfig, client: httpx.AsyncClient) -> None:
        self.config = config
        self.tools: tuple[McpTool, ...] = ()
        self.is_connected = False
        self._client = client
        self._session: McpSession | None = None

    async def connect(self, variables: Mapping[str, Variable]) -> None:
        """Lists the tools. A server that is not there is named in the log, and has none."""
        try:
            async with asyncio.timeout(CONNECTS_WITHIN_S):
                self._session = McpSession(
                    self._client,
                    fill(self.config.url, variables),
                    filled_headers(self.config.headers, variables),
                )
                await self._session.open()
                self.tools = await self._session.tools()
                self.is_connected = True
        except (EngineFailed, MissingVariable, ToolRefused) as error:
            self._without(str(error))
        except TimeoutError:
            self._without("It takes too long to answer.")

    async def close(self) -> None:
        """Ends the session; a server that is slow to do so is left alone."""
        if self._session is not None:
            try:
                async with asyncio.timeout(_CLOSES_WITHIN_S):
                    await self._session.close()
            except TimeoutError:
                pass

    @property
    def connection(self) -> McpConnection:
        """As the client is told of it."""
        return McpConnection(self.config.server_id, self.is_connected, len(self.tools))

    async def call(self, name: str, given: Mapping[str, object]) -> McpAnswer:
        """What a tool gives, its own failures included. Raises ToolRefused."""
        if self._session is None:
            raise ToolRefused("The MCP server is not connected.")
        try:
            async with asyncio.timeout(_CALLS_WITHIN_S):
                return await self._session.call(name, given)
        except TimeoutError:
            raise ToolRefused("The MCP server takes too long to answer.") from None
        except EngineFailed as error:
            raise ToolRefused(str(error)) from error

    def _without(self, reason: str) -> None:
        _log.warning(
            "an MCP server is not there; the call goes on without its tools",
            server=self.config.name,
            reason=reason,
        )


class McpServerTool:
    """One tool of a server, under a name that minds take."""

    kind = "mcp"
    # People take longer to approve than servers to answer: each has a limit of its own.
    timeout_s = None

    def __init__(self, server: McpServer, tool: McpTool, name: str, line: ClientLine) -> None:
        self._server = server
        self._tool = tool
        self._line = line
        self.spec = ToolSpec(name, tool.description, tool.schema)

    async def run(
        self, call_id: str, given: dict[str, object], variables: Mapping[str, Variable]
    ) -> Answer:
        """What the server says, if the client approves. Raises ToolRefused."""
        call = McpCall(
            service_id=self._server.config.server_id,
            call_id=call_id,
            tool_name=self._tool.name,
            tool_description=self._tool.description or None,
            parameters=given,
            state="loading",
        )
        try:
            if self._needs_approval():
                await self._approve(call)
            await self._line.note_mcp(call)
            answer = await self._server.call(self._tool.name, given)
        except ToolRefused as error:
            await self._line.note_mcp(_failed(call, str(error)))
            raise
        ended = _failed(call, answer.text) if answer.is_error else _succeeded(call, answer)
        await self._line.note_mcp(ended)
        return Answer(answer.text, answer.is_error)

    def _needs_approval(self) -> bool:
        config = self._server.config
        if config.approval == "require_approval_per_tool":
            return self._tool.name not in config.approved_tools
        # What is not known here is asked about, too.
        return config.approval != "auto_approve_all"

    async def _approve(self, call: McpCall) -> None:
        asked = msgspec.structs.replace(
            call, state="awaiting_approval", approval_timeout_s=APPROVED_WITHIN_S
        )
        try:
            async with asyncio.timeout(APPROVED_WITHIN_S):
                is_approved = await self._line.ask_approval(asked)
        except TimeoutError:
            raise ToolRefused("The user has not said whether the tool may be called.") from None
        if not is_approved:
            raise ToolRefused("The user does not let the tool be called.")


def _failed(call: McpCall, reason: str) -> McpCall:
    return msgspec.structs.replace(call, state="failure", error_message=reason)


def _succeeded(call: McpCall, answer: McpAnswer) -> McpCall:
    return msgspec.structs.replace(call, state="success", result=answer.content)


def tool_name(server: str, tool: str, taken: Collection[str]) -> str:
    """A name that chat models take, with the server's before it where another tool has it."""
    plain = _NOT_IN_NAMES.sub("_", tool)[:_LONGEST_NAME]
    if plain not in taken:
        return plain
    longer = _NOT_IN_NAMES.sub("_", f"{server}_{tool}")[: _LONGEST_NAME - 4]
    numbered = (f"{longer}_{at}" for at in range(2, 1000))
    return next(name for name in (longer, *numbered) if name not in taken)
