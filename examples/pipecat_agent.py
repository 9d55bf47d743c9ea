"""`python pipecat_agent.py QUESTION.wav [ADDRESS]`: Pipecat's pipeline hears, thinks and answers.

The file (16 kHz, 16 bits, one channel) stands where a transport would, the answer goes to
pipecat_agent.wav: ears and voice are vivavoce's, by Pipecat's own ElevenLabs services, and the mind
is behind any address that speaks OpenAI's chat completions (OPENAI_BASE_URL, OPENAI_API_KEY,
OPENAI_MODEL). It needs `pipecat-ai[elevenlabs,openai,silero]`.
"""

import asyncio
import os
import sys
import wave

import aiohttp
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.elevenlabs.stt import ElevenLabsSTTService
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.workers.runner import WorkerRunner

path, address = [*sys.argv[1:], "http://127.0.0.1:8000"][:2]
RATE = 16_000
FRAME_S = 0.02


class Recorder(FrameProcessor):
    """Stands where a transport's output would; `answered` once the answer has been spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = b""
        self.answered = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.audio += frame.audio
        elif isinstance(frame, TTSStoppedFrame) and self.audio:
            self.answered.set()
        await self.push_frame(frame, direction)


async def ask(worker: PipelineWorker, recorder: Recorder) -> None:
    """The question as fast as it sounds, and silence until it has been answered."""
    with wave.open(path) as file:
        question = file.readframes(file.getnframes())
    size = 2 * round(RATE * FRAME_S)
    at = 0
    while not recorder.answered.is_set():
        piece = question[at : at + size].ljust(size, b"\0")
        await worker.queue_frame(InputAudioRawFrame(piece, RATE, 1))
        await asyncio.sleep(FRAME_S)
        at += size
    await worker.queue_frame(EndFrame())


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        context = LLMContext()
        user, assistant = LLMContextAggregatorPair(
            context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
        )
        ears = ElevenLabsSTTService(api_key="any", base_url=address, aiohttp_session=session)
        mind = OpenAILLMService(
            settings=OpenAILLMService.Settings(
                model=os.environ.get("OPENAI_MODEL", "gpt-4o-mini"),
                system_instruction="Answer in one short sentence.",
            )
        )
        voice = ElevenLabsTTSService(
            api_key="any",
            url=address.replace("http", "ws", 1),
            settings=ElevenLabsTTSService.Settings(voice="21m00Tcm4TlvDq8ikWAM"),
        )
        recorder = Recorder()
        worker = PipelineWorker(
            Pipeline([ears, user, mind, voice, recorder, assistant]),
            params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        )
        runner = WorkerRunner()
        await runner.add_workers(worker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run())
            tasks.create_task(ask(worker, recorder))
    for message in context.messages:
        print(f"{message['role']}: {message['content']}")
    with wave.open("pipecat_agent.wav", "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(recorder.audio)


asyncio.run(main())
