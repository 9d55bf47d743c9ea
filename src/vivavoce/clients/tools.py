"""Python functions as tools of an agent that run at its client."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import NoneType, UnionType
from typing import Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from vivavoce.clients.blocking import in_thread
from vivavoce.clients.events import ToolCalled
from vivavoce.errors import InvalidParameter

_MOST_AT_ONCE: Final = 32
"""Of one conversation: each that blocks has a thread, which outlives the call until it returns."""

_Function = TypeVar("_Function", bound=Callable[..., object])

_JSON_TYPES: Final[Mapping[object, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "array",
    tuple: "array",
    dict: "object",
    Mapping: "object",
}


@dataclass(frozen=True)
class ToolResult:
    """What a tool gave: any JSON value, or what went wrong, as the agent's model is told it."""

    value: object
    is_error: bool = False


@dataclass(frozen=True)
class Tool:
    """A function by the name under which the agent calls it."""

    name: str
    description: str
    function: Callable[..., object]

    def definition(self) -> dict[str, object]:
        """The tool as an entry of an agent's `prompt.tools`.

        The parameters are the function's, with the kinds of its annotations; a line of the
        docstring that begins with a parameter's name and a colon describes it.
        """
        return {
            "type": "client",
            "name": self.name,
            "description": self.description,
            "expects_response": True,
            "parameters": _schema(self.function),
        }

    async def run(self, parameters: Mapping[str, object]) -> ToolResult:
        """Calls the function; a synchronous one in a thread, so that it may block.

        What it raises becomes the result, as does what cannot be told as JSON.
        """
        try:
            arguments = _arguments(self.function, parameters)
            if inspect.iscoroutinefunction(self.function):
                value = await self.function(**arguments)
            else:
                value = await in_thread(partial(self.function, **arguments))
                if inspect.isawaitable(value):
                    value = await value
            json.dumps(value)
        except Exception as error:
            return ToolResult(f"{type(error).__name__}: {error}", is_error=True)
        return ToolResult(value)


class Tools:
    """The tools of one conversation, each under a name of its own."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}
        self._running = 0

    @overload
    def tool(self, function: _Function) -> _Function: ...

    @overload
    def tool(
        self, *, name: str | None = None, description: str | None = None
    ) -> Callable[[_Function], _Function]: ...

    def tool(
        self,
        function: _Function | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> _Function | Callable[[_Function], _Function]:
        """Makes a function a tool, by its own name and docstring unless told otherwise.

        Raises InvalidParameter for a name that another tool has.
        """

        def add(made: _Function) -> _Function:
            self.add(made, name=name, description=description)
            return made

        return add if function is None else add(function)

    def add(
        self,
        function: Callable[..., object],
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> Tool:
        """The same, and gives the tool."""
        called = name or str(getattr(function, "__name__", type(function).__name__))
        if called in self._tools:
            raise InvalidParameter(f"There is a tool called {called!r} already.", "name")
        about = inspect.getdoc(function) or "" if description is None else description
        added = Tool(called, about.partition("\n\n")[0].replace("\n", " "), function)
        self._tools[called] = added
        return added

    def definitions(self) -> list[dict[str, object]]:
        """All of them, for an agent's `prompt.tools`."""
        return [tool.definition() for tool in self._tools.values()]

    async def run(self, call: ToolCalled) -> ToolResult:
        """What the tool that is called gives; that there is none, or 32 at work, is an error."""
        tool = self._tools.get(call.tool_name)
        if tool is None:
            return ToolResult(f"This client has no tool {call.tool_name!r}.", is_error=True)
        if self._running >= _MOST_AT_ONCE:
            return ToolResult("Too many tools are running.", is_error=True)
        self._running += 1
        try:
            return await tool.run(call.parameters)
        finally:
            self._running -= 1


def _arguments(
    function: Callable[..., object], parameters: Mapping[str, object]
) -> dict[str, object]:
    """What the function takes of `parameters`: a model may make up others."""
    accepted = inspect.signature(function).parameters
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in accepted.values()):
        return dict(parameters)
    return {name: value for name, value in parameters.items() if name in accepted}


def _schema(function: Callable[..., object]) -> dict[str, object]:
    hints = get_type_hints(function)
    about = _described(inspect.getdoc(function) or "")
    properties: dict[str, object] = {}
    required: list[str] = []
    for name, one in inspect.signature(function).parameters.items():
        if one.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            continue
        schema = _kind(hints.get(name, str))
        properties[name] = {**schema, "description": about.get(name, name.replace("_", " "))}
        if one.default is inspect.Parameter.empty:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def _described(docstring: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in docstring.splitlines():
        name, colon, words = line.strip().partition(":")
        if colon and name.isidentifier():
            found[name] = words.strip()
    return found


def _kind(annotation: object) -> dict[str, object]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return {**_kind(type(arguments[0])), "enum": list(arguments)}
    if origin in (Union, UnionType):
        present = [one for one in arguments if one is not NoneType]
        return _kind(present[0]) if len(present) == 1 else {}
    kind = _JSON_TYPES.get(origin or annotation)
    if kind is None:
        return {}
    if kind == "array" and arguments:
        return {"type": kind, "items": _kind(arguments[0])}
    return {"type": kind}
