"""What is kept of a call, as the protocol describes it: over REST, and to webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from vivavoce.core.call_record import (
    CallRecord,
    ToolCallRecord,
    ToolResultRecord,
    TurnRecord,
    Waterfall,
)
from vivavoce.wire.conversations import (
    CallAnalysis,
    CallError,
    CallFeedback,
    CallMetadata,
    ClientToolDetails,
    Metric,
    ShownConversation,
    ShownToolCall,
    ShownToolResult,
    ShownTurn,
    TurnFeedback,
    TurnMetrics,
    call_successful,
    score_of,
)

_ENDED = ("done", "failed")

# Spans under the protocol's names, each from the end of one step to the end of another.
_SPANS = (
    ("convai_asr_trailing_service_latency", "endpoint", "transcript"),
    ("convai_llm_service_ttfb", "transcript", "first_token"),
    ("convai_llm_service_ttf_sentence", "transcript", "first_clause"),
    ("convai_tts_service_ttfb", "first_clause", "first_audio"),
)
# Under names of ours, what the caller waited from the last word on.
_WAITED = "vivavoce_%s_after_speech"


def shown_call(record: CallRecord) -> ShownConversation:
    """The whole conversation. Parameters and results of tools are in it, words and all."""
    return ShownConversation(
        agent_id=record.agent_id,
        agent_name=record.agent_name,
        conversation_id=record.conversation_id,
        status=record.status,
        user_id=record.user_id,
        metadata=_metadata(record),
        analysis=_analysis(record),
        conversation_initiation_client_data=_object(record.initiation),
        has_audio=record.has_user_audio or record.has_response_audio,
        has_user_audio=record.has_user_audio,
        has_response_audio=record.has_response_audio,
        transcript=tuple(map(_turn, record.transcript)),
        user_message_count=_messages(record, "user"),
        agent_message_count=_messages(record, "agent"),
    )


def _metadata(record: CallRecord) -> CallMetadata:
    config = _object(record.config)
    source = _within(_object(record.initiation), "source_info")
    failure = None
    if record.error_code is not None:
        failure = CallError(record.error_code, record.error_reason)
    return CallMetadata(
        start_time_unix_secs=int(record.started_at),
        accepted_time_unix_secs=int(record.started_at),
        call_duration_secs=round(record.duration_s),
        feedback=_feedback(record),
        termination_reason=record.termination_reason,
        error=failure,
        main_language=_text(_within(config, "agent").get("language")),
        text_only=_within(config, "conversation").get("text_only") is True,
        conversation_initiation_source=_text(source.get("source")),
        conversation_initiation_source_version=_text(source.get("version")),
    )


def _analysis(record: CallRecord) -> CallAnalysis | None:
    if record.status not in _ENDED:
        return None
    return CallAnalysis(call_successful=call_successful(record.status))


def _turn(turn: TurnRecord) -> ShownTurn:
    at = int(turn.time_in_call_s)
    return ShownTurn(
        role=turn.role,
        message=turn.message or None,
        time_in_call_secs=at,
        interrupted=turn.interrupted,
        original_message=turn.original_message,
        tool_calls=tuple(map(_tool_call, turn.tool_calls)),
        tool_results=tuple(map(_tool_result, turn.tool_results)),
        feedback=None if turn.feedback is None else TurnFeedback(turn.feedback, at),
        conversation_turn_metrics=None if turn.waterfall is None else _metrics(turn.waterfall),
        source_event_id=turn.event_id or None,
    )


def _tool_call(call: ToolCallRecord) -> ShownToolCall:
    return ShownToolCall(
        type=call.kind,
        request_id=call.call_id,
        tool_name=call.name,
        params_as_json=call.parameters,
        tool_details=ClientToolDetails(call.parameters) if call.kind == "client" else None,
    )


def _tool_result(result: ToolResultRecord) -> ShownToolResult:
    return ShownToolResult(
        type=result.kind,
        request_id=result.call_id,
        tool_name=result.name,
        result_value=result.result,
        is_error=result.is_error,
        tool_latency_secs=result.latency_s,
    )


def _metrics(waterfall: Waterfall) -> TurnMetrics:
    steps: dict[str, float] = {
        name: ms for name, ms in msgspec.structs.asdict(waterfall).items() if ms is not None
    }
    return TurnMetrics(dict(_durations(steps)))


def _durations(steps: Mapping[str, float]) -> Iterator[tuple[str, Metric]]:
    for name, begin, end in _SPANS:
        if begin in steps and end in steps:
            # What was prepared ahead was there before the step that it usually follows.
            yield name, _metric(max(0.0, steps[end] - steps[begin]))
    for step, ms in steps.items():
        yield _WAITED % step, _metric(ms)


def _metric(ms: float) -> Metric:
    return Metric(round(ms / 1000, 4))


def _messages(record: CallRecord, role: str) -> int:
    return sum(turn.role == role and bool(turn.message) for turn in record.transcript)


def _object(json_text: str) -> dict[str, object]:
    """An empty one for what is none: a record is shown whatever a client began its call with."""
    try:
        return msgspec.json.decode(json_text, type=dict[str, object])
    except msgspec.MsgspecError:
        return {}


def _within(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _feedback(record: CallRecord) -> CallFeedback:
    scores = [turn.feedback for turn in record.transcript]
    return CallFeedback(
        type=None if record.rating is None else "rating",
        overall_score=None if record.rating is None else score_of(record.rating),
        likes=scores.count("like"),
        dislikes=scores.count("dislike"),
        rating=record.rating,
        comment=record.comment or None,
    )
