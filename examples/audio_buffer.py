"""`python audio_buffer.py`: what was said in the last two seconds, into audio_buffer.wav.

An AudioBuffer holds so many bytes of a stream, however long it is; the oldest go first. It needs
`vivavoce`.
"""

import wave

from vivavoce import AudioBuffer, RealtimeTTS

RATE = 24_000
TEXT = "Of a long speech only the end is kept. The last of it was this."

newest = AudioBuffer(max_size=2 * 2 * RATE)
with RealtimeTTS(output_format=f"pcm_{RATE}") as tts:
    for chunk in tts.stream(TEXT):
        newest.add(chunk.audio)

with wave.open("audio_buffer.wav", "wb") as file:
    file.setparams((1, 2, RATE, 0, "NONE", ""))
    file.writeframes(newest.get())
