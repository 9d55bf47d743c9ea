from __future__ import annotations

import asyncio
import threading
from typing import Literal

import pytest

from vivavoce.clients.events import ToolCalled
from vivavoce.clients.tools import ToolResult, Tools
from vivavoce.errors import InvalidParameter


def call(name: str, **parameters: object) -> ToolCalled:
    return ToolCalled(name, "c1", parameters)


async def test_a_tool_gets_its_parameters_by_name_and_none_that_it_does_not_know() -> None:
    tools = Tools()

    @tools.tool
    def add(a: int, b: int = 2) -> int:
        return a + b

    assert await tools.run(call("add", a=1)) == ToolResult(3)
    assert await tools.run(call("add", a=1, b=5, made_up=True)) == ToolResult(6)
    assert add(1) == 3


async def test_a_tool_may_take_whatever_comes() -> None:
    tools = Tools()
    tools.add(lambda **given: given, name="echo")
    assert await tools.run(call("echo", x=1)) == ToolResult({"x": 1})


async def test_synchronous_tools_run_beside_the_event_loop_and_others_in_it() -> None:
    tools = Tools()

    @tools.tool
    def blocking() -> bool:
        return threading.current_thread() is threading.main_thread()

    @tools.tool
    async def waiting() -> bool:
        return threading.current_thread() is threading.main_thread()

    assert await tools.run(call("blocking")) == ToolResult(False)
    assert await tools.run(call("waiting")) == ToolResult(True)


@pytest.mark.parametrize(
    ("tool", "told"),
    [
        (lambda: 1 // 0, "ZeroDivisionError: integer division or modulo by zero"),
        (lambda: object(), "TypeError: Object of type object is not JSON serializable"),
        (lambda x: x, "TypeError"),
    ],
)
async def test_what_goes_wrong_is_the_result(tool: object, told: str) -> None:
    tools = Tools()
    tools.add(tool, name="bad")
    result = await tools.run(call("bad"))
    assert result.is_error
    assert str(result.value).startswith(told)


async def test_a_name_that_nobody_has_is_an_error() -> None:
    assert (await Tools().run(call("fly"))).is_error


def test_a_name_is_taken_once() -> None:
    tools = Tools()
    tools.add(len, name="size")
    with pytest.raises(InvalidParameter, match="size"):
        tools.add(len, name="size")


def test_a_definition_says_what_the_function_does() -> None:
    tools = Tools()

    @tools.tool
    def weather(
        city: str,
        days: int = 1,
        unit: Literal["C", "F"] = "C",
        tags: list[str] | None = None,
        wind: float | None = None,
    ) -> str:
        """The weather
        in a city.

        city: its name
        days: how many
        """
        return f"{city}{days}{unit}{tags}{wind}"

    assert tools.definitions() == [
        {
            "type": "client",
            "name": "weather",
            "description": "The weather in a city.",
            "expects_response": True,
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "its name"},
                    "days": {"type": "integer", "description": "how many"},
                    "unit": {"type": "string", "enum": ["C", "F"], "description": "unit"},
                    "tags": {"type": "array", "items": {"type": "string"}, "description": "tags"},
                    "wind": {"type": "number", "description": "wind"},
                },
                "required": ["city"],
            },
        }
    ]


def test_a_decorator_may_name_and_describe() -> None:
    tools = Tools()

    @tools.tool(name="open", description="Opens the door.")
    def do_it() -> None:
        """Something else."""

    (definition,) = tools.definitions()
    assert (definition["name"], definition["description"]) == ("open", "Opens the door.")


async def test_of_tools_that_never_return_only_so_many_run() -> None:
    tools = Tools()
    goes_on = asyncio.Event()

    @tools.tool
    async def wait() -> str:
        await goes_on.wait()
        return "done"

    running = [asyncio.create_task(tools.run(call("wait"))) for _ in range(33)]
    await asyncio.sleep(0)
    refused = [one for one in running if one.done()]
    assert [one.result() for one in refused] == [ToolResult("Too many tools are running.", True)]
    goes_on.set()
    assert (await running[0]).value == "done"
    assert (await tools.run(call("wait"))).value == "done"
    await asyncio.wait(running)
