"""`python livekit_listening.py HTTP_ADDRESS SOUND...`: what LiveKit's plugin hears in WAV files.

Each is an utterance. They are spoken at the pace of a microphone: on a stream that is flushed
after each and once more, and on one whose server tells utterances apart; then each is sent whole.
"""

import asyncio
import json
import logging
import sys
import wave
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
from livekit import rtc
from livekit.agents import stt
from livekit.plugins import elevenlabs

SAMPLE_RATE = 16_000
FRAME_S = 0.02
BREATH_S = 1.0
WITHIN_S = 40.0


def whole(path: str) -> rtc.AudioFrame:
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels()) == (SAMPLE_RATE, 1)
        count = file.getnframes()
        return rtc.AudioFrame(file.readframes(count), SAMPLE_RATE, 1, count)


def frames(sound: rtc.AudioFrame) -> Iterator[rtc.AudioFrame]:
    size = round(SAMPLE_RATE * FRAME_S)
    for start in range(0, sound.samples_per_channel - size, size):
        yield rtc.AudioFrame(bytes(sound.data[start : start + size]), SAMPLE_RATE, 1, size)


async def speak(stream: stt.RecognizeStream, sounds: list[rtc.AudioFrame], *, flush: bool) -> None:
    clock = asyncio.get_running_loop()
    silence = rtc.AudioFrame.create(SAMPLE_RATE, 1, round(SAMPLE_RATE * BREATH_S))
    for sound in sounds:
        due = clock.time()
        for frame in [*frames(sound), None, *frames(silence)]:
            if frame is not None:
                stream.push_frame(frame)
                due += FRAME_S
                await asyncio.sleep(max(0.0, due - clock.time()))
            elif flush:
                stream.flush()
    if flush:
        stream.flush()


def told(event: stt.SpeechEvent) -> dict[str, object]:
    best = event.alternatives[0]
    return {
        "text": best.text,
        "language": best.language,
        "confidence": best.confidence,
        "start": best.start_time,
        "end": best.end_time,
        "words": [
            (str(word), word.start_time, word.end_time)
            for word in best.words or []
            if not str(word).isspace()
        ],
    }


async def converse(
    ears: elevenlabs.STT, sounds: list[rtc.AudioFrame], *, flush: bool, last: stt.SpeechEventType
) -> dict[str, object]:
    """The events of a stream, until as many of the `last` type as there will be have come."""
    finals: list[dict[str, object]] = []
    types: list[str] = []
    interims: list[str] = []
    awaited = 1 if flush else len(sounds)
    async with ears.stream() as stream, asyncio.TaskGroup() as tasks:
        tasks.create_task(speak(stream, sounds, flush=flush))
        async for event in stream:
            if event.type is stt.SpeechEventType.INTERIM_TRANSCRIPT:
                interims.append(event.alternatives[0].text)
            elif event.type is not stt.SpeechEventType.RECOGNITION_USAGE:
                types.append(event.type)
            if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                finals.append(told(event))
            awaited -= event.type is last
            if not awaited:
                break
    return {"finals": finals, "types": types, "interims": interims}


async def main(address: str, *paths: str) -> None:
    sounds = [whole(path) for path in paths]
    end = stt.SpeechEventType.END_OF_SPEECH
    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):

        def ears(model: str, **options: object) -> elevenlabs.STT:
            return elevenlabs.STT(
                base_url=f"{address}/v1",
                api_key="any",
                model=model,
                http_session=session,
                **options,
            )

        async def recognised() -> object:
            batch = ears("scribe_v1")
            return [told(await batch.recognize(sound)) for sound in sounds]

        realtime = "scribe_v2_realtime"
        by_server = ears(
            realtime,
            language_code="en-US",
            server_vad={"vad_silence_threshold_secs": 0.6},
            include_timestamps=True,
            previous_text="Is everybody here?",
        )
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "flushed": lambda: converse(ears(realtime), sounds, flush=True, last=end),
            "by_server": lambda: converse(by_server, sounds, flush=False, last=end),
            "recognised": recognised,
        }
        async with asyncio.TaskGroup() as tasks:
            made = {name: tasks.create_task(call()) for name, call in calls.items()}
    heard = {name: task.result() for name, task in made.items()}
    json.dump({"breath_s": BREATH_S, **heard}, sys.stdout)


logging.basicConfig(level=logging.WARNING)
asyncio.run(main(*sys.argv[1:]))
