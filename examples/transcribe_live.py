"""`python transcribe_live.py SOUND.wav [ADDRESS]`: what is said in a sound, while it is said.

The file has 16 bits and one channel. Each line is printed as it grows, and behind a `>` when it is
settled. It needs `websockets`.
"""

import asyncio
import base64
import json
import sys
import wave

from websockets.asyncio.client import ClientConnection, connect

path, address = [*sys.argv[1:], "ws://127.0.0.1:8000"][:2]
CHUNK_S = 0.05
SILENCE_S = 0.8

with wave.open(path) as file:
    if (file.getnchannels(), file.getsampwidth()) != (1, 2):
        sys.exit(f"{path} does not have 16 bits and one channel")
    rate = file.getframerate()
    sound = file.readframes(file.getnframes())


async def send(socket: ClientConnection, pcm: bytes = b"", *, commit: bool = False) -> None:
    audio = base64.b64encode(pcm).decode()
    message = {"message_type": "input_audio_chunk", "audio_base_64": audio, "commit": commit}
    await socket.send(json.dumps(message))


async def speak(socket: ClientConnection) -> None:
    """As a microphone would, with silence enough behind the last word to settle it."""
    pcm = sound + bytes(2 * round(rate * 2 * SILENCE_S))
    size = 2 * round(rate * CHUNK_S)
    for start in range(0, len(pcm), size):
        await send(socket, pcm[start : start + size])
        await asyncio.sleep(CHUNK_S)
    await send(socket, commit=True)


async def main() -> None:
    query = f"audio_format=pcm_{rate}&commit_strategy=vad&vad_silence_threshold_secs={SILENCE_S}"
    url = f"{address}/v1/speech-to-text/realtime?model_id=scribe_v2_realtime&{query}"
    async with connect(url) as socket, asyncio.TaskGroup() as tasks:
        tasks.create_task(speak(socket))
        async for frame in socket:
            message = json.loads(frame)
            if message["message_type"] == "partial_transcript":
                print(" ", message["text"], flush=True)
            elif message["message_type"] == "committed_transcript":
                if not message["text"]:
                    break  # the answer to our own commit: there is nothing left
                print(">", message["text"], flush=True)
            elif "error" in message:
                print(message["error"], file=sys.stderr)


asyncio.run(main())
