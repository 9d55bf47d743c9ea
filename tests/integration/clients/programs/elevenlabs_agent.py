"""The agent that the programs call: it has three tools of its callers' and may hang up."""

from __future__ import annotations

from elevenlabs import (
    AgentConfig,
    AgentPlatformSettingsRequestModel,
    AuthSettings,
    BuiltInToolsOutput,
    ConversationalConfig,
    ElevenLabs,
    LiteralJsonSchemaProperty,
    ObjectJsonSchemaPropertyOutput,
    PromptAgentApiModelOutput,
    PromptAgentApiModelOutputToolsItem_Client,
    SystemToolConfigOutput,
    SystemToolConfigOutputParams_EndCall,
)

_CITY = ObjectJsonSchemaPropertyOutput(
    type="object",
    required=["city"],
    properties={
        "city": LiteralJsonSchemaProperty(type="string", description="Where."),
        "days": LiteralJsonSchemaProperty(type="integer", description="How many days ahead."),
    },
)


def make_agent(client: ElevenLabs) -> str:
    """Its id; only those may call it who show a key or a signature."""
    tools = [
        PromptAgentApiModelOutputToolsItem_Client(
            name=name,
            description=f"Use it for: {name}.",
            parameters=_CITY if name == "weather" else None,
            expects_response=True,
        )
        for name in ("weather", "open_door", "switch_light")
    ]
    end_call = SystemToolConfigOutput(
        name="end_call", description="", params=SystemToolConfigOutputParams_EndCall()
    )
    prompt = PromptAgentApiModelOutput(
        prompt="Be kind.", tools=tools, built_in_tools=BuiltInToolsOutput(end_call=end_call)
    )
    made = client.conversational_ai.agents.create(
        name="Concierge",
        conversation_config=ConversationalConfig(
            agent=AgentConfig(first_message="Welcome.", prompt=prompt)
        ),
        platform_settings=AgentPlatformSettingsRequestModel(
            auth=AuthSettings(enable_auth=True, allowlist=[])
        ),
    )
    return made.agent_id
