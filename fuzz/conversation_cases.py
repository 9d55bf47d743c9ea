"""Conversations as clients have them, and as nobody in their right mind would."""

from __future__ import annotations

import base64
import json

from hypothesis import strategies as st

from fuzz import odd
from fuzz.agent_cases import agents, config_keys, configs, proper_agents
from fuzz.conversations import Conversation, Leave, Pause, Speech, Step
from fuzz.houses import DEAF_S, House, few, nonsense, queries
from fuzz.sounds import Stretch
from fuzz.talks import Burst
from fuzz.tool_cases import TOOLS, some, urls
from vivavoce.engines.ears.fake import WORDS

_strings = st.text(max_size=8)
_ids: st.SearchStrategy[odd.Json] = st.one_of(
    st.integers(-2, 12),
    odd.numbers,
    st.sampled_from((None, "3", "", [], 10**30, -(2**63), 3.0, 3.5, True)),
)
_call_ids = st.sampled_from((*TOOLS, "rule_1", "made_1", "", None, 7)) | _strings
_base64 = st.one_of(
    st.binary(max_size=50).map(lambda data: base64.b64encode(data).decode()),
    st.sampled_from(("", "AAA", "====", "AA\nAA", "ÄÄ", "-_-_", "A" * 40_001, None, 7, ["AAAA"])),
)
_variables = st.dictionaries(
    st.one_of(
        st.sampled_from(("name", "system__timezone", "system__time_utc", "secret__key", "", "{{")),
        _strings,
    ),
    odd.values
    | st.sampled_from(("Europe/Berlin", "../../etc/passwd", "\x00", "America", "Nowhere")),
    max_size=4,
)
_webhook = some({"url": urls, "hmac_secret": _strings})

_INITIATION = {
    "conversation_config_override": st.one_of(configs, configs, st.just({}), odd.values),
    "custom_llm_extra_body": st.dictionaries(_strings, odd.values, max_size=2) | odd.values,
    "dynamic_variables": _variables | odd.values,
    "user_id": odd.texts | odd.values,
    "source_info": some({"source": _strings, "version": _strings}),
    "tool_mock_config": odd.values,
    "environment": odd.values,
}
_SETUP = {
    "agent_config_dict": st.one_of(
        configs, some({"conversation_config": configs, "name": odd.texts}), st.none(), odd.values
    ),
    "override_agent_config_list": odd.values,
    "tools_config_list": st.lists(some(config_keys), max_size=2) | odd.values,
    "prompt_knowledge_base": st.lists(odd.texts, max_size=2) | odd.values,
    "post_call_transcription_webhook_url": urls | odd.values,
    "post_call_audio_webhook_url": urls | st.none(),
    "post_call_transcription_webhook": _webhook,
    "post_call_audio_webhook": _webhook,
}
_MESSAGES = {
    "pong": {"event_id": _ids},
    "user_message": {"text": odd.texts | st.none(), "rich_content_id": odd.values},
    "user_activity": {"text": odd.values},
    "contextual_update": {
        "text": odd.texts,
        "context_id": st.sampled_from(("a", "b", "", None, 7)),
    },
    "feedback": {"event_id": _ids, "score": st.sampled_from(("like", "dislike", None, "x", 1))},
    "client_tool_result": {
        "tool_call_id": _call_ids,
        "result": odd.texts | odd.values,
        "is_error": st.sampled_from((True, False, None, "true", 1)),
    },
    "mcp_tool_approval_result": {"tool_call_id": _call_ids, "is_approved": st.booleans()},
    "multimodal_message": {
        "text": odd.texts | some({"type": st.just("user_message"), "text": odd.texts}),
        "file": some({"type": st.just("file_input"), "file_id": _strings}),
        "files": st.lists(some({"file_id": _strings}), max_size=2),
    },
    "audio": {"audio": _base64},
    "ping": {"event_id": _ids},
    "no_such": {"text": odd.texts},
}


@st.composite
def messages(draw: st.DrawFn) -> odd.Fields:
    """One message of the call, well typed or nearly so."""
    kind = draw(st.sampled_from(sorted(_MESSAGES)))
    return {"type": kind, **draw(some(_MESSAGES[kind]))}


_begins = some(_INITIATION).map(
    lambda fields: {"type": "conversation_initiation_client_data", **fields}
)
_setups = some(_SETUP).map(lambda fields: {"type": "enclave_setup_config", **fields})
_flat_setups = st.fixed_dictionaries(
    {
        "agent": some(
            {
                "prompt": some({"text": odd.texts, "temperature": odd.numbers}),
                "first_message": odd.texts,
                "language": _strings,
                "voice": some({"voice_id": _strings}),
            }
        )
        | odd.values
    }
)
_audio = st.fixed_dictionaries({"user_audio_chunk": _base64})

_words = st.lists(st.sampled_from(WORDS), max_size=4).map(tuple)
_speech = st.builds(
    Speech,
    st.builds(
        Stretch,
        _words,
        noise_ms=st.sampled_from((0, 0, 0, 30, 500)),
        silence_ms=st.sampled_from((0, 90, 700, 1_500, 3_500)),
    ),
    st.sampled_from((20, 20, 100, 1_000)),
    st.sampled_from((True, True, False)),
    st.sampled_from((False, False, False, True)),
)
_short = st.sampled_from((0.0, 0.01, 0.1, 0.5, 1.0, 3.0)).map(Pause)
_long = st.sampled_from((2.5, 8.0, 31.0, 65.0)).map(Pause)
_last = st.sampled_from((0.0, 0.05, 1.0, 4.0, 12.0)).map(Pause)
_BURSTS = st.builds(
    Burst,
    st.sampled_from(
        (
            json.dumps({"type": "user_message", "text": "Hello."}),
            json.dumps({"type": "user_message", "text": ""}),
            json.dumps({"type": "user_activity"}),
            json.dumps({"type": "contextual_update", "text": "It rains. " * 100}),
            json.dumps({"type": "feedback", "event_id": 2, "score": "like"}),
            json.dumps({"type": "client_tool_result", "tool_call_id": "x", "result": "y"}),
            json.dumps({"type": "pong", "event_id": 1}),
            json.dumps({"user_audio_chunk": "AAAA"}),
        )
    ),
    st.sampled_from((2, 20, 20, 1_000)),
)

_FINE_QUERY = {
    "agent_id": st.sampled_from(("agent", "agent", "nobody")) | st.text(max_size=6),
    "source": st.sampled_from(("js_sdk", "python_sdk")),
    "version": st.just("1.25.0"),
    "conversation_signature": _strings,
    "conversation_id": _strings,
    "environment": _strings,
}
_houses = st.one_of(
    st.just(House()),
    st.just(House()),
    st.builds(
        House,
        capacity=few,
        turns=few,
        requests=few,
        characters=st.sampled_from((None, None, 0, 30, 300)),
        delay_s=st.sampled_from((0.0, 0.0, 0.05)),
        asks_for_key=st.sampled_from((False, False, False, True)),
    ),
)

_PROPER_BEGIN = json.dumps(
    {"type": "conversation_initiation_client_data", "conversation_config_override": {"agent": {}}}
)
_proper_steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        Speech,
        st.builds(Stretch, _words, silence_ms=st.sampled_from((90, 1_500, 3_500))),
        st.just(20),
        st.just(True),
    ),
    odd.said.map(lambda text: json.dumps({"type": "user_message", "text": text})),
    _short,
    st.sampled_from(
        (
            json.dumps({"type": "user_activity"}),
            json.dumps({"type": "contextual_update", "text": "It rains."}),
            json.dumps({"type": "feedback", "event_id": 1, "score": "like"}),
            json.dumps({"type": "pong", "event_id": 1}),
        )
    ),
)


@st.composite
def proper_conversations(draw: st.DrawFn) -> Conversation:
    """By clients that keep to the protocol, on a server that has room."""
    return Conversation(
        query="agent_id=agent",
        agent=draw(proper_agents),
        steps=(_PROPER_BEGIN, *draw(st.lists(_proper_steps, max_size=6)), draw(_last)),
        leave=draw(st.sampled_from((Leave.CLOSE, Leave.VANISH, Leave.DRAINED))),
        proper=True,
        answers_tools=True,
    )


@st.composite
def odd_conversations(draw: st.DrawFn) -> Conversation:
    """By clients that do not, of any agent, on a server that may have no room."""
    fine = messages().map(json.dumps)
    openings = st.one_of(_begins, _begins, _begins, _setups, _flat_setups, _audio)
    opened = openings.map(json.dumps)
    damaged = odd.written(st.one_of(messages(), _begins, _setups, _flat_setups, _audio))
    # Broken JSON ends a call, so most have none.
    said: st.SearchStrategy[Step] = draw(
        st.sampled_from(
            (
                st.one_of(fine, fine, _speech, _short),
                st.one_of(fine, _speech, _speech, _short, _long),
                st.one_of(fine, opened, _BURSTS, _speech, _short),
                st.one_of(fine, fine, fine, fine, _speech, damaged, odd.garbage),
            )
        )
    )
    begin: list[Step] = draw(
        st.sampled_from(([_PROPER_BEGIN], [_PROPER_BEGIN], None, None, None, []))
    ) or draw(st.lists(st.one_of(opened, opened, opened, fine, damaged), max_size=3))
    # Seldom, for the server takes two seconds to give a client up who does not read its goodbye.
    is_deaf = draw(st.integers(0, 49)) == 49
    return Conversation(
        query=draw(st.one_of(queries(_FINE_QUERY, 3), queries(_FINE_QUERY, 3), nonsense)),
        agent=draw(agents),
        steps=(*begin, *draw(st.lists(said, max_size=8)), draw(_last)),
        leave=draw(st.sampled_from((Leave.CLOSE, Leave.CLOSE, Leave.VANISH, *Leave))),
        reads=not is_deaf,
        reading_takes_s=draw(st.sampled_from((0.0, 0.0, 0.0, 0.01))),
        answers_tools=draw(st.booleans()),
        fail_on=draw(st.sampled_from((None, None, None, "Why?"))),
        house=House(send_timeout_s=DEAF_S) if is_deaf else draw(_houses),
    )
