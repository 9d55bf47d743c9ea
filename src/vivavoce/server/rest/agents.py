"""Agents: made, changed, listed and duplicated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.openapi.spec import RequestBody as RequestBodySpec
from litestar.params import FromPath, FromQuery, QueryParameter, RequestBody

from vivavoce.engines.minds.rules import check_rules
from vivavoce.errors import InvalidParameter
from vivavoce.server.house import House
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.options import options_of
from vivavoce.server.rest.request import RestRequest
from vivavoce.sessions.opening import find_voice
from vivavoce.store.agent_tables import AgentSort
from vivavoce.store.agents import StoredAgent
from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG, read_agent_config
from vivavoce.wire.agents import (
    AgentChange,
    AgentLink,
    AgentPage,
    AgentSummary,
    AgentTimes,
    CreatedAgent,
    Duplication,
    NewAgent,
    ShownAgent,
    is_archived,
    laid_over,
    other_keys,
    shared_keys,
    usable_name,
    usable_tags,
    without_secrets,
)
from vivavoce.wire.sorting import is_descending, sort_field

_CHANGE = "convai_write"
_READ = admits("convai_read")
_WRITE = admits(_CHANGE)

_ALL = "/v1/convai/agents"
_ONE = _ALL + "/{agent_id:str}"
_TAGS = ("agents",)
_SORTS: tuple[AgentSort, ...] = ("created_at", "updated_at", "name")
_AGENT = ResponseSpec(
    ShownAgent,
    generate_examples=False,
    description="The agent with its whole configuration, and all that it was sent with.",
)


@dataclass
class _OptionalBodyOperation(Operation):
    def __post_init__(self) -> None:
        # Litestar takes a body for required even where it may be left out.
        if isinstance(self.request_body, RequestBodySpec):
            self.request_body.required = False


@post(
    _ALL + "/create",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(413),
    tags=_TAGS,
)
async def create_agent(
    house: TheHouse, request: RestRequest, data: RequestBody[NewAgent]
) -> CreatedAgent:
    """A new agent; what its configuration leaves out is as usual."""
    _check_rules(data.conversation_config)
    made = await house.store.agents.create(
        usable_name(data.name),
        data.conversation_config,
        data.platform_settings,
        data.workflow,
        usable_tags(data.tags or ()),
        other_keys(await request.json()),
    )
    return CreatedAgent(made.agent_id)


@get(_ALL, guards=[_READ], responses=error_responses(), tags=_TAGS)
async def list_agents(
    house: TheHouse,
    cursor: FromQuery[str | None] = None,
    page_size: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
    search: FromQuery[str | None] = None,
    tags: FromQuery[list[str] | None] = None,
    sort_by: FromQuery[str | None] = None,
    sort_direction: FromQuery[str | None] = None,
) -> AgentPage:
    """A page of all agents, the newest first unless asked otherwise."""
    field = sort_field(sort_by, _SORTS, param="sort_by")
    found, next_cursor = await house.store.agents.list(
        cursor,
        page_size,
        search or "",
        tags=tuple(tags or ()),
        sort=field or "created_at",
        descending=is_descending(sort_direction, usually=field != "name"),
    )
    called = await house.store.conversations.last_call_times([one.agent_id for one in found])
    summaries = tuple(_summary(one, called.get(one.agent_id), house) for one in found)
    return AgentPage(summaries, next_cursor, next_cursor is not None)


@get(_ONE, guards=[_READ], responses={200: _AGENT, **error_responses(404)}, tags=_TAGS)
async def get_agent(
    house: TheHouse, caller: TheCaller, agent_id: FromPath[str]
) -> dict[str, object]:
    """An agent with its whole configuration: what it was sent with, and the usual for the rest.

    Keys that may not change agents do not get the secrets in it.
    """
    shown = _shown(await house.store.agents.get(agent_id))
    return shown if caller.may(_CHANGE) else without_secrets(shown)


@patch(_ONE, guards=[_WRITE], responses={200: _AGENT, **error_responses(404, 413)}, tags=_TAGS)
async def update_agent(
    house: TheHouse, request: RestRequest, agent_id: FromPath[str], data: RequestBody[AgentChange]
) -> dict[str, object]:
    """Changes what the body names; objects are merged, lists and everything else replaced."""
    changes = shared_keys(await request.json())
    _check_rules(changes.get("conversation_config"))
    if data.name is not None:
        changes["name"] = usable_name(data.name)
    if data.tags is not None:
        changes["tags"] = list(usable_tags(data.tags))
    return _shown(await house.store.agents.update(agent_id, changes))


@delete(_ONE, guards=[_WRITE], status_code=200, responses=error_responses(404), tags=_TAGS)
async def delete_agent(house: TheHouse, agent_id: FromPath[str]) -> dict[str, str]:
    """Forgets an agent; its conversations stay."""
    await house.store.agents.delete(agent_id)
    return {}


@post(
    _ONE + "/duplicate",
    guards=[_WRITE],
    status_code=200,
    responses=error_responses(404, 413),
    operation_class=_OptionalBodyOperation,
    tags=_TAGS,
)
async def duplicate_agent(
    house: TheHouse, agent_id: FromPath[str], data: RequestBody[Duplication | None] = None
) -> CreatedAgent:
    """A new agent that is like this one."""
    name = data.name if data is not None else None
    made = await house.store.agents.duplicate(agent_id, usable_name(name) if name else None)
    return CreatedAgent(made.agent_id)


@get(_ONE + "/link", guards=[_READ], responses=error_responses(404), tags=_TAGS)
async def get_agent_link(house: TheHouse, agent_id: FromPath[str]) -> AgentLink:
    """That an agent has no link to share: here such pages are whoever's who makes them."""
    return AgentLink((await house.store.agents.get(agent_id)).agent_id)


AGENT_ROUTES = (
    create_agent,
    list_agents,
    options_of(_ONE, "GET", "PATCH", "DELETE"),
    get_agent,
    update_agent,
    delete_agent,
    duplicate_agent,
    get_agent_link,
)


def _shown(agent: StoredAgent) -> dict[str, object]:
    shown = ShownAgent(
        agent_id=agent.agent_id,
        name=agent.name,
        conversation_config=laid_over(DEFAULT_CONVERSATION_CONFIG, agent.conversation_config),
        metadata=AgentTimes(int(agent.created_at), int(agent.updated_at)),
        platform_settings=agent.platform_settings,
        workflow=agent.workflow,
        tags=agent.tags,
    )
    return {**agent.extra, **msgspec.structs.asdict(shown)}


def _summary(agent: StoredAgent, last_call: float | None, house: House) -> AgentSummary:
    speech = agent.conversation_config.get("tts")
    voice = speech.get("voice_id") if isinstance(speech, dict) else None
    return AgentSummary(
        agent_id=agent.agent_id,
        name=agent.name,
        voice_id=voice if isinstance(voice, str) else find_voice(None, house.settings).voice_id,
        tags=agent.tags,
        created_at_unix_secs=int(agent.created_at),
        updated_at_unix_secs=int(agent.updated_at),
        last_call_time_unix_secs=None if last_call is None else int(last_call),
        archived=is_archived(agent.platform_settings),
    )


def _check_rules(config: object) -> None:
    """Raises InvalidParameter for rules that could never match: in a call nobody would know why."""
    if not isinstance(config, dict):
        return
    if complaints := check_rules(read_agent_config(config).rules):
        raise InvalidParameter(
            "; ".join(complaints), param="conversation_config.agent.prompt.rules"
        )
