"""`python elevenlabs_agents.py HTTP_ADDRESS CONVERSATION_ID`: agents and conversations."""

import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from elevenlabs import (
    AgentConfig,
    AgentPlatformSettingsRequestModel,
    AuthSettings,
    ConversationalConfig,
    ElevenLabs,
    PromptAgentApiModelOutput,
    TtsConversationalConfigOutput,
)
from elevenlabs.core import ApiError
from outcomes import problems, tell

HELD = sys.argv[2]

client = ElevenLabs(base_url=sys.argv[1], api_key="any")
agents = client.conversational_ai.agents
conversations = client.conversational_ai.conversations


def agent() -> object:
    """From its making to its end."""
    made = agents.create(
        name="Ann",
        tags=["one"],
        conversation_config=ConversationalConfig(
            agent=AgentConfig(
                first_message="Hello.",
                language="en",
                prompt=PromptAgentApiModelOutput(prompt="Be kind.", temperature=0.5),
            ),
            tts=TtsConversationalConfigOutput(voice_id="Claudio"),
        ),
        platform_settings=AgentPlatformSettingsRequestModel(
            auth=AuthSettings(enable_auth=True, allowlist=[])
        ),
    )
    shown = agents.get(made.agent_id)
    changed = agents.update(
        made.agent_id,
        name="Bea",
        conversation_config=ConversationalConfig(agent=AgentConfig(first_message="Hi.")),
    )
    copy = agents.duplicate(made.agent_id, name="Copy")
    first = agents.list(page_size=1)
    second = agents.list(page_size=1, cursor=first.next_cursor)
    found = agents.list(search="cop")
    widget = agents.widget.get(made.agent_id)
    link = agents.link.get(made.agent_id)
    for agent_id in (made.agent_id, copy.agent_id):
        agents.delete(agent_id)
    return {
        "problems": problems([made, shown, changed, copy, first, second, found, widget, link]),
        "shown": _shown(shown),
        "changed": _shown(changed),
        "pages": [[one.name for one in page.agents] for page in (first, second, found)],
        "more": [page.has_more for page in (first, found)],
        "language": widget.widget_config.language,
        "after": _status(lambda: agents.get(made.agent_id)),
    }


def unchanged() -> object:
    """Whether what is shown can be sent back by the SDK's own types."""
    made = agents.create(name="Ann", conversation_config=ConversationalConfig())
    shown = agents.get(made.agent_id)
    back = agents.update(
        made.agent_id,
        conversation_config=shown.conversation_config,
        name=shown.name,
        tags=shown.tags,
    )
    agents.delete(made.agent_id)
    return shown.conversation_config == back.conversation_config


def passes() -> object:
    made = agents.create(conversation_config=ConversationalConfig())
    signed = conversations.get_signed_url(agent_id=made.agent_id)
    single = conversations.get_signed_url(agent_id=made.agent_id, include_conversation_id=True)
    token = conversations.get_webrtc_token(agent_id=made.agent_id, participant_name="Ann")
    unknown = _status(lambda: conversations.get_signed_url(agent_id="agent_nobody"))
    agents.delete(made.agent_id)
    return {
        "problems": problems([signed, single, token]),
        "base": signed.signed_url.partition("?")[0],
        "queries": [
            [name for name, _ in parse_qsl(urlsplit(one.signed_url).query)]
            for one in (signed, single)
        ],
        "conversation": token.conversation_id.partition("_")[0],
        "unknown": unknown,
    }


def conversation() -> object:
    """One that was held: read, heard, rated, and forgotten."""
    page = conversations.list(page_size=10, agent_id="agent_held", call_successful="success")
    files = conversations.files
    file = files.create(HELD, file=("note.txt", b"A note.", "text/plain"))
    note = b"".join(files.get(HELD, file.file_id))
    removed = files.delete(HELD, file.file_id)
    conversations.feedback.create(HELD, feedback="like")
    shown = conversations.get(HELD)
    Path("audio.mp3").write_bytes(b"".join(conversations.audio.get(HELD)))
    conversations.delete(HELD)
    return {
        "problems": problems([page, *page.conversations, shown, file, removed]),
        "listed": [one.conversation_id for one in page.conversations],
        "said": [[turn.role, turn.message] for turn in shown.transcript],
        "tool": shown.transcript[-1].tool_calls[0].tool_details.parameters,
        "result": shown.transcript[-1].tool_results[0].result_value,
        "score": shown.metadata.feedback.overall_score,
        "note": note.decode(),
        "after": _status(lambda: conversations.get(HELD)),
    }


def _shown(agent: object) -> object:
    config = agent.conversation_config
    return {
        "name": agent.name,
        "tags": agent.tags,
        "first_message": config.agent.first_message,
        "prompt": config.agent.prompt.prompt,
        "voice": config.tts.voice_id,
        "turn_timeout": config.turn.turn_timeout,
        "enable_auth": agent.platform_settings.auth.enable_auth,
    }


def _status(call: object) -> object:
    try:
        call()
    except ApiError as error:
        return [error.status_code, error.body["detail"]["status"]]
    return None


tell({one.__name__: one for one in (agent, unchanged, passes, conversation)})
