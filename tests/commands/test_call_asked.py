from __future__ import annotations

import json

from vivavoce.commands.call_asked import CallAsked, CallWishes, opening_message


def test_the_agent_is_named_in_the_query() -> None:
    asked = CallAsked("a&b")
    assert asked.path == "/v1/convai/conversation"
    assert asked.query.startswith("agent_id=a%26b&")


def test_nothing_is_overridden_that_was_not_wished_for() -> None:
    """Agents may forbid it, and then there is no call."""
    opening = json.loads(opening_message(CallWishes(), text_only=False))
    assert opening["type"] == "conversation_initiation_client_data"
    assert opening["conversation_config_override"] == {}


def test_every_wish_stands_where_the_protocol_has_it() -> None:
    wishes = CallWishes(
        voice="Rachel", language="de", first_message="", prompt="Be kind.", variables={"n": "1"}
    )
    opening = json.loads(opening_message(wishes, text_only=True))
    assert opening["conversation_config_override"] == {
        "agent": {"first_message": "", "language": "de", "prompt": {"prompt": "Be kind."}},
        "tts": {"voice_id": "Rachel"},
        "conversation": {"text_only": True},
    }
    assert opening["dynamic_variables"] == {"n": "1"}
