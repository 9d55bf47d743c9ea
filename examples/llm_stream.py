"""`python llm_stream.py [QUESTION]`: a language model's answer, spoken while it is being written.

The model is behind any address that speaks OpenAI's chat completions, such as Ollama's:
OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_API_KEY=any OPENAI_MODEL=llama3.2. The words are
printed as they are written, and go to llm_stream.mp3 as they are spoken. It needs `vivavoce` and
`openai`.
"""

import os
import sys
from collections.abc import Iterator

from openai import OpenAI

from vivavoce import RealtimeTTS

[question] = sys.argv[1:] or ["Tell me a story about the sea."]


def words() -> Iterator[str]:
    answer = OpenAI().chat.completions.create(
        model=os.environ.get("OPENAI_MODEL", "gpt-4o-mini"),
        messages=[{"role": "user", "content": question}],
        stream=True,
    )
    for part in answer:
        if part.choices and (text := part.choices[0].delta.content):
            print(text, end="", flush=True)
            yield text


with RealtimeTTS() as tts, open("llm_stream.mp3", "wb") as file:
    for chunk in tts.stream(words()):
        file.write(chunk.audio)
print()
