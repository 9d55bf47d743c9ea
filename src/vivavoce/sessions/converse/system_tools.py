"""The tools that are the server's own: what the mind is told of them, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vivavoce.core.placeholders import Variable, fill
from vivavoce.core.placeholders import for_mind as without_secrets
from vivavoce.engines.minds.base import ToolSpec
from vivavoce.errors import MissingVariable
from vivavoce.sessions.converse.answer_parts import shown_json
from vivavoce.sessions.converse.outcomes import (
    Answer,
    ChangeLanguage,
    Effect,
    EndCall,
    SkipTurn,
    ToolRefused,
    TransferToAgent,
    Voicemail,
)
from vivavoce.wire.agent_config import ToolConfig
from vivavoce.wire.lenient import filled, mappings, number

_Variables = Mapping[str, Variable]

_DESCRIPTIONS: Final = {
    "end_call": (
        "Ends the call. Use it when the user says goodbye or asks to hang up, or when what they"
        " called for is done and they want nothing else. Do not use it while a question is open."
        " Put your goodbye into `message`: it is spoken before the line is closed."
    ),
    "skip_turn": (
        "Stays silent until the user speaks again. Use it when the user asks for a moment, as in"
        " 'give me a second', 'let me think' or 'hold on'. Say nothing else with it."
    ),
    "language_detection": (
        "Changes the language of the conversation. Use it when the user speaks another language"
        " than the current one, or asks for another one. From then on answer in that language."
    ),
    "transfer_to_agent": (
        "Hands the user over to another agent, which goes on with the conversation. Use it as soon"
        " as one of these conditions holds, and give the number of its agent:"
    ),
    "voicemail_detection": (
        "Ends the call at an answering machine. Use it only when what you hear is a recorded"
        " greeting or asks to leave a message after the tone."
    ),
}
_REASON: Final = {"type": "string", "description": "Why, in one short sentence."}


def system_tool_type(tool: ToolConfig) -> str:
    """Which of the server's own tools it is, whatever its name."""
    return filled(tool.params.get("system_tool_type")) or tool.name


def is_supported(tool: ToolConfig) -> bool:
    """Whether there is such a tool here: those of telephone lines are not."""
    kind = system_tool_type(tool)
    return kind in _EFFECTS and (kind != "transfer_to_agent" or bool(_transfers(tool)))


def system_spec(tool: ToolConfig) -> ToolSpec:
    """What the mind is told of it; an agent's own description goes before the usual one."""
    kind = system_tool_type(tool)
    said = tool.description or _DESCRIPTIONS[kind]
    properties: dict[str, object] = {"reason": _REASON}
    required: list[str] = []
    if kind == "end_call":
        properties["message"] = {"type": "string", "description": "What to say before hanging up."}
    elif kind == "language_detection":
        properties["language"] = {
            "type": "string",
            "description": "The ISO 639-1 code of the language, such as en, de or zh.",
        }
        required = ["language"]
    elif kind == "transfer_to_agent":
        transfers = _transfers(tool)
        said += "".join(f"\n{at}: {each['condition']}" for at, each in enumerate(transfers))
        properties["agent_number"] = {"type": "integer", "enum": list(range(len(transfers)))}
        required = ["agent_number"]
    parameters: dict[str, object] = {
        "type": "object",
        "properties": properties,
        "required": required,
    }
    return ToolSpec(tool.name, said, parameters)


def run_system_tool(tool: ToolConfig, given: Mapping[str, object], variables: _Variables) -> Answer:
    """What the tool does, for the session to carry out. Raises ToolRefused."""
    kind = system_tool_type(tool)
    try:
        effect, told = _EFFECTS[kind](tool, given, without_secrets(variables))
    except MissingVariable as error:
        raise ToolRefused(str(error)) from error
    reason = _said(given, "reason")
    shown = {"status": "success", **({"reason": reason} if reason else {}), **told}
    return Answer(shown_json(shown), effect=effect)


_Made = tuple[Effect, dict[str, object]]


def _end_call(_tool: ToolConfig, given: Mapping[str, object], _variables: _Variables) -> _Made:
    message = _said(given, "message")
    return EndCall(message, _said(given, "reason")), {"message": message} if message else {}


def _skip_turn(_tool: ToolConfig, _given: Mapping[str, object], _variables: _Variables) -> _Made:
    return SkipTurn(), {}


def _language(_tool: ToolConfig, given: Mapping[str, object], _variables: _Variables) -> _Made:
    code = _said(given, "language").lower()
    return ChangeLanguage(code), {"language": code}


def _transfer(tool: ToolConfig, given: Mapping[str, object], variables: _Variables) -> _Made:
    chosen = _transfers(tool)[int(number(given.get("agent_number")) or 0)]
    agent_id = str(chosen["agent_id"])
    message = filled(chosen.get("transfer_message"))
    effect = TransferToAgent(
        agent_id=agent_id,
        message=None if message is None else fill(message, variables),
        delay_s=max(0.0, (number(chosen.get("delay_ms")) or 0.0) / 1000),
        with_first_message=chosen.get("enable_transferred_agent_first_message") is True,
    )
    return effect, {"to_agent": agent_id, "condition": chosen["condition"]}


def _voicemail(tool: ToolConfig, _given: Mapping[str, object], variables: _Variables) -> _Made:
    message = fill(filled(tool.params.get("voicemail_message")) or "", variables)
    return Voicemail(message), {}


_EFFECTS: Final[dict[str, Callable[[ToolConfig, Mapping[str, object], _Variables], _Made]]] = {
    "end_call": _end_call,
    "skip_turn": _skip_turn,
    "language_detection": _language,
    "transfer_to_agent": _transfer,
    "voicemail_detection": _voicemail,
}


def _said(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    return value.strip() if isinstance(value, str) else ""


def _transfers(tool: ToolConfig) -> list[dict[str, object]]:
    """Those to agents; a workflow's nodes are not known here."""
    return [
        {**each, "condition": filled(each.get("condition")) or str(each["agent_id"])}
        for each in mappings(tool.params.get("transfers"))
        if filled(each.get("agent_id"))
    ]
