"""What lets a page call an agent: signed URLs, tokens, and what a widget must know."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.types import Method

from vivavoce.server.call_access import CALL_PERMISSION, Visitor, admit_visitor, called_agent
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.public_address import public_address
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.signatures import (
    LIFETIME_S,
    SECRET_NAME,
    CallPass,
    new_conversation_id,
    sign,
)
from vivavoce.store.agents import StoredAgent
from vivavoce.wire.agent_auth import read_agent_auth
from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG
from vivavoce.wire.agents import WidgetAnswer, laid_over, widget_config
from vivavoce.wire.conversations import ConversationToken, SignedUrl

_CALL_PATH = "/v1/convai/conversation"
# The second is from before the first; clients of both are about.
_SPELLINGS = ("get-signed-url", "get_signed_url")
_CALL_TAGS = ("conversations",)
_UNCACHED = {"cache-control": "no-store"}


def _as_spelled(handler: HTTPRouteHandler, method: Method, path: Sequence[object]) -> str:
    """Litestar's own operation id is the same for both spellings."""
    return "GetSignedUrl" if _SPELLINGS[0] in path else "GetSignedUrlAsOnceSpelled"


@get(
    [f"{_CALL_PATH}/{spelling}" for spelling in _SPELLINGS],
    operation_id=_as_spelled,
    guards=[admits(CALL_PERMISSION)],
    responses=error_responses(404),
    tags=_CALL_TAGS,
)
async def get_signed_url(
    house: TheHouse,
    caller: TheCaller,
    request: RestRequest,
    agent_id: FromQuery[str],
    include_conversation_id: FromQuery[bool] = False,
    branch_id: FromQuery[str | None] = None,
    environment: FromQuery[str | None] = None,
) -> Response[SignedUrl]:
    """Where to call an agent within 15 minutes, as often as wanted; with an id for it, once."""
    agent = await called_agent(house, agent_id)
    conversation_id = new_conversation_id() if include_conversation_id else None
    signature = await _signature(house, caller, agent, conversation_id)
    query = {
        "agent_id": agent_id,
        "conversation_signature": signature,
        "conversation_id": conversation_id,
        "branch_id": branch_id,
        "environment": environment,
    }
    given = {name: value for name, value in query.items() if value}
    url = public_address(request.headers, request.scope["scheme"], _host(request))
    return Response(SignedUrl(url.websocket(_CALL_PATH, given)), headers=_UNCACHED)


@get(
    _CALL_PATH + "/token",
    security=[{"xi-api-key": []}, {"bearer": []}, {}],
    responses=error_responses(404),
    tags=_CALL_TAGS,
)
async def get_conversation_token(
    house: TheHouse, request: RestRequest, agent_id: FromQuery[str]
) -> Response[ConversationToken]:
    """What lets its bearer hold one conversation; without a key, of a public agent only."""
    agent = await called_agent(house, agent_id)
    caller = await _visiting(house, request, agent)
    conversation_id = new_conversation_id()
    token = await _signature(house, caller, agent, conversation_id)
    return Response(ConversationToken(token, conversation_id), headers=_UNCACHED)


@get(
    "/v1/convai/agents/{agent_id:str}/widget",
    security=[{"xi-api-key": []}, {"bearer": []}, {}],
    responses=error_responses(404),
    tags=("agents",),
)
async def get_agent_widget(
    house: TheHouse,
    request: RestRequest,
    agent_id: FromPath[str],
    conversation_signature: FromQuery[str | None] = None,
) -> WidgetAnswer:
    """How an agent's widget looks; of one that is not public, for a signed URL's signature."""
    agent = await called_agent(house, agent_id)
    await _visiting(house, request, agent)
    config = laid_over(DEFAULT_CONVERSATION_CONFIG, agent.conversation_config)
    return WidgetAnswer(agent_id, widget_config(config, agent.platform_settings))


CALL_PASS_ROUTES = (get_signed_url, get_conversation_token, get_agent_widget)


async def _visiting(house: House, request: RestRequest, agent: StoredAgent) -> KnownCaller:
    """Who asks for an agent that may be public; the request is counted for their key."""
    visitor = Visitor.from_handshake(request.headers, dict(request.query_params.multi_items()))
    auth = read_agent_auth(agent.platform_settings)
    admission = await admit_visitor(house, visitor, agent.agent_id, auth)
    admission.caller.count_request()
    return admission.caller


async def _signature(
    house: House, caller: KnownCaller, agent: StoredAgent, conversation_id: str | None
) -> str:
    """For the agent that answers, whose id need not be the one that was asked for."""
    expires_at = int(house.store.clock()) + LIFETIME_S
    secret = await house.store.secrets.get(SECRET_NAME)
    return sign(CallPass(agent.agent_id, caller.key_id, expires_at, conversation_id), secret)


def _host(request: RestRequest) -> str:
    """Of the connection, for requests from before there was a header for it."""
    host, port = request.scope["server"] or ("localhost", None)
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"
