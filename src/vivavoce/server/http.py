"""What is answered over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from litestar import Litestar, Response, get
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ControllerRouterHandler

from vivavoce.config import Settings
from vivavoce.server.metrics import CONTENT_TYPE
from vivavoce.server.page import PAGE_ROUTES
from vivavoce.server.rest.access import HOUSE_KEY, CurrentHouse, caller_of, house_of
from vivavoce.server.rest.account import ACCOUNT_ROUTES
from vivavoce.server.rest.agents import AGENT_ROUTES
from vivavoce.server.rest.call_passes import CALL_PASS_ROUTES
from vivavoce.server.rest.conversation_files import FILE_ROUTES
from vivavoce.server.rest.conversations import CONVERSATION_ROUTES
from vivavoce.server.rest.dialogue import DIALOGUE_ROUTES
from vivavoce.server.rest.dictionaries import DICTIONARY_ROUTES
from vivavoce.server.rest.errors import EXCEPTION_HANDLERS
from vivavoce.server.rest.headers import EXPOSED, add_request_id
from vivavoce.server.rest.models import MODEL_ROUTES
from vivavoce.server.rest.openai import OPENAI_ROUTES
from vivavoce.server.rest.openai_transcripts import OPENAI_TRANSCRIPT_ROUTES
from vivavoce.server.rest.openapi import (
    DESCRIPTION_KEY,
    ApiDescription,
    openapi_config,
    openapi_json,
)
from vivavoce.server.rest.request import RestRequest
from vivavoce.server.rest.speech import SPEECH_ROUTES
from vivavoce.server.rest.tokens import TOKEN_ROUTES
from vivavoce.server.rest.transcripts import TRANSCRIPT_ROUTES
from vivavoce.server.rest.voices import VOICE_ROUTES

ROUTES: Sequence[ControllerRouterHandler] = (
    *SPEECH_ROUTES,
    *DIALOGUE_ROUTES,
    *OPENAI_ROUTES,
    *TRANSCRIPT_ROUTES,
    *OPENAI_TRANSCRIPT_ROUTES,
    *VOICE_ROUTES,
    *MODEL_ROUTES,
    *ACCOUNT_ROUTES,
    *TOKEN_ROUTES,
    *DICTIONARY_ROUTES,
    *AGENT_ROUTES,
    *CALL_PASS_ROUTES,
    *CONVERSATION_ROUTES,
    *FILE_ROUTES,
)

Status = Literal["ok", "starting", "draining"]


class Health(msgspec.Struct, frozen=True):
    """Whether new work may be sent here, and how many connections there are."""

    status: Status
    connections: int


def http_app(
    current_house: CurrentHouse, health: Callable[[], Health], settings: Settings
) -> Litestar:
    """The REST side of the server."""

    @get(
        "/healthz",
        sync_to_thread=False,
        security=[{}],
        responses={503: ResponseSpec(Health, generate_examples=False, description="Not now.")},
    )
    def healthz() -> Response[Health]:
        """200 when this server can speak and takes new work, 503 when it cannot or will not."""
        now = health()
        return Response(now, status_code=200 if now.status == "ok" else 503)

    @get("/metrics", sync_to_thread=False, security=[{}], media_type=CONTENT_TYPE)
    def metrics() -> bytes:
        """Counts and times for Prometheus; nothing of what anybody said."""
        house = current_house()
        house.metrics.connections.set(health().connections)
        house.metrics.away.set(house.harbour.away)
        return house.metrics.page()

    return Litestar(
        route_handlers=[healthz, metrics, openapi_json, *PAGE_ROUTES, *ROUTES],
        state=State({HOUSE_KEY: current_house, DESCRIPTION_KEY: ApiDescription()}),
        dependencies={
            "house": Provide(house_of, sync_to_thread=False),
            "caller": Provide(caller_of, sync_to_thread=False),
        },
        request_class=RestRequest,
        request_max_body_size=settings.max_message_bytes,
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[add_request_id],
        cors_config=CORSConfig(
            allow_origins=list(settings.cors_origins), expose_headers=list(EXPOSED)
        ),
        openapi_config=openapi_config(),
        logging_config=None,
    )
