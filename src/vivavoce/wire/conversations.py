"""Conversations as REST describes them, and as webhooks do once they have ended."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from vivavoce.errors import InvalidParameter

_RATING_MIN, _RATING_MIDDLE, _RATING_MAX = 1, 3, 5
_COMMENT_MAX = 2_000

Score = Literal["like", "dislike"]
Success = Literal["success", "failure", "unknown"]

_STATUSES = ("initiated", "in-progress", "processing", "done", "failed")
_SUCCESS: dict[str, Success] = {"done": "success", "failed": "failure"}


class ClientToolDetails(msgspec.Struct, frozen=True, tag_field="type", tag="client"):
    """What a client's tool was given, as JSON text."""

    parameters: str


class ShownToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the agent called; `params_as_json` is JSON text."""

    type: str
    request_id: str
    tool_name: str
    params_as_json: str
    tool_has_been_called: bool = True
    tool_details: ClientToolDetails | None = None


class ShownToolResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool answered."""

    type: str
    request_id: str
    tool_name: str
    result_value: str
    is_error: bool
    tool_latency_secs: float
    tool_has_been_called: bool = True


class TurnFeedback(msgspec.Struct, frozen=True):
    """What the caller thought of one answer."""

    score: str
    time_in_call_secs: int


class Metric(msgspec.Struct, frozen=True):
    """A duration in seconds."""

    elapsed_time: float


class TurnMetrics(msgspec.Struct, frozen=True):
    """How long the steps of an answer took."""

    metrics: dict[str, Metric]


class ShownTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One side's turn; `original_message` is what an interrupted agent would have said."""

    role: str
    message: str | None
    time_in_call_secs: int
    interrupted: bool = False
    original_message: str | None = None
    tool_calls: tuple[ShownToolCall, ...] = ()
    tool_results: tuple[ShownToolResult, ...] = ()
    feedback: TurnFeedback | None = None
    conversation_turn_metrics: TurnMetrics | None = None
    source_event_id: int | None = None


class CallFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller thought of the call, and how many answers were liked or not."""

    type: Literal["rating"] | None = None
    overall_score: Score | None = None
    likes: int = 0
    dislikes: int = 0
    rating: int | None = None
    comment: str | None = None


class CallError(msgspec.Struct, frozen=True):
    """Why a call failed; `code` is the WebSocket's close code."""

    code: int
    reason: str


class CallMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """About the call; times are seconds since 1970. Nothing costs anything here."""

    start_time_unix_secs: int
    accepted_time_unix_secs: int
    call_duration_secs: int
    feedback: CallFeedback
    termination_reason: str
    error: CallError | None
    main_language: str | None
    text_only: bool
    conversation_initiation_source: str | None = None
    conversation_initiation_source_version: str | None = None
    cost: int = 0
    warnings: tuple[str, ...] = ()
    phone_call: None = None


class CallAnalysis(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a call ended well. Nobody writes a summary here, so it is empty."""

    call_successful: Success
    transcript_summary: str = ""
    evaluation_criteria_results: dict[str, str] = {}
    data_collection_results: dict[str, str] = {}


class ShownConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation with all that was said; `analysis` is None until it has ended."""

    agent_id: str
    agent_name: str
    conversation_id: str
    status: str
    user_id: str | None
    metadata: CallMetadata
    analysis: CallAnalysis | None
    conversation_initiation_client_data: dict[str, object]
    has_audio: bool
    has_user_audio: bool
    has_response_audio: bool
    transcript: tuple[ShownTurn, ...]
    user_message_count: int
    agent_message_count: int
    has_auxiliary_audio: bool = False
    branch_id: str | None = None
    version_id: str | None = None
    environment: str = "production"


class ConversationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in a list."""

    agent_id: str
    agent_name: str
    conversation_id: str
    start_time_unix_secs: int
    call_duration_secs: int
    message_count: int
    status: str
    call_successful: Success
    termination_reason: str | None = None
    rating: int | None = None
    transcript_summary: str | None = None


class ConversationPage(msgspec.Struct, frozen=True):
    """One page of the list; `next_cursor` asks for the one after it."""

    conversations: tuple[ConversationSummary, ...]
    next_cursor: str | None
    has_more: bool


class Feedback(msgspec.Struct, frozen=True):
    """The body of `feedback`: a thumb, or a rating from 1 to 5 with a comment."""

    feedback: Score | None = None
    rating: int | None = None
    comment: str | None = None


class SignedUrl(msgspec.Struct, frozen=True):
    """Where to call an agent without a key, for 15 minutes."""

    signed_url: str


class ConversationToken(msgspec.Struct, frozen=True):
    """What stands for a key, for 15 minutes and one conversation."""

    token: str
    conversation_id: str


class UploadedFile(msgspec.Struct, frozen=True):
    """The answer to a file, and to one that was taken back."""

    file_id: str


def call_successful(status: str) -> Success:
    """Whether a call of that status ended well; unknown as long as it has not ended."""
    return _SUCCESS.get(status, "unknown")


def score_of(rating: int) -> Score | None:
    """The thumb that a rating stands for; None for the one in the middle."""
    if rating == _RATING_MIDDLE:
        return None
    return "like" if rating > _RATING_MIDDLE else "dislike"


def rating_of(given: Feedback) -> tuple[int | None, str]:
    """The rating that feedback stands for, a thumb's being the highest or lowest, and its comment.

    Raises InvalidParameter when there is none of all three, the rating is out of its range, or the
    comment has more than 2,000 characters.
    """
    if given.rating is not None and not _RATING_MIN <= given.rating <= _RATING_MAX:
        raise InvalidParameter(
            f"rating must be between {_RATING_MIN} and {_RATING_MAX}.", param="rating"
        )
    comment = (given.comment or "").strip()
    if len(comment) > _COMMENT_MAX:
        raise InvalidParameter(
            f"comment has more than {_COMMENT_MAX:,} characters.", param="comment"
        )
    if given.feedback is None and given.rating is None and not comment:
        raise InvalidParameter("There must be a like, a dislike, or a rating.", param="feedback")
    if given.rating is None and given.feedback is not None:
        return (_RATING_MAX if given.feedback == "like" else _RATING_MIN), comment
    return given.rating, comment


def statuses_of(success: str | None, excluded: Collection[str]) -> tuple[str, ...]:
    """The statuses of calls that ended so, but for the excluded ones; none for all of them.

    Raises InvalidParameter when no call can be meant.
    """
    if success and success not in ("success", "failure", "unknown"):
        raise InvalidParameter(
            "call_successful must be success, failure or unknown.", param="call_successful"
        )
    meant = tuple(
        one
        for one in _STATUSES
        if one not in excluded and (not success or call_successful(one) == success)
    )
    if not meant:
        raise InvalidParameter("No status is left.", param="exclude_statuses")
    return () if meant == _STATUSES else meant
