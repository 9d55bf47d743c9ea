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


def test_a_new_agent_is_shown_as_it_is_held() -> None:
    config = read_agent_config(DEFAULT_CONVERSATION_CONFIG)
    assert config == AgentConfig(temperature=0.0, speech=config.speech)
    speech = config.speech
    assert (speech.voice_id, speech.output_format) == (None, "pcm_16000")
    assert (speech.stability, speech.speed) == (0.5, 1.0)


def test_the_sdk_knows_every_section_of_a_new_agent() -> None:
    fields = json.loads(json.dumps(dict(DEFAULT_CONVERSATION_CONFIG)))
    read = construct_type(type_=ConversationalConfig, object_=fields)
    assert isinstance(read, ConversationalConfig)
    assert set(fields) == set(ConversationalConfig.model_fields)
    assert read.agent is not None
    assert read.agent.first_message == ""
    assert read.turn is not None
    assert read.turn.soft_timeout_config is not None
    assert read.turn.soft_timeout_config.timeout_seconds == -1.0
