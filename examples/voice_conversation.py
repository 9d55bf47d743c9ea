"""`python voice_conversation.py`: a call with the microphone and the loudspeaker of this machine.

It is the conversation of the founding document: speak, interrupt the agent when you like, and say
goodbye. While the network is away the call pauses, and goes on where it was. It needs `vivavoce`,
`sounddevice` and PortAudio.
"""

from vivavoce import VoiceConversation

agent_config = {
    "agent": {
        "prompt": {"text": "You are a helpful assistant."},
        "first_message": "Hello!",
        "language": "en",
    }
}
conversation = VoiceConversation("your_api_key", agent_config)
conversation.connect()
