"""Parts of a tool's answer: which the mind sees, and which become dynamic variables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from vivavoce.core.placeholders import Variable, is_reserved
from vivavoce.wire.lenient import filled, mapping, texts

_NOWHERE: Final = object()


def assigned(answer: object, assignments: Sequence[Mapping[str, object]]) -> dict[str, Variable]:
    """The variables that `assignments` take out of a decoded JSON `answer`.

    A `value_path` is keys and positions with points between them: `data.0.id`. Where it leads
    nowhere nothing is assigned; lists and objects become JSON text.
    """
    found: dict[str, Variable] = {}
    for assignment in assignments:
        name = filled(assignment.get("dynamic_variable"))
        value = _at(answer, _path(assignment.get("value_path")))
        if name is None or is_reserved(name) or value is _NOWHERE or value is None:
            continue
        found[name] = value if isinstance(value, str | int | float | bool) else json.dumps(value)
    return found


def for_mind(
    answer: object,
    assignments: Sequence[Mapping[str, object]],
    response_filter: Mapping[str, object],
) -> object:
    """`answer` without the values that are to be kept from the mind."""
    hidden = [
        _path(assignment.get("value_path"))
        for assignment in assignments
        if assignment.get("sanitize") is True
    ]
    seen = _without(answer, hidden) if hidden else answer
    mode = response_filter.get("mode")
    if mode == "hide_all":
        return {}
    if mode == "allow":
        return _only(seen, [_path(text) for text in texts(response_filter.get("filters"))])
    return seen


def hides(
    assignments: Sequence[Mapping[str, object]], response_filter: Mapping[str, object]
) -> bool:
    """Whether anything is to be kept from the mind."""
    sanitized = any(assignment.get("sanitize") is True for assignment in assignments)
    return sanitized or response_filter.get("mode") in ("allow", "hide_all")


def shown_json(value: object) -> str:
    """JSON as short as it can be, for minds that are billed by the token."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _path(text: object) -> list[str]:
    return text.split(".") if isinstance(text, str) and text else []


def _at(answer: object, path: Sequence[str]) -> object:
    if not path:
        return _NOWHERE
    for key in path:
        if isinstance(answer, dict):
            answer = answer.get(key, _NOWHERE)
        elif isinstance(answer, list) and key.isdecimal() and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            return _NOWHERE
    return answer


def _without(answer: object, paths: Sequence[Sequence[str]]) -> object:
    heads = [path for path in paths if path]
    if not heads:
        return answer
    ends = {path[0] for path in heads if len(path) == 1}

    def below(key: str) -> list[Sequence[str]]:
        return [path[1:] for path in heads if path[0] == key]

    if isinstance(answer, dict):
        return {
            key: _without(value, below(key)) for key, value in answer.items() if key not in ends
        }
    if isinstance(answer, list):
        return [
            _without(value, below(str(at)))
            for at, value in enumerate(answer)
            if str(at) not in ends
        ]
    return answer


def _only(answer: object, paths: Sequence[Sequence[str]]) -> object:
    """Lists are gone through as a whole: a filter names what is inside of their objects."""
    if isinstance(answer, list):
        return [_only(value, paths) for value in answer]
    kept: dict[str, object] = {}
    for path in paths:
        found = mapping(answer)
        if not path or path[0] not in found:
            continue
        key, below = path[0], [other[1:] for other in paths if other and other[0] == path[0]]
        kept[key] = found[key] if [] in below else _only(found[key], below)
    return kept
