"""`python words.py [ADDRESS]`: text that comes word by word, spoken as it comes, into words.mp3.

It knows nothing of vivavoce; the one package it needs is `websockets`.
"""

import base64
import json
import sys

from websockets.sync.client import connect

[address] = sys.argv[1:] or ["ws://127.0.0.1:8000"]
TEXT = "Every word of this sentence arrives by itself."

url = f"{address}/v1/text-to-speech/Rachel/stream-input"
with connect(url) as socket, open("words.mp3", "wb") as file:
    for word in TEXT.split():
        socket.send(json.dumps({"text": word + " "}))
    socket.send(json.dumps({"text": ""}))
    for frame in socket:
        message = json.loads(frame)
        if message["audio"]:
            file.write(base64.b64decode(message["audio"]))
