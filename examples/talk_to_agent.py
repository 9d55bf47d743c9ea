"""`python talk_to_agent.py QUESTION.wav [ADDRESS]`: an agent, asked in writing and then by voice.

The file has 16 kHz, 16 bits and one channel; the spoken answer goes to answer.wav. It needs
ElevenLabs' SDK, `elevenlabs`.
"""

import sys
import threading
import time
import wave
from collections.abc import Callable
from queue import Queue

from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AudioInterface,
    Conversation,
    ConversationInitiationData,
)

path, address = [*sys.argv[1:], "http://127.0.0.1:8000"][:2]
PIECE_S = 0.25
RATE = 16_000

client = ElevenLabs(base_url=address, api_key="any")


class Recorded(AudioInterface):
    """A file in place of a microphone; the agent's sound is kept in place of a loudspeaker."""

    def __init__(self, question: str) -> None:
        with wave.open(question) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                sys.exit(f"{question} does not have 16 kHz, 16 bits and one channel")
            self.question = file.readframes(file.getnframes())
        self.answer = b""
        self.heard_at = 0.0
        self.stopped = threading.Event()

    def start(self, input_callback: Callable[[bytes], None]) -> None:
        threading.Thread(target=self.speak, args=[input_callback]).start()

    def speak(self, send: Callable[[bytes], None]) -> None:
        """As fast as it is spoken, and silent but open after that, as a microphone is."""
        size = 2 * round(RATE * PIECE_S)
        position = 0
        while not self.stopped.wait(PIECE_S):
            send(self.question[position : position + size].ljust(size, b"\0"))
            position += size

    def output(self, audio: bytes) -> None:
        self.answer += audio
        self.heard_at = time.monotonic()

    def interrupt(self) -> None:
        """A loudspeaker would drop what it has not played."""

    def stop(self) -> None:
        self.stopped.set()


# In writing, without an audio interface.
answers: Queue[str] = Queue()
conversation = Conversation(
    client, "default", requires_auth=False, callback_agent_response=answers.put
)
conversation.start_session()
print("agent:", answers.get(timeout=30))
print("you: What is the capital of Italy?")
conversation.send_user_message("What is the capital of Italy?")
print("agent:", answers.get(timeout=30))
conversation.end_session()
conversation.wait_for_session_end()

# By voice, to an agent that waits to be spoken to.
voice = Recorded(path)
conversation = Conversation(
    client,
    "default",
    requires_auth=False,
    audio_interface=voice,
    config=ConversationInitiationData(
        conversation_config_override={"agent": {"first_message": ""}}
    ),
    callback_user_transcript=lambda text: print("you:", text),
    callback_agent_response=answers.put,
)
conversation.start_session()
print("agent:", answers.get(timeout=30))
voice.heard_at = time.monotonic()  # the text comes before the sound
while time.monotonic() - voice.heard_at < 1.5:
    time.sleep(0.1)
conversation.end_session()
conversation.wait_for_session_end()
with wave.open("answer.wav", "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(RATE)
    file.writeframes(voice.answer)
