"""`python agent_with_tool.py [ADDRESS]`: an agent that calls a function of this program.

A rule, a key that only vivavoce has, names the words that call it, so that the smallest language
model will do. A larger one calls it by its description. It needs ElevenLabs' SDK, `elevenlabs`.
"""

import sys
from queue import Queue

from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import ClientTools, Conversation

[address] = sys.argv[1:] or ["http://127.0.0.1:8000"]

DEPARTURES = {"Berlin": "nine", "Rome": "noon"}

TOOL = {
    "type": "client",
    "name": "departure",
    "description": "When the next train to a city leaves.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Where it goes."}},
        "required": ["city"],
    },
    "expects_response": True,
}
RULE = {
    "when": r"\btrain to (\w+)",
    "tool": "departure",
    "parameters": {"city": "{1}"},
    "then": "The train to {1} leaves at {result}.",
}

client = ElevenLabs(base_url=address, api_key="any")
agent = client.conversational_ai.agents.create(
    name="Trains",
    conversation_config={
        "agent": {
            "first_message": "Where do you want to go?",
            "prompt": {"prompt": "You know about trains.", "tools": [TOOL], "rules": [RULE]},
        }
    },
)


def departure(parameters: dict[str, str]) -> str:
    print("tool:", parameters["city"])
    return DEPARTURES.get(parameters["city"], "a time that nobody knows")


tools = ClientTools()
tools.register("departure", departure)
answers: Queue[str] = Queue()
conversation = Conversation(
    client,
    agent.agent_id,
    requires_auth=False,
    client_tools=tools,
    callback_agent_response=answers.put,
)
conversation.start_session()
print("agent:", answers.get(timeout=30))
print("you: When is the next train to Rome?")
conversation.send_user_message("When is the next train to Rome?")
print("agent:", answers.get(timeout=30))
conversation.end_session()
conversation.wait_for_session_end()
client.conversational_ai.agents.delete(agent.agent_id)
