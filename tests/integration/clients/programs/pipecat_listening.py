"""`python pipecat_listening.py HTTP_ADDRESS TLS_HOST_AND_PORT SOUND...`: what pipelines hear.

Each sound is a WAV file, an utterance. They are spoken at the pace of a microphone, with a pause
after each, to all services at once.
"""

import asyncio
import json
import sys
import wave
from collections.abc import Callable

import aiohttp
from loguru import logger

# At the level that says something went wrong; before the import, which has much to tell.
logger.remove()
logger.add(sys.stderr, level="WARNING")

from pipecat.audio.vad.silero import SileroVADAnalyzer  # noqa: E402
from pipecat.frames.frames import (  # noqa: E402
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline  # noqa: E402
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # noqa: E402
from pipecat.processors.audio.vad_processor import VADProcessor  # noqa: E402
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor  # noqa: E402
from pipecat.services.elevenlabs.stt import (  # noqa: E402
    CommitStrategy,
    ElevenLabsRealtimeSTTService,
    ElevenLabsSTTService,
)
from pipecat.services.stt_service import STTService  # noqa: E402
from pipecat.workers.runner import WorkerRunner  # noqa: E402

SAMPLE_RATE = 16_000
FRAME_S = 0.02
PAUSE_S = 1.0
WITHIN_S = 40.0


class Sink(FrameProcessor):
    """The end of the pipeline, where the turns of a conversation would be told apart."""

    def __init__(self) -> None:
        super().__init__()
        self.finals: list[dict[str, object]] = []
        self.interims: list[str] = []
        self.errors: list[str] = []
        self.all_is_read = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self.finals.append(
                {
                    "text": frame.text,
                    "language": frame.language,
                    "finalized": frame.finalized,
                    "words": frame.result.get("words"),
                }
            )
            self.all_is_read.set()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self.all_is_read.clear()
        elif isinstance(frame, InterimTranscriptionFrame):
            self.interims.append(frame.text)
        await self.push_frame(frame, direction)


def frames(paths: tuple[str, ...]) -> list[InputAudioRawFrame]:
    """The sound of the files, as a transport brings it."""
    pcm = b""
    for path in paths:
        with wave.open(path) as file:
            assert (file.getframerate(), file.getnchannels()) == (SAMPLE_RATE, 1)
            pcm += file.readframes(file.getnframes()) + bytes(2 * round(SAMPLE_RATE * PAUSE_S))
    size = round(2 * SAMPLE_RATE * FRAME_S)
    return [
        InputAudioRawFrame(pcm[start : start + size], SAMPLE_RATE, 1)
        for start in range(0, len(pcm), size)
    ]


async def speak(worker: PipelineWorker, sink: Sink, sound: list[InputAudioRawFrame]) -> None:
    clock = asyncio.get_running_loop()
    due = clock.time()
    for frame in sound:
        await worker.queue_frame(frame)
        due += FRAME_S
        await asyncio.sleep(max(0.0, due - clock.time()))
    await sink.all_is_read.wait()
    await worker.queue_frame(EndFrame())


async def hear(service: STTService, sound: list[InputAudioRawFrame]) -> dict[str, object]:
    """What came out of a pipeline with Pipecat's own ear for who is speaking."""
    sink = Sink()
    ear = VADProcessor(vad_analyzer=SileroVADAnalyzer())
    worker = PipelineWorker(
        Pipeline([ear, service, sink]), params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE)
    )

    @worker.event_handler("on_pipeline_error")
    async def note(worker: PipelineWorker, frame: ErrorFrame) -> None:
        sink.errors.append(frame.error)

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run())
        tasks.create_task(speak(worker, sink, sound))
    return {"finals": sink.finals, "interims": sink.interims, "errors": sink.errors}


async def main(address: str, tls_host: str, *paths: str) -> None:
    def realtime(strategy: CommitStrategy, **options: object) -> STTService:
        return ElevenLabsRealtimeSTTService(
            api_key="any", base_url=tls_host, commit_strategy=strategy, **options
        )

    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):
        services: dict[str, Callable[[], STTService]] = {
            "manual": lambda: realtime(CommitStrategy.MANUAL, include_language_detection=True),
            "vad": lambda: realtime(
                CommitStrategy.VAD,
                include_timestamps=True,
                settings=ElevenLabsRealtimeSTTService.Settings(
                    language="en", vad_silence_threshold_secs=0.6
                ),
            ),
            "segmented": lambda: ElevenLabsSTTService(
                api_key="any", base_url=address, aiohttp_session=session
            ),
        }
        async with asyncio.TaskGroup() as tasks:
            hearing = {
                name: tasks.create_task(hear(service(), frames(paths)))
                for name, service in services.items()
            }
    heard = {name: task.result() for name, task in hearing.items()}
    json.dump({"pause_s": PAUSE_S, **heard}, sys.stdout)


asyncio.run(main(*sys.argv[1:]))
