"""`python elevenlabs_scribe_realtime.py HTTP_ADDRESS KEY SOUND...`: the SDK hears WAV files live.

Each is an utterance. They are sent faster than they sound.
"""

import asyncio
import base64
import sys
import threading
import wave
from collections.abc import Awaitable, Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from elevenlabs import AsyncElevenLabs, AudioFormat, CommitStrategy, ElevenLabs, RealtimeEvents
from elevenlabs.realtime.connection import RealtimeConnection
from outcomes import tell

SAMPLE_RATE = 16_000
CHUNK_BYTES = 3200
SILENCE = bytes(2 * SAMPLE_RATE)
WITHIN_S = 20.0
BARE = {
    "model_id": "scribe_v2_realtime",
    "audio_format": AudioFormat.PCM_16000,
    "sample_rate": SAMPLE_RATE,
}
COMMITTED = RealtimeEvents.COMMITTED_TRANSCRIPT
TIMED = RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS

address, key, *paths = sys.argv[1:]
client = ElevenLabs(base_url=address, api_key=key)


class Heard:
    """The events of a connection, in the order in which they come."""

    def __init__(self, connection: RealtimeConnection) -> None:
        self.types: list[str] = []
        self._events: asyncio.Queue[tuple[RealtimeEvents, dict[str, object]]] = asyncio.Queue()
        for event in RealtimeEvents:
            if event is not RealtimeEvents.OPEN:
                connection.on(event, partial(self._note, event))

    def _note(self, event: RealtimeEvents, data: dict[str, object]) -> None:
        self.types.append(event.value)
        self._events.put_nowait((event, data))

    async def until(self, wanted: RealtimeEvents) -> dict[str, object]:
        """The next event of a type; those before it are passed over."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                event, data = await self._events.get()
                if event is wanted:
                    return data


def pcm(path: str) -> bytes:
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels()) == (SAMPLE_RATE, 1)
        return file.readframes(file.getnframes())


async def send(connection: RealtimeConnection, sound: bytes) -> None:
    for start in range(0, len(sound), CHUNK_BYTES):
        chunk = base64.b64encode(sound[start : start + CHUNK_BYTES]).decode()
        await connection.send({"audio_base_64": chunk})


async def manual(opened: Awaitable[RealtimeConnection]) -> object:
    """One commit after each utterance, and one with nothing before it."""
    connection = await opened
    heard = Heard(connection)
    started = await heard.until(RealtimeEvents.SESSION_STARTED)
    texts = []
    for path in paths:
        await connection.send({"audio_base_64": "", "previous_text": "Is everybody here?"})
        await send(connection, pcm(path))
        await connection.send({"audio_base_64": ""})
        await connection.commit()
        texts.append((await heard.until(COMMITTED))["text"])
    await connection.commit()
    texts.append((await heard.until(COMMITTED))["text"])
    await connection.close()
    return {"config": started["config"], "texts": texts, "types": heard.types}


async def closing() -> object:
    """Everything at once, then a commit, then goodbye, as the SDK's own example has it."""
    connection = await client.speech_to_text.realtime.connect(BARE)
    texts: list[str] = []
    connection.on(COMMITTED, lambda data: texts.append(data["text"]))
    for path in paths:
        await send(connection, pcm(path))
        await connection.commit()
    await connection.close()
    return texts


async def vad() -> object:
    """The server tells utterances apart, and tells times and language."""
    connection = await client.speech_to_text.realtime.connect(
        {
            **BARE,
            "commit_strategy": CommitStrategy.VAD,
            "vad_silence_threshold_secs": 0.6,
            "vad_threshold": 0.5,
            "min_speech_duration_ms": 100,
            "min_silence_duration_ms": 100,
            "include_timestamps": True,
            "include_language_detection": True,
            "secondary_languages": ["de", "fr"],
            "keyterms": ["train"],
            "no_verbatim": False,
            "enable_logging": True,
        }
    )
    heard = Heard(connection)
    for path in paths:
        await send(connection, pcm(path) + SILENCE)
    answers = [await heard.until(TIMED) for _ in paths]
    await connection.close()
    return {"answers": answers, "types": heard.types}


async def telephone() -> object:
    """The first utterance as a telephone brings it: 8 kHz, mu-law."""
    encoder = await asyncio.create_subprocess_exec(
        *f"ffmpeg -v error -i {paths[0]} -f mulaw -ar 8000 -".split(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    sound, _ = await encoder.communicate()
    options = {**BARE, "audio_format": AudioFormat.ULAW_8000, "sample_rate": 8000}
    connection = await client.speech_to_text.realtime.connect(options)
    heard = Heard(connection)
    await send(connection, sound)
    await connection.commit()
    text = (await heard.until(COMMITTED))["text"]
    await connection.close()
    return text


async def url() -> object:
    """The utterances in one file, which FFmpeg reads from a web server."""
    with wave.open("all.wav", "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(b"".join(pcm(path) + SILENCE for path in paths))
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), quiet) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        connection = await client.speech_to_text.realtime.connect(
            {
                "model_id": "scribe_v2_realtime",
                "url": f"http://127.0.0.1:{web.server_port}/all.wav",
                "commit_strategy": CommitStrategy.VAD,
                "vad_silence_threshold_secs": 0.6,
            }
        )
        heard = Heard(connection)
        texts = [(await heard.until(COMMITTED))["text"] for _ in paths]
        await connection.close()
        web.shutdown()
    return texts


async def refused() -> object:
    """A token that nobody gave."""
    connection = await client.speech_to_text.realtime.connect({**BARE, "token": "nobody's"})
    heard = Heard(connection)
    error = await heard.until(RealtimeEvents.AUTH_ERROR)
    closed = await heard.until(RealtimeEvents.CLOSE)
    return {"error": error["error"], "types": heard.types, "code": closed["code"]}


async def asynchronous() -> object:
    """The same from the asynchronous client."""
    async_client = AsyncElevenLabs(base_url=address, api_key=key)
    return await manual(async_client.speech_to_text.realtime.connect(BARE))


async def with_token() -> object:
    """The same without the key."""
    token = client.tokens.single_use.create("realtime_scribe").token
    keyless = ElevenLabs(base_url=address, api_key="")
    return await manual(keyless.speech_to_text.realtime.connect({**BARE, "token": token}))


async def with_key() -> object:
    return await manual(client.speech_to_text.realtime.connect(BARE))


calls: tuple[Callable[[], Awaitable[object]], ...] = (
    with_key,
    asynchronous,
    with_token,
    closing,
    vad,
    telephone,
    url,
    refused,
)
tell({call.__name__: lambda call=call: asyncio.run(call()) for call in calls})
