"""`python pipecat_turns.py websocket|http|dialogue HTTP_ADDRESS`: three turns of a pipeline.

The second is interrupted when its first sound arrives. Writes turn-0.pcm to turn-2.pcm and tells
what else came out of the pipeline.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from loguru import logger

# At the level that says something went wrong; before the import, which has much to tell.
logger.remove()
logger.add(sys.stderr, level="WARNING")

from pipecat.frames.frames import (  # noqa: E402
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline  # noqa: E402
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # noqa: E402
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor  # noqa: E402
from pipecat.services.elevenlabs.dialogue.tts import ElevenLabsDialogueTTSService  # noqa: E402
from pipecat.services.elevenlabs.tts import (  # noqa: E402
    ElevenLabsHttpTTSService,
    ElevenLabsTTSService,
)
from pipecat.services.tts_service import TTSService  # noqa: E402
from pipecat.workers.runner import WorkerRunner  # noqa: E402

VOICE = "21m00Tcm4TlvDq8ikWAM"
SAMPLE_RATE = 24_000
WITHIN_S = 60.0
INTERRUPTED = 1
INTERRUPTION_S = 0.3
"""How long somebody who interrupts speaks at the least: "wait"."""

# Minutes of speech that nobody has spoken yet: the server still makes it when it is interrupted.
LONG = " ".join(f"Then came chapter {n}, which was longer than the last." for n in range(1, 61))
TURNS = (
    "Good morning, everyone. The train leaves in an hour.",
    LONG,
    "The weather is fine today. Please take a seat by the window.",
)


class Turn:
    """What came of one turn: its sound, its words, and when the sound began."""

    def __init__(self) -> None:
        self.audio = bytearray()
        self.words: list[tuple[str, int | None]] = []
        self.began_ns: int | None = None
        self.over = asyncio.Event()


class Sink(FrameProcessor):
    """The end of the pipeline, where a transport would be."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = [Turn() for _ in TURNS]
        self.now = -1
        self.sounds = asyncio.Event()
        self.errors: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSStartedFrame):
            self.now += 1
        elif isinstance(frame, TTSAudioRawFrame):
            assert (frame.sample_rate, frame.num_channels) == (SAMPLE_RATE, 1)
            turn = self.turns[self.now]
            if turn.began_ns is None:
                turn.began_ns = self.get_clock().get_time()
            turn.audio += frame.audio
            self.sounds.set()
        elif isinstance(frame, TTSTextFrame):
            self.turns[self.now].words.append((frame.text, frame.pts))
        elif isinstance(frame, (TTSStoppedFrame, InterruptionFrame)) and self.now >= 0:
            self.turns[self.now].over.set()
        await self.push_frame(frame, direction)


@asynccontextmanager
async def service(kind: str, address: str) -> AsyncIterator[TTSService]:
    """A service that is changed in nothing but its address."""
    sockets = address.replace("http", "ws", 1)
    if kind == "websocket":
        settings = ElevenLabsTTSService.Settings(voice=VOICE, stability=0.5, speed=1.0)
        yield ElevenLabsTTSService(api_key="any", url=sockets, settings=settings)
    elif kind == "dialogue":
        yield ElevenLabsDialogueTTSService(
            api_key="any",
            url=sockets,
            settings=ElevenLabsDialogueTTSService.Settings(voice=VOICE, stability=0.5),
        )
    else:
        async with aiohttp.ClientSession() as session:
            yield ElevenLabsHttpTTSService(
                api_key="any",
                base_url=address,
                aiohttp_session=session,
                settings=ElevenLabsHttpTTSService.Settings(voice=VOICE, stability=0.5),
            )


async def converse(worker: PipelineWorker, sink: Sink) -> None:
    """Speaks as a language model does, token by token, and interrupts when it may."""
    for number, text in enumerate(TURNS):
        tokens = [LLMTextFrame(token) for token in text.replace(" ", "| ").split("|")]
        await worker.queue_frames([LLMFullResponseStartFrame(), *tokens, LLMFullResponseEndFrame()])
        if number == INTERRUPTED:
            sink.sounds.clear()
            await sink.sounds.wait()
            await worker.queue_frame(InterruptionFrame())
            await asyncio.sleep(INTERRUPTION_S)
        await sink.turns[number].over.wait()
    await worker.queue_frame(EndFrame())


async def run(kind: str, address: str) -> Sink:
    sink = Sink()
    async with service(kind, address) as speaker, asyncio.timeout(WITHIN_S):
        worker = PipelineWorker(
            Pipeline([speaker, sink]), params=PipelineParams(audio_out_sample_rate=SAMPLE_RATE)
        )

        @worker.event_handler("on_pipeline_error")
        async def note(worker: PipelineWorker, frame: ErrorFrame) -> None:
            sink.errors.append(frame.error)

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run())
            tasks.create_task(converse(worker, sink))
    return sink


def main(kind: str, address: str) -> None:
    sink = asyncio.run(run(kind, address))
    for number, turn in enumerate(sink.turns):
        Path(f"turn-{number}.pcm").write_bytes(turn.audio)
    turns = [{"began_ns": turn.began_ns, "words": turn.words} for turn in sink.turns]
    json.dump({"texts": TURNS, "turns": turns, "errors": sink.errors}, sys.stdout)


main(*sys.argv[1:])
