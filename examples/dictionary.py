"""`python dictionary.py [ADDRESS]`: words that are read as a dictionary says, into dictionary.mp3.

It needs ElevenLabs' SDK, `elevenlabs`.
"""

import sys
from pathlib import Path

from elevenlabs import ElevenLabs, PronunciationDictionaryVersionLocator
from elevenlabs.pronunciation_dictionaries import rules

[address] = sys.argv[1:] or ["http://127.0.0.1:8000"]

client = ElevenLabs(base_url=address, api_key="any")
made = client.pronunciation_dictionaries.create_from_rules(
    name="harbour",
    rules=[
        rules.PronunciationDictionaryRule_Alias(string_to_replace="ETA", alias="time of arrival"),
        rules.PronunciationDictionaryRule_Phoneme(
            string_to_replace="Wemyss", phoneme="W IY1 M Z", alphabet="cmu-arpabet"
        ),
    ],
)
audio = client.text_to_speech.convert(
    "Rachel",
    text="The ETA is seven. The ship comes from Wemyss.",
    pronunciation_dictionary_locators=[
        PronunciationDictionaryVersionLocator(
            pronunciation_dictionary_id=made.id, version_id=made.version_id
        )
    ],
)
Path("dictionary.mp3").write_bytes(b"".join(audio))
