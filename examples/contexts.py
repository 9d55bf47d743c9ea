"""`python contexts.py [ADDRESS]`: a story, the listener who interrupts it, and an answer.

Both are spoken over one socket, each in a context of its own, into story.mp3 and answer.mp3. It
needs `websockets`.
"""

import base64
import json
import sys
from collections import defaultdict
from pathlib import Path

from websockets.sync.client import connect

[address] = sys.argv[1:] or ["ws://127.0.0.1:8000"]
STORY = " ".join(f"Then came chapter {n}, longer than the one before." for n in range(1, 101))
ANSWER = "Of course. The train leaves in an hour."

audio: defaultdict[str, bytes] = defaultdict(bytes)
with connect(f"{address}/v1/text-to-speech/Rachel/multi-stream-input") as socket:

    def send(**message: object) -> None:
        socket.send(json.dumps(message))

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message.get("audio"):
            audio[message["contextId"]] += base64.b64decode(message["audio"])
        elif message.get("isFinal"):
            print(message["contextId"], "has ended")
        elif "error" in message:
            print(message["message"], file=sys.stderr)

    send(context_id="story", text=STORY, flush=True)
    while "story" not in audio:
        hear(socket.recv())

    # The listener says something. Closed once, a context is spoken to its end; twice, it ends now.
    send(context_id="story", close_context=True)
    send(context_id="story", close_context=True)

    for word in ANSWER.split():
        send(context_id="answer", text=word + " ")
    send(context_id="answer", flush=True)
    send(close_socket=True)
    for frame in socket:
        hear(frame)

for context, sound in audio.items():
    Path(f"{context}.mp3").write_bytes(sound)
