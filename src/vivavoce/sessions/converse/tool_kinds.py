"""The kinds of tools that an agent configures, all run in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import httpx
import msgspec
import structlog

from vivavoce.core.placeholders import Variable
from vivavoce.core.placeholders import for_mind as without_secrets
from vivavoce.engines.minds.base import ToolSpec
from vivavoce.sessions.converse.answer_parts import assigned, for_mind, hides, shown_json
from vivavoce.sessions.converse.client_line import ClientAnswer, ClientLine
from vivavoce.sessions.converse.outcomes import Answer, ToolRefused
from vivavoce.sessions.converse.schemas import object_value, shown_properties
from vivavoce.sessions.converse.system_tools import run_system_tool, system_spec
from vivavoce.sessions.converse.webhook_request import webhook_parameters, webhook_request
from vivavoce.sessions.converse.webhooks import WebhookAnswer, call_webhook
from vivavoce.wire.agent_config import ToolConfig
from vivavoce.wire.lenient import mapping, texts

_LONGEST_WEBHOOK_S: Final = 300.0
"""As upstream allows at most."""
_SYSTEM_WITHIN_S: Final = 5.0
_ANSWERED: Final = "The client has been told."
# The Python SDK puts the call's id into a tool's parameters under this name.
_CALL_ID: Final = "tool_call_id"

_log = structlog.get_logger(__name__)


class Tool(Protocol):
    """`timeout_s` is None where the tool has limits of its own."""

    @property
    def kind(self) -> str: ...
    @property
    def spec(self) -> ToolSpec: ...
    @property
    def timeout_s(self) -> float | None: ...

    async def run(
        self, call_id: str, given: dict[str, object], variables: Mapping[str, Variable]
    ) -> Answer:
        """What comes of it. Raises ToolRefused, with words for the mind."""


class ClientTool:
    """Run by the client at the other end of the socket."""

    kind = "client"

    def __init__(self, config: ToolConfig, line: ClientLine) -> None:
        self._config = config
        self._line = line
        self.timeout_s = config.response_timeout_s
        schema = config.parameters
        shown = shown_properties(mapping(schema.get("properties")), texts(schema.get("required")))
        self.spec = ToolSpec(config.name, config.description, {"type": "object", **shown})
        if _CALL_ID in mapping(schema.get("properties")):
            _log.warning(
                "clients in Python lose the parameter", tool=config.name, parameter=_CALL_ID
            )

    async def run(
        self, call_id: str, given: dict[str, object], variables: Mapping[str, Variable]
    ) -> Answer:
        """Secret variables do not go to clients: one that is asked for has no value."""
        config = self._config
        parameters = object_value(config.parameters, given, without_secrets(variables))
        answer = await self._line.call(
            config.name, call_id, parameters, wait=config.expects_response
        )
        if answer is None:
            return Answer(_ANSWERED)
        return _client_answer(answer, config)


class WebhookTool:
    """Run by a server that the agent names by URL."""

    kind = "webhook"

    def __init__(self, config: ToolConfig, client: httpx.AsyncClient) -> None:
        self._config = config
        self._client = client
        self.timeout_s = min(config.response_timeout_s, _LONGEST_WEBHOOK_S)
        self.spec = ToolSpec(config.name, config.description, webhook_parameters(config.api_schema))

    async def run(
        self, call_id: str, given: dict[str, object], variables: Mapping[str, Variable]
    ) -> Answer:
        """With all variables: what is secret goes to the tool's server, and nowhere else."""
        request = webhook_request(self._config.api_schema, given, variables)
        return _webhook_answer(await call_webhook(self._client, request), self._config)


class SystemTool:
    """Run by the session, as the effect of the outcome says."""

    kind = "system"
    timeout_s = _SYSTEM_WITHIN_S

    def __init__(self, config: ToolConfig) -> None:
        self._config = config
        self.spec = system_spec(config)

    async def run(
        self, call_id: str, given: dict[str, object], variables: Mapping[str, Variable]
    ) -> Answer:
        chosen = object_value(self.spec.parameters, given, variables)
        return run_system_tool(self._config, chosen, variables)


def _client_answer(answer: ClientAnswer, config: ToolConfig) -> Answer:
    if not config.assignments:
        return Answer(answer.result, answer.is_error)
    try:
        decoded: object = msgspec.json.decode(answer.result)
    except (ValueError, RecursionError):
        return Answer(answer.result, answer.is_error)
    return Answer(
        shown_json(for_mind(decoded, config.assignments, {})),
        answer.is_error,
        variables={} if answer.is_error else assigned(decoded, config.assignments),
    )


def _webhook_answer(answer: WebhookAnswer, config: ToolConfig) -> Answer:
    response_filter = mapping(config.api_schema.get("response_filter"))
    text = answer.text
    if hides(config.assignments, response_filter):
        if not answer.is_whole:
            raise ToolRefused("The answer of the tool's server is too long.")
        if answer.decoded is not None:
            text = shown_json(for_mind(answer.decoded, config.assignments, response_filter))
    if answer.status >= 300:
        said = f"The tool's server answered HTTP {answer.status}"
        return Answer(f"{said}: {text}" if text else f"{said}.", is_error=True)
    return Answer(text, variables=assigned(answer.decoded, config.assignments))
