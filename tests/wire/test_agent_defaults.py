"""What a new agent is like."""

from __future__ import annotations

import json

from elevenlabs.core.unchecked_base_model import construct_type
from elevenlabs.types.conversational_config import ConversationalConfig

from vivavoce.wire.agent_config import (
    DEFAULT_CONVERSATION_CONFIG,
    AgentConfig,
    read_agent_config,
)


def test_a_new_agent_differs_from_an_empty_one_only_in_how_it_begins() -> None:
    config = read_agent_config(DEFAULT_CONVERSATION_CONFIG)
    assert config == AgentConfig(
        first_message="Hello! How can I help you?", temperature=0.0, speech=config.speech
    )
    speech = config.speech
    assert (speech.voice_id, speech.output_format) == (None, "pcm_16000")
    assert (speech.stability, speech.speed, speech.similarity_boost) == (0.5, 1.0, 0.8)


def test_the_sdk_knows_every_section_of_a_new_agent() -> None:
    fields = json.loads(json.dumps(dict(DEFAULT_CONVERSATION_CONFIG)))
    read = construct_type(type_=ConversationalConfig, object_=fields)
    assert isinstance(read, ConversationalConfig)
    assert set(fields) == set(ConversationalConfig.model_fields)
    assert read.agent is not None
    assert read.agent.first_message == "Hello! How can I help you?"
    assert read.turn is not None
    assert read.turn.soft_timeout_config is not None
    assert read.turn.soft_timeout_config.timeout_seconds == -1.0
