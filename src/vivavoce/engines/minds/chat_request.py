"""A prompt as the body of an OpenAI chat completion, and the address it goes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import httpx

from vivavoce.engines.minds.base import Message, Prompt, Role, ToolSpec

_LEFT_OUT_IF_REFUSED = ("max_tokens", "temperature", "stream_options")
"""What some servers answer with an error; the answer is worth more than each of these."""


def completions_url(url: str) -> httpx.URL:
    """Where completions are asked for at a server that is named by any of its usual addresses.

    `http://host`, `http://host/v1` and `http://host/v1/chat/completions` are the same. Raises
    httpx.InvalidURL.
    """
    parsed = httpx.URL(url.strip())
    path = parsed.path.rstrip("/")
    if path.endswith("/chat/completions"):
        return parsed.copy_with(path=path)
    if not path:
        path = "/v1"
    return parsed.copy_with(path=path + "/chat/completions")


def chat_body(
    prompt: Prompt,
    *,
    model: str,
    extra_body: Mapping[str, object],
    refused: Collection[str] = (),
) -> dict[str, object]:
    """The request; `refused` are keys that this server does not take."""
    body: dict[str, object] = {"model": model} if model else {}
    body["messages"] = [_message(message) for message in _alternating(prompt.messages)]
    body["stream"] = True
    if "stream_options" not in refused:
        body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None and "temperature" not in refused:
        body["temperature"] = prompt.temperature
    if prompt.max_tokens is not None:
        # OpenAI's reasoning models know this limit by its new name only.
        is_new = "max_tokens" in refused
        body["max_completion_tokens" if is_new else "max_tokens"] = prompt.max_tokens
    if prompt.tools:
        body["tools"] = [_tool(tool) for tool in prompt.tools]
    return body | dict(extra_body) | prompt.extra_body


def refused_key(answer: str, body: Mapping[str, object]) -> str | None:
    """Which key of `body` a server's answer of HTTP 400 is about, if it can do without."""
    sent = [key for key in _LEFT_OUT_IF_REFUSED if key in body]
    named = [key for key in sent if key in answer]
    if named:
        return named[0]
    # Servers from before it existed refuse it by whatever words they have.
    return "stream_options" if "stream_options" in sent else None


def _alternating(messages: Iterable[Message]) -> list[Message]:
    """Turns of one side in a row as one: the templates of some models refuse them."""
    told: list[Message] = []
    for message in messages:
        last = told[-1] if told else None
        if (
            last is not None
            and last.role is message.role
            and message.role in (Role.USER, Role.ASSISTANT)
            and not last.tool_calls
            and not message.tool_calls
        ):
            told[-1] = Message(message.role, f"{last.text}\n{message.text}")
        else:
            told.append(message)
    return told


def _message(message: Message) -> dict[str, object]:
    said: dict[str, object] = {"role": message.role.value, "content": message.text}
    if message.role is Role.TOOL:
        said["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        said["content"] = message.text or None
        said["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    return said


def _tool(tool: ToolSpec) -> dict[str, object]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        },
    }
