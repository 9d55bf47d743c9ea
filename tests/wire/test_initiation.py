"""What a conversation begins with."""

from __future__ import annotations

import json

import pytest
from elevenlabs.conversational_ai.conversation import (
    BaseConversation,
    ConversationInitiationData,
    OnPremInitiationData,
    PostCallWebhookConfig,
)

from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG, read_agent_config
from vivavoce.wire.conversation import decode_conversation_message
from vivavoce.wire.initiation import (
    EnclaveSetup,
    Initiation,
    Webhook,
    read_enclave_setup,
    read_initiation,
    with_setup,
)
from vivavoce.wire.lenient import compact_json, inside

# As a client may send it; every key that the protocol has.
_WHOLE: dict[str, object] = {
    "type": "conversation_initiation_client_data",
    "conversation_config_override": {
        "agent": {
            "first_message": "Hi",
            "language": "en",
            "prompt": {"prompt": "…", "llm": "…"},
            "native_mcp_server_ids": [],
        },
        "tts": {"voice_id": "v1", "stability": 0.5, "speed": 1.0, "similarity_boost": 0.8},
        "asr": {"keywords": ["Foo"]},
        "conversation": {"text_only": True, "client_events": ["audio", "interruption"]},
    },
    "custom_llm_extra_body": {"seed": 1},
    "dynamic_variables": {"name": "Ann"},
    "user_id": "u1",
    "source_info": {"source": "js_sdk", "version": "1.25.0"},
    "tool_mock_config": {"mocking_strategy": "none", "mocked_tool_names": []},
    "environment": "production",
}


def _setup(**fields: object) -> EnclaveSetup:
    return read_enclave_setup({"type": "enclave_setup_config", **fields})


def test_every_wish_of_a_client_is_read() -> None:
    assert read_initiation(_WHOLE) == Initiation(
        override=_WHOLE["conversation_config_override"],  # type: ignore[arg-type]
        dynamic_variables={"name": "Ann"},
        custom_llm_extra_body={"seed": 1},
        user_id="u1",
        text_only=True,
        raw=compact_json(_WHOLE),
    )


def test_a_bare_initiation_wishes_for_nothing() -> None:
    assert read_initiation({}) == Initiation()


def test_secret_variables_are_used_and_not_kept() -> None:
    variables: dict[str, object] = {"name": "Ann", "secret__token": "hunter2"}
    initiation = read_initiation({**_WHOLE, "dynamic_variables": variables})
    assert initiation.dynamic_variables == variables
    assert initiation.raw == compact_json({**_WHOLE, "dynamic_variables": {"name": "Ann"}})


@pytest.mark.parametrize("odd", [None, 5, "text", [1], True])
def test_what_is_of_an_odd_type_counts_as_absent(odd: object) -> None:
    fields = dict.fromkeys(_WHOLE, odd)
    fields["user_id"] = fields["user_id"] if not isinstance(odd, str) else None
    assert read_initiation(fields) == Initiation(raw=compact_json(fields))


@pytest.mark.parametrize(
    ("override", "text_only"),
    [
        ({"text_only": True}, True),
        ({"conversation": {"text_only": True}}, True),
        ({"text_only": True, "conversation": {"text_only": False}}, True),
        ({"conversation": {"text_only": False}}, False),
        ({"text_only": False}, False),
        ({"agent": {}, "tts": {}, "conversation": {}}, None),
        ({"text_only": 1, "conversation": {"text_only": "true"}}, None),
    ],
)
def test_text_only_may_stand_in_two_places(
    override: dict[str, object], text_only: bool | None
) -> None:
    message = {"conversation_config_override": override}
    assert read_initiation(message).text_only is text_only


def test_variables_are_what_a_text_can_hold() -> None:
    given = {"a": "x", "b": 1, "c": 2.5, "d": True, "e": None, "f": [1, "é"], "g": {"k": None}}
    assert read_initiation({"dynamic_variables": given}).dynamic_variables == {
        "a": "x",
        "b": 1,
        "c": 2.5,
        "d": True,
        "f": '[1,"é"]',
        "g": '{"k":null}',
    }


def test_a_setup_of_nulls_brings_nothing() -> None:
    assert EnclaveSetup() == _setup(
        agent_config_dict=None,
        override_agent_config_list=None,
        tools_config_list=None,
        prompt_knowledge_base=None,
        post_call_transcription_webhook_url=None,
        post_call_audio_webhook_url=None,
        bedrock_inference_profile="global",
    )


def test_an_agent_may_be_a_bare_configuration() -> None:
    config: dict[str, object] = {"agent": {"first_message": "Hi"}}
    assert _setup(agent_config_dict=config) == EnclaveSetup(config=config)


def test_an_agent_may_be_a_whole_export() -> None:
    config: dict[str, object] = {"agent": {"first_message": "Hi"}}
    whole = {"name": "Ann", "conversation_config": config, "platform_settings": {"auth": {}}}
    assert _setup(agent_config_dict=whole) == EnclaveSetup(config=config, agent_name="Ann")


def test_a_setup_brings_tools_and_knowledge() -> None:
    setup = _setup(
        tools_config_list=[{"type": "client", "name": "t"}, "x"],
        prompt_knowledge_base=["We close at six.", "", 5],
    )
    assert setup == EnclaveSetup(
        tools=({"type": "client", "name": "t"},),
        knowledge=("We close at six.",),
    )


def test_a_webhook_may_be_signed_or_not() -> None:
    setup = _setup(
        post_call_transcription_webhook={"url": "https://a/", "hmac_secret": "sixteen-or-more!"},
        post_call_audio_webhook={"url": "https://b/"},
    )
    assert setup.transcription_webhook == Webhook("https://a/", "sixteen-or-more!")
    assert setup.audio_webhook == Webhook("https://b/", None)


def test_a_webhook_may_be_a_mere_address() -> None:
    setup = _setup(post_call_transcription_webhook_url="https://a/", post_call_audio_webhook_url="")
    assert setup.transcription_webhook == Webhook("https://a/", None)
    assert setup.audio_webhook is None


@pytest.mark.parametrize("odd", [5, "text", [5], True, {"url": 5}])
def test_a_setup_of_odd_types_breaks_nothing(odd: object) -> None:
    keys = (
        "tools_config_list",
        "override_agent_config_list",
        "post_call_transcription_webhook",
        "post_call_audio_webhook",
    )
    assert _setup(**dict.fromkeys(keys, odd)) == EnclaveSetup()


def test_tools_and_knowledge_of_a_setup_join_those_of_its_agent() -> None:
    setup = _setup(
        agent_config_dict={
            "agent": {
                "first_message": "Hi",
                "prompt": {
                    "tools": [{"type": "client", "name": "own"}],
                    "knowledge_base": [{"type": "text", "text": "We open at nine."}],
                },
            }
        },
        tools_config_list=[{"id": "t1", "tool_config": {"type": "client", "name": "brought"}}],
        prompt_knowledge_base=["We close at six."],
    )
    config = read_agent_config(with_setup(DEFAULT_CONVERSATION_CONFIG, setup))
    assert config.first_message == "Hi"
    assert [tool.name for tool in config.tools] == ["own", "brought"]
    assert config.knowledge == ("We open at nine.", "We close at six.")


def test_a_setup_without_an_agent_leaves_the_servers_own() -> None:
    expected = read_agent_config(DEFAULT_CONVERSATION_CONFIG)
    assert read_agent_config(with_setup(DEFAULT_CONVERSATION_CONFIG, EnclaveSetup())) == expected


class _Beginner(BaseConversation):
    """The SDK's first frames, without its socket."""

    def __init__(self, config: ConversationInitiationData, on_prem: OnPremInitiationData) -> None:
        self.config = config
        self.on_prem_config = on_prem
        self.user_id = "u1"

    def frames(self) -> tuple[str, str]:
        return self._create_on_prem_initiation_message(), self._create_initiation_message()


def test_what_the_python_sdk_begins_with_is_understood() -> None:
    on_prem = OnPremInitiationData(
        "ws://host/",
        agent_config_dict={"agent": {"first_message": "Hi"}},
        tools_config_list=[{"type": "client", "name": "t"}],
        prompt_knowledge_base=["We close at six."],
        post_call_audio_webhook_url="https://b/",
        post_call_transcription_webhook=PostCallWebhookConfig("https://a/", "s" * 16),
        bedrock_inference_profile="global",
    )
    config = ConversationInitiationData(
        conversation_config_override={"text_only": True}, dynamic_variables={"name": "Ann"}
    )
    setup, initiation = map(decode_conversation_message, _Beginner(config, on_prem).frames())
    assert setup == EnclaveSetup(
        config={"agent": {"first_message": "Hi"}},
        tools=({"type": "client", "name": "t"},),
        knowledge=("We close at six.",),
        transcription_webhook=Webhook("https://a/", "s" * 16),
        audio_webhook=Webhook("https://b/"),
    )
    assert isinstance(initiation, Initiation)
    assert inside(json.loads(initiation.raw), "source_info", "source") == "python_sdk"
    assert initiation.user_id == "u1"
    assert (initiation.text_only, initiation.dynamic_variables) == (True, {"name": "Ann"})
