"""`python timestamps.py [ADDRESS]`: speech over REST as it is made, and when each word is heard.

Writes timestamps.mp3 and prints a line for each word. It needs `httpx`.
"""

import base64
import json
import sys

import httpx

[address] = sys.argv[1:] or ["http://127.0.0.1:8000"]
TEXT = "Good morning, everyone. The train leaves in an hour."

url = f"{address}/v1/text-to-speech/Rachel/stream/with-timestamps"
with (
    httpx.stream("POST", url, json={"text": TEXT}, timeout=30) as answer,
    open("timestamps.mp3", "wb") as file,
):
    if answer.is_error:
        sys.exit(answer.read().decode())
    word, begins = "", 0.0
    for line in answer.iter_lines():
        piece = json.loads(line)
        file.write(base64.b64decode(piece["audio_base64"]))
        told = piece["alignment"] or {"characters": [], "character_start_times_seconds": []}
        starts = told["character_start_times_seconds"]
        for character, start in zip(told["characters"], starts, strict=True):
            begins = begins if word else start
            if not character.isspace():
                word += character
            elif word:
                print(f"{begins:6.2f}  {word}")
                word = ""
