"""`python pipecat_turn.py [ADDRESS]`: Pipecat's ElevenLabs service speaks into pipecat.wav.

It needs `pipecat-ai[elevenlabs]`.
"""

import asyncio
import sys
import wave

from pipecat.frames.frames import EndFrame, Frame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.workers.runner import WorkerRunner

[address] = sys.argv[1:] or ["ws://127.0.0.1:8000"]
TEXT = "Good morning, everyone. The train leaves in an hour."


class Recorder(FrameProcessor):
    """Stands where a transport would."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = b""
        self.sample_rate = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.audio += frame.audio
            self.sample_rate = frame.sample_rate
        await self.push_frame(frame, direction)


async def main() -> None:
    speaker = ElevenLabsTTSService(
        api_key="any",
        url=address,
        settings=ElevenLabsTTSService.Settings(voice="21m00Tcm4TlvDq8ikWAM"),
    )
    recorder = Recorder()
    worker = PipelineWorker(Pipeline([speaker, recorder]))
    runner = WorkerRunner()
    await runner.add_workers(worker)
    await worker.queue_frames([TTSSpeakFrame(TEXT), EndFrame()])
    await runner.run()
    with wave.open("pipecat.wav", "wb") as file:
        file.setparams((1, 2, recorder.sample_rate, 0, "NONE", ""))
        file.writeframes(recorder.audio)


asyncio.run(main())
