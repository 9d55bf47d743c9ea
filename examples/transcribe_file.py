"""`python transcribe_file.py SOUND [ADDRESS]`: what is said in a file of any kind, and when.

Prints a line for each word, then the whole, and writes subtitles to transcript.srt. It needs
ElevenLabs' SDK, `elevenlabs`.
"""

import sys
from pathlib import Path

from elevenlabs import ElevenLabs, ExportOptions_Srt

path, address = [*sys.argv[1:], "http://127.0.0.1:8000"][:2]

client = ElevenLabs(base_url=address, api_key="any")
with open(path, "rb") as file:
    transcript = client.speech_to_text.convert(
        file=file, model_id="scribe_v2", additional_formats=[ExportOptions_Srt()]
    )
for word in transcript.words:
    if word.type == "word":
        print(f"{word.start:6.2f}  {word.text}")
print(transcript.text)
Path("transcript.srt").write_text(transcript.additional_formats[0].content, "utf-8")
