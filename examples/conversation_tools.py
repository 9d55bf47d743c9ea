"""`python conversation_tools.py`: an agent that calls a function of this program, in writing.

What the function is for, and what it takes, is read from the function itself. The agent is made
over REST, for a call may not give tools to somebody else's agent, and is gone at the end. A rule, a
key that only vivavoce has, names the words that call the tool, so that the smallest language model
will do. It needs `vivavoce` and `httpx`.
"""

import os

import httpx

from vivavoce import AgentResponse, Tools, VoiceConversation

DEPARTURES = {"Berlin": "nine", "Rome": "noon"}
RULE = {
    "when": r"\btrain to (\w+)",
    "tool": "departure",
    "parameters": {"city": "{1}"},
    "then": "The train to {1} leaves at {result}.",
}
tools = Tools()


@tools.tool
def departure(city: str) -> str:
    """When the next train to a city leaves.

    city: Where it goes.
    """
    return DEPARTURES.get(city, "a time that nobody knows")


prompt = {"prompt": "You know about trains.", "tools": tools.definitions(), "rules": [RULE]}
agent = {"first_message": "Where do you want to go?", "prompt": prompt}
server = httpx.Client(base_url=os.environ.get("VIVAVOCE_URL", "http://127.0.0.1:8000"))
made = server.post(
    "/v1/convai/agents/create", json={"name": "Trains", "conversation_config": {"agent": agent}}
)
agent_id = made.raise_for_status().json()["agent_id"]
with VoiceConversation(agent_id=agent_id, tools=tools, text_only=True) as conversation:
    questions = iter(["When is the next train to Rome?"])
    for event in conversation:
        if isinstance(event, AgentResponse):
            print("agent:", event.text)
            if (question := next(questions, None)) is None:
                break
            print("you:", question)
            conversation.send_text(question)
server.delete(f"/v1/convai/agents/{agent_id}").raise_for_status()
server.close()
