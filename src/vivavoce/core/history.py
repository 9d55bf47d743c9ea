"""What was said in a conversation, as far as a language model is to know it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vivavoce.core.chat import Message, Role, ToolCall

_NEVER_FINISHED = "The tool has not answered."
_CONTEXT_TITLE = "What you know besides, the newest last:"


class History:
    """One conversation, oldest first; `messages` is what a mind is to be asked with.

    When it grows longer than `most_characters`, the oldest half goes at once: a model that has read
    the rest must then read it anew, so that is to be rare. Turns stay whole, a tool's result stays
    with its call, and the newest turn stays whatever its length. Contextual updates are kept apart,
    as part of the system's message, with a limit of the same length.
    """

    def __init__(self, *, most_characters: int = 24_000) -> None:
        self._most = most_characters
        self._said: list[Message] = []
        self._results: dict[str, str] = {}
        self._contexts: list[tuple[str | None, str]] = []

    def user(self, text: str) -> None:
        """The caller's turn."""
        self._add(Message(Role.USER, text))

    def continue_user(self, text: str) -> None:
        """The caller went on after a pause: the same turn, unless the agent has spoken since."""
        if self._said and self._said[-1].role is Role.USER:
            joined = f"{self._said[-1].text} {text}".strip()
            self._said[-1] = Message(Role.USER, joined)
            self._trim()
        else:
            self.user(text)

    def agent(self, text: str) -> None:
        """What the agent says."""
        if text:
            self._add(Message(Role.ASSISTANT, text))

    def agent_heard(self, text: str) -> None:
        """Of what the agent said last, only `text` was heard; nothing, if it is empty.

        Nothing changes where the caller has spoken since, or the agent not yet.
        """
        for place in range(len(self._said) - 1, -1, -1):
            message = self._said[place]
            if message.role is Role.USER:
                return
            if message.role is Role.ASSISTANT and message.text:
                if text or message.tool_calls:
                    self._said[place] = msgspec.structs.replace(message, text=text)
                else:
                    del self._said[place]
                return

    def context(self, text: str, context_id: str | None = None) -> None:
        """A contextual update; of those with the same id only the newest is kept."""
        if context_id is not None:
            self._contexts = [one for one in self._contexts if one[0] != context_id]
        self._contexts.append((context_id, text))
        while len(self._contexts) > 1 and sum(len(one) for _, one in self._contexts) > self._most:
            del self._contexts[0]

    def tool_calls(self, calls: Sequence[ToolCall]) -> None:
        """The agent calls tools, after what it has just said, if anything."""
        last = self._said[-1] if self._said else None
        if last is not None and last.role is Role.ASSISTANT and not last.tool_calls:
            self._said.pop()
            self._add(Message(Role.ASSISTANT, last.text, tuple(calls)))
        else:
            self._add(Message(Role.ASSISTANT, "", tuple(calls)))

    def tool_result(self, call_id: str, text: str) -> bool:
        """What a tool answered, late or not; False if no such call is known (any more)."""
        if not any(call.call_id == call_id for one in self._said for call in one.tool_calls):
            return False
        self._results[call_id] = text
        self._trim()
        return True

    def messages(self, system_prompt: str) -> tuple[Message, ...]:
        """The system's message, then all that was said; each call is followed by its result."""
        contexts = "\n".join([_CONTEXT_TITLE, *(text for _, text in self._contexts)])
        system = "\n\n".join(filter(None, [system_prompt, contexts if self._contexts else ""]))
        told = [Message(Role.SYSTEM, system)] if system else []
        for message in self._said:
            told.append(message)
            told += (
                Message(
                    Role.TOOL,
                    self._results.get(call.call_id, _NEVER_FINISHED),
                    tool_call_id=call.call_id,
                )
                for call in message.tool_calls
            )
        return tuple(told)

    def _add(self, message: Message) -> None:
        self._said.append(message)
        self._trim()

    def _trim(self) -> None:
        sizes = [self._size(message) for message in self._said]
        if sum(sizes) <= self._most:
            return
        turns = [place for place, one in enumerate(self._said) if one.role is Role.USER]
        turns = turns or list(range(len(sizes)))
        cut = _first_that_fits(sizes, turns, self._most // 2)
        self._said = self._newest_turn(turns[-1], sizes) if cut is None else self._said[cut:]
        known = {call.call_id for message in self._said for call in message.tool_calls}
        self._results = {name: text for name, text in self._results.items() if name in known}

    def _newest_turn(self, begin: int, sizes: Sequence[int]) -> list[Message]:
        """Whole if it fits; of one with many tools, what was asked and the newest half."""
        if sum(sizes[begin:]) <= self._most:
            return self._said[begin:]
        cut = _first_that_fits(sizes, range(begin + 1, len(sizes)), self._most // 2)
        newest = len(sizes) - 1 if cut is None else cut
        return [self._said[begin], *self._said[max(begin + 1, newest) :]]

    def _size(self, message: Message) -> int:
        return len(message.text) + sum(
            len(call.name) + len(call.arguments) + len(self._results.get(call.call_id, ""))
            for call in message.tool_calls
        )


def _first_that_fits(sizes: Sequence[int], places: Sequence[int], most: int) -> int | None:
    """The first of these places from which on no more than `most` is left."""
    return next((place for place in places if sum(sizes[place:]) <= most), None)
