"""What an agent is like of which nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_CLIENT_EVENTS: Final = (
    "audio",
    "interruption",
    "agent_response",
    "user_transcript",
    "tentative_user_transcript",
    "conversation_initiation_metadata",
    "ping",
    "agent_response_correction",
)

_BUILT_IN_TOOLS: Final = (
    "end_call",
    "language_detection",
    "transfer_to_agent",
    "transfer_to_number",
    "skip_turn",
    "play_keypad_touch_tone",
    "voicemail_detection",
)

# Without a voice, a model and a mind of its own an agent has those of the server.
DEFAULT_CONVERSATION_CONFIG: Final[Mapping[str, object]] = {
    "asr": {
        "quality": "high",
        "provider": "elevenlabs",
        "user_input_audio_format": "pcm_16000",
        "keywords": [],
    },
    "turn": {
        "turn_timeout": 7.0,
        "initial_wait_time": None,
        "silence_end_call_timeout": -1.0,
        "soft_timeout_config": {
            "timeout_seconds": -1.0,
            "message": "Hhmmmm...yeah.",
            "use_llm_generated_message": False,
        },
        "mode": "turn",
        "turn_eagerness": "normal",
        "interruption_ignore_terms": [],
    },
    "tts": {
        "model_id": None,
        "voice_id": None,
        "agent_output_audio_format": "pcm_16000",
        "stability": 0.5,
        "speed": 1.0,
        "similarity_boost": 0.8,
        "pronunciation_dictionary_locators": [],
    },
    "conversation": {
        "text_only": False,
        "max_duration_seconds": 600,
        "client_events": list(DEFAULT_CLIENT_EVENTS),
    },
    "language_presets": {},
    "vad": {},
    "agent": {
        "first_message": "",
        "language": "en",
        "dynamic_variables": {"dynamic_variable_placeholders": {}},
        "disable_first_message_interruptions": False,
        "prompt": {
            "prompt": "",
            "llm": "",
            "temperature": 0.0,
            "max_tokens": -1,
            "tools": [],
            "tool_ids": [],
            "built_in_tools": dict.fromkeys(_BUILT_IN_TOOLS),
            "mcp_server_ids": [],
            "native_mcp_server_ids": [],
            "knowledge_base": [],
            "custom_llm": None,
            "ignore_default_personality": False,
        },
    },
}
"""The whole `conversation_config` of a new agent."""
