"""Calls that nobody makes: clients of the conversation for tests and measurements.

async with calling("ws://127.0.0.1:8000/v1/convai/conversation") as caller:
    await caller.wait_until_agent_is_done()
    said = await caller.say_out(pcm)
    await caller.wait_until_agent_speaks()
    print(caller.recording.voice_to_voice(said))
"""

from vivavoce.testing.caller import SimulatedCaller as SimulatedCaller
from vivavoce.testing.caller import calling as calling
from vivavoce.testing.line import CallOver as CallOver
from vivavoce.testing.measures import BargeIn as BargeIn
from vivavoce.testing.microphone import Said as Said
from vivavoce.testing.options import PYTHON_SDK_FRAME_S as PYTHON_SDK_FRAME_S
from vivavoce.testing.options import CallOptions as CallOptions
from vivavoce.testing.options import Echo as Echo
from vivavoce.testing.recording import Recording as Recording
from vivavoce.testing.waveform import Stretch as Stretch
