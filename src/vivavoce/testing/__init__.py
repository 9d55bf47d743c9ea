"""Tools for tests and measurements of voice agents: callers, servers, bad networks.

async with calling("ws://127.0.0.1:8000/v1/convai/conversation") as caller:
    await caller.wait_until_agent_is_done()
    said = await caller.say_out(pcm)
    await caller.wait_until_agent_speaks()
    print(caller.recording.voice_to_voice(said))

Nothing is loaded before it is asked for: pytest reads this file at every start of everybody.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivavoce.testing.bad_network import BadNetwork as BadNetwork
    from vivavoce.testing.blocking_caller import BlockingCaller as BlockingCaller
    from vivavoce.testing.caller import SimulatedCaller as SimulatedCaller
    from vivavoce.testing.caller import calling as calling
    from vivavoce.testing.line import CallOver as CallOver
    from vivavoce.testing.measures import BargeIn as BargeIn
    from vivavoce.testing.microphone import Said as Said
    from vivavoce.testing.options import PYTHON_SDK_FRAME_S as PYTHON_SDK_FRAME_S
    from vivavoce.testing.options import CallOptions as CallOptions
    from vivavoce.testing.options import Echo as Echo
    from vivavoce.testing.recording import Recording as Recording
    from vivavoce.testing.server_process import ServerFailed as ServerFailed
    from vivavoce.testing.server_process import ServerProcess as ServerProcess
    from vivavoce.testing.talker import AgentSilent as AgentSilent
    from vivavoce.testing.talker import Heard as Heard
    from vivavoce.testing.talker import Line as Line
    from vivavoce.testing.talker import Talker as Talker
    from vivavoce.testing.talker import talking as talking
    from vivavoce.testing.waveform import Stretch as Stretch

_ROOMS = {
    "AgentSilent": "talker",
    "BadNetwork": "bad_network",
    "BargeIn": "measures",
    "BlockingCaller": "blocking_caller",
    "CallOptions": "options",
    "CallOver": "line",
    "Echo": "options",
    "Heard": "talker",
    "Line": "talker",
    "PYTHON_SDK_FRAME_S": "options",
    "Recording": "recording",
    "Said": "microphone",
    "ServerFailed": "server_process",
    "ServerProcess": "server_process",
    "SimulatedCaller": "caller",
    "Stretch": "waveform",
    "Talker": "talker",
    "calling": "caller",
    "talking": "talker",
}


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{room}"), name)


def __dir__() -> list[str]:
    return sorted(_ROOMS)
