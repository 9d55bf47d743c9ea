"""Conversations that were held: listed, read, heard, and what callers think of them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, RequestBody
from litestar.types import ASGIApp

from vivavoce.errors import InvalidParameter, NotFound
from vivavoce.server.rest.access import TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.file_answer import FileAnswer, FileOperation
from vivavoce.server.rest.options import options_of
from vivavoce.server.rest.request import RestRequest
from vivavoce.sessions.call_history import shown_call
from vivavoce.store.conversations import CallSummary
from vivavoce.store.recordings import MEDIA_TYPE
from vivavoce.store.retention import forget
from vivavoce.wire.conversations import (
    ConversationPage,
    ConversationSummary,
    Feedback,
    ShownConversation,
    call_successful,
    rating_of,
    statuses_of,
)
from vivavoce.wire.sorting import is_descending

_READ = admits("convai_read")
_WRITE = admits("convai_write")

_ALL = "/v1/convai/conversations"
_ONE = _ALL + "/{conversation_id:str}"
_TAGS = ("conversations",)

# A comment has 2,000 characters at most; JSON may write each as twelve bytes.
_FEEDBACK_BYTES = 32_768


@get(_ALL, guards=[_READ], responses=error_responses(), tags=_TAGS)
async def list_conversations(
    house: TheHouse,
    agent_id: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    page_size: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
    user_id: FromQuery[str | None] = None,
    call_successful: FromQuery[str | None] = None,
    call_start_before_unix: FromQuery[int | None] = None,
    call_start_after_unix: FromQuery[int | None] = None,
    exclude_statuses: FromQuery[list[str] | None] = None,
    sort_direction: FromQuery[str | None] = None,
) -> ConversationPage:
    """A page of all conversations, the newest first."""
    if not is_descending(sort_direction, usually=True):
        raise InvalidParameter("The newest conversation comes first.", param="sort_direction")
    found, next_cursor = await house.store.conversations.list(
        agent_id or None,
        cursor,
        page_size,
        call_start_before=call_start_before_unix,
        call_start_after=call_start_after_unix,
        user_id=user_id or None,
        statuses=statuses_of(call_successful, exclude_statuses or ()),
    )
    return ConversationPage(tuple(map(_summary, found)), next_cursor, next_cursor is not None)


@get(_ONE, guards=[_READ], responses=error_responses(404), tags=_TAGS)
async def get_conversation(house: TheHouse, conversation_id: FromPath[str]) -> ShownConversation:
    """A conversation with all that was said, as far as it has come."""
    record = await house.store.conversations.get(conversation_id)
    return await asyncio.to_thread(shown_call, record)


@delete(_ONE, guards=[_WRITE], status_code=200, responses=error_responses(404), tags=_TAGS)
async def delete_conversation(house: TheHouse, conversation_id: FromPath[str]) -> dict[str, str]:
    """Forgets a conversation, its sound and its files."""
    await forget(house.store, conversation_id)
    return {}


@get(
    _ONE + "/audio",
    guards=[_READ],
    responses=error_responses(404),
    operation_class=FileOperation,
    tags=_TAGS,
)
async def get_conversation_audio(
    request: RestRequest, house: TheHouse, conversation_id: FromPath[str]
) -> ASGIApp:
    """The sound of a conversation, the caller on the left; part of it for a `Range` of bytes."""
    await house.store.conversations.get(conversation_id)
    path = await asyncio.to_thread(house.store.recordings.path, conversation_id)
    if path is None:
        raise NotFound("The conversation has no recording, or not yet.")
    return FileAnswer(
        path,
        MEDIA_TYPE,
        house,
        range_header=request.headers.get("range"),
        name=f"{conversation_id}.mp3",
    )


@post(
    _ONE + "/feedback",
    security=[{}],
    status_code=200,
    responses=error_responses(404, 413),
    request_max_body_size=_FEEDBACK_BYTES,
    tags=_TAGS,
)
async def send_feedback(
    house: TheHouse, conversation_id: FromPath[str], data: RequestBody[Feedback]
) -> dict[str, str]:
    """What a caller thinks of a call; whoever knows the conversation's id may say so."""
    rating, comment = rating_of(data)
    await house.store.conversations.rate(conversation_id, rating, comment)
    return {}


CONVERSATION_ROUTES = (
    list_conversations,
    options_of(_ONE, "GET", "DELETE"),
    get_conversation,
    delete_conversation,
    get_conversation_audio,
    send_feedback,
)


def _summary(call: CallSummary) -> ConversationSummary:
    return ConversationSummary(
        agent_id=call.agent_id,
        agent_name=call.agent_name,
        conversation_id=call.conversation_id,
        start_time_unix_secs=int(call.started_at),
        call_duration_secs=round(call.duration_s),
        message_count=call.message_count,
        status=call.status,
        call_successful=call_successful(call.status),
        termination_reason=call.termination_reason or None,
        rating=call.rating,
    )
