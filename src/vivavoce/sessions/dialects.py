"""The families of messages that sockets with contexts speak."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from vivavoce.sessions.opening import SpeechPlan
from vivavoce.wire.context_frames import ContextFrames, DialogueFrames
from vivavoce.wire.contexts import DEFAULT_CONTEXT, ContextMessage, decode_context_message
from vivavoce.wire.dialogue import decode_dialogue_message
from vivavoce.wire.frames import JsonFrames, SpeechFrames


class Dialect(msgspec.Struct, frozen=True):
    """How one kind of socket reads and writes.

    `single` sockets have one context and end with it. Where `close_speaks_rest`, closing a context
    generates the text that waits in it; otherwise only in auto mode, and else the text is dropped.
    """

    decode: Callable[[str | bytes], ContextMessage]
    frames: Callable[[str, SpeechPlan, bool], SpeechFrames]
    error: Callable[[BaseException], str]
    single: bool = False
    close_speaks_rest: bool = False


def _contexts(context_id: str, plan: SpeechPlan, flush_done: bool) -> SpeechFrames:
    return ContextFrames(context_id, clock=plan.alignment_clock, flush_done=flush_done)


def _decode_without_id(frame: str | bytes) -> ContextMessage:
    return msgspec.structs.replace(decode_dialogue_message(frame), context_id=DEFAULT_CONTEXT)


CONTEXTS = Dialect(decode_context_message, _contexts, JsonFrames().error)
"""`multi-stream-input`."""

DIALOGUES = Dialect(
    decode_dialogue_message,
    lambda context_id, _plan, _flush_done: DialogueFrames(context_id),
    DialogueFrames(None).error,
    close_speaks_rest=True,
)
"""`text-to-dialogue` with many contexts."""

DIALOGUE = Dialect(
    _decode_without_id,
    lambda _id, _plan, _flush_done: DialogueFrames(None),
    DialogueFrames(None).error,
    single=True,
    close_speaks_rest=True,
)
"""`text-to-dialogue` with one."""
