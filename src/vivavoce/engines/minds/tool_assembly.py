"""Tool calls out of the pieces in which chat servers stream them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vivavoce.engines.minds.base import ToolCall


@dataclass
class _Call:
    call_id: str
    name: str
    arguments: str


class ToolAssembly:
    """Takes `delta.tool_calls`.

    OpenAI numbers the calls and sends the arguments in pieces; others send each call whole, under
    the same number or none, without an id, or with the arguments as an object.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}

    def feed(self, pieces: object) -> None:
        """The list as it came; what has not its shape is passed over."""
        for piece in pieces if isinstance(pieces, list) else []:
            if isinstance(piece, Mapping):
                self._take(piece)

    def calls(self, made_ids: Iterable[str]) -> tuple[ToolCall, ...]:
        """All of them; those that came without an id, or with one of another, get one of these."""
        ids = iter(made_ids)
        taken: set[str] = set()
        calls = []
        for call in self._calls:
            call_id = call.call_id if call.call_id and call.call_id not in taken else next(ids)
            taken.add(call_id)
            calls.append(ToolCall(call_id, call.name, call.arguments.strip() or "{}"))
        return tuple(calls)

    def _take(self, piece: Mapping[str, object]) -> None:
        function = piece.get("function")
        parts: Mapping[str, object] = function if isinstance(function, Mapping) else {}
        call_id, name = _text(piece.get("id")), _text(parts.get("name"))
        arguments = parts.get("arguments")
        if isinstance(arguments, Mapping):
            arguments = json.dumps(arguments)
        index = piece.get("index")
        call = self._begun(index, call_id, name)
        if call is None:
            call = _Call(call_id, name, "")
            self._calls.append(call)
        if isinstance(index, int):
            self._by_index[index] = call
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.arguments += _text(arguments)

    def _begun(self, index: object, call_id: str, name: str) -> _Call | None:
        """The call that a piece carries on; None if it begins one."""
        if isinstance(index, int):
            call = self._by_index.get(index)
        else:
            call = self._calls[-1] if self._calls else None
        if call is None or (call_id and call.call_id and call_id != call.call_id):
            return None
        is_another = name and call.name and not (call_id and call_id == call.call_id)
        return None if is_another and _is_whole(call.arguments) else call


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_whole(arguments: str) -> bool:
    try:
        json.loads(arguments)
    except ValueError:
        return False
    return True
