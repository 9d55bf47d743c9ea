"""`python dialogue.py [ADDRESS]`: two voices in one stream of audio, dialogue.mp3.

It needs `websockets`.
"""

import base64
import json
import sys

from websockets.sync.client import connect

[address] = sys.argv[1:] or ["ws://127.0.0.1:8000"]
LINES = (
    ("Allegra", "Is this the train to the city? "),
    ("Claudio", "It is. We leave in ten minutes. "),
    ("Allegra", "Then I will take the seat by the window. "),
)

url = f"{address}/v1/text-to-dialogue/stream-input"
with connect(url) as socket, open("dialogue.mp3", "wb") as file:
    socket.send(json.dumps({"voices": ["Allegra", "Claudio"]}))
    for voice, text in LINES:
        socket.send(json.dumps({"inputs": [{"text": text, "voice_id": voice}]}))
    socket.send(json.dumps({"close_context": True}))
    for frame in socket:
        message = json.loads(frame)
        if message.get("audio"):
            file.write(base64.b64decode(message["audio"]))
