"""What a chat server streams, as thoughts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from vivavoce.engines.minds.base import Calls, Thought, Usage, Words
from vivavoce.engines.minds.event_stream import EventStream
from vivavoce.engines.minds.tool_assembly import ToolAssembly
from vivavoce.engines.minds.unspoken import Unspoken
from vivavoce.errors import InvalidMessage
from vivavoce.wire.client_json import read_json

_OBJECTS: Final = msgspec.json.Decoder(dict[str, object])
MOST_ANSWER_BYTES = 4 << 20


class ServerComplained(Exception):
    """An error inside the stream, in the server's own words."""


class NotChat(Exception):
    """What came is no chat completion, and why."""


class ChatReading:
    """One answer: `feed` its bytes, then `end` it; `is_over` once nothing is missing any more.

    An answer that is not streamed, because the server does not know how, is read at its end.
    Reasoning is left out. Raises ServerComplained and NotChat.
    """

    def __init__(self, *, model: str) -> None:
        self._events = EventStream()
        self._unspoken = Unspoken()
        self._tools = ToolAssembly()
        self._usage: Usage | None = None
        self._model = model
        self._is_stream: bool | None = None
        self._whole = bytearray()
        self._has_answered = False
        self._size = 0
        self._is_done = False
        self.is_over = False

    def feed(self, piece: bytes) -> Iterator[Words]:
        """What is to be said next."""
        self._size += len(piece)
        if self._size > MOST_ANSWER_BYTES:
            raise NotChat(f"an answer of more than {MOST_ANSWER_BYTES} bytes")
        if not self._is_stream:
            self._whole += piece
            if self._is_stream is None and (begun := bytes(self._whole).lstrip()):
                # Whatever the content type says: some have the wrong one.
                self._is_stream = begun[:1] not in (b"{", b"<")
                piece = bytes(self._whole)
        if self._is_stream:
            try:
                events = self._events.feed(piece)
            except ValueError as error:
                raise NotChat(str(error)) from None
            yield from self._take(events)

    def end(self, made_ids: Iterable[str]) -> Iterator[Thought]:
        """What was held back, the usage, and last the tools that are to be called."""
        whole = self._whole.decode("utf-8", "replace")
        yield from self._take(self._events.end() if self._is_stream else [whole])
        if held := self._unspoken.end():
            yield Words(held)
        if not self._has_answered:
            raise NotChat("an empty answer")
        if self._usage is not None:
            yield self._usage
        if calls := self._tools.calls(made_ids):
            yield Calls(calls)

    def _take(self, events: list[str]) -> Iterator[Words]:
        for event in events:
            if self._is_done or not event.strip():
                continue
            if event.strip() == "[DONE]":
                self.is_over = self._is_done = True
            elif said := self._read(event):
                yield Words(said)

    def _read(self, event: str) -> str:
        try:
            chunk = read_json(event, _OBJECTS)
        except InvalidMessage:
            raise NotChat("what is not JSON") from None
        if chunk.get("error") or chunk.get("object") == "error":
            raise ServerComplained(_complaint(chunk))
        self._take_usage(chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping):
            return ""
        self._has_answered = True
        if choice.get("finish_reason"):
            self.is_over = True
        part = choice.get("delta") or choice.get("message")
        if not isinstance(part, Mapping):
            return ""
        self._tools.feed(part.get("tool_calls"))
        return self._unspoken.feed(_spoken(part.get("content")) or _spoken(part.get("refusal")))

    def _take_usage(self, chunk: Mapping[str, object]) -> None:
        usage = chunk.get("usage")
        tokens = usage.get("total_tokens") if isinstance(usage, Mapping) else None
        if isinstance(tokens, int):
            # Not the name that the server has for it, which may be a path of its disk.
            self._usage = Usage(self._model, tokens)


def complaint_in(body: str) -> str:
    """What the body of an answer with an error says; empty for a web page."""
    try:
        answer = read_json(body, _OBJECTS)
    except InvalidMessage:
        return ""
    return _complaint(answer)


def _complaint(answer: Mapping[str, object]) -> str:
    """What a body of JSON says went wrong, in the shapes that servers have for it."""
    error = answer.get("error") or answer.get("detail") or answer.get("message")
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("code") or error.get("type")
    if isinstance(error, list) and error and isinstance(error[0], Mapping):
        error = error[0].get("msg") or error[0].get("message")
    return error if isinstance(error, str) else ""


def _spoken(content: object) -> str:
    """The text of a content that is text, or a list of parts."""
    if isinstance(content, list):
        return "".join(
            _spoken(part.get("text"))
            for part in content
            if isinstance(part, Mapping) and part.get("type") == "text"
        )
    return content if isinstance(content, str) else ""
