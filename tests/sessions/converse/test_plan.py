"""What a call is held by."""

from __future__ import annotations

import msgspec
import pytest

from tests.sessions.converse.scene import an_agent
from vivavoce.config import Settings
from vivavoce.core.turn_clock import TurnTimes
from vivavoce.errors import BadRequest, MissingVariable, OverrideForbidden, VoiceNotFound
from vivavoce.sessions.converse.dialect import FlatDialect, SdkDialect
from vivavoce.sessions.converse.plan import (
    CalledAgent,
    CallPlan,
    in_language,
    input_format,
    manner,
    output_format,
    plan_call,
)
from vivavoce.wire.initiation import Initiation

SDK = SdkDialect(())
PRESETS = {
    "de": {
        "overrides": {"agent": {"first_message": "Guten Tag."}, "tts": {"speed": 0.9}},
    }
}


def planned(
    agent: CalledAgent | None = None, override: dict[str, object] | None = None, **more: object
) -> CallPlan:
    initiation = msgspec.convert({"override": override or {}, **more}, Initiation)
    return plan_call(agent or an_agent(), initiation, conversation_id="conv_1")


def test_a_call_without_wishes_is_as_the_agent_says() -> None:
    agent = an_agent(first_message="Hello.", prompt={"prompt": "Be brief."})
    plan = planned(agent)
    assert plan.first_message == "Hello."
    assert plan.system_prompt.startswith("Be brief.")
    assert plan.raw == agent.conversation_config
    assert not plan.text_only


def test_what_the_client_wants_otherwise_holds_for_this_call() -> None:
    agent = an_agent(first_message="Hello.", tts={"voice_id": "a", "speed": 1.1})
    plan = planned(agent, {"agent": {"first_message": ""}, "tts": {"voice_id": "b"}})
    assert plan.first_message == ""
    assert (plan.config.speech.voice_id, plan.config.speech.speed) == ("b", 1.1)
    assert agent.conversation_config["agent"]["first_message"] == "Hello."  # type: ignore[index]


def test_what_the_agent_forbids_is_named() -> None:
    allowed = {"agent": {"prompt": {"prompt": False}, "first_message": True}, "tts": False}
    agent = an_agent(platform={"overrides": {"conversation_config_override": allowed}})
    planned(agent, {"agent": {"first_message": "Hi."}})
    with pytest.raises(OverrideForbidden, match=r"agent\.prompt\.prompt, tts"):
        planned(agent, {"agent": {"prompt": {"prompt": "Lie."}}, "tts": {"speed": 2}})


def test_empty_objects_change_nothing_and_so_are_never_forbidden() -> None:
    allowed = {"agent": False, "tts": False, "conversation": False}
    agent = an_agent(platform={"overrides": {"conversation_config_override": allowed}})
    planned(agent, {"agent": {}, "tts": {}})


def test_what_is_nested_too_deeply_to_be_read_is_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"a": deep, "b": 1}
    rules = [{"when": "x", "tool": "t", "parameters": deep}]
    with pytest.raises(BadRequest):
        planned(an_agent(rules=rules))


def test_another_language_brings_its_preset() -> None:
    agent = an_agent(first_message="Hello.", language_presets=PRESETS)
    plan = planned(agent, {"agent": {"language": "de"}})
    assert plan.first_message == "Guten Tag."
    assert (plan.config.language, plan.config.speech.speed) == ("de", 0.9)


def test_what_the_client_says_wins_over_the_preset() -> None:
    agent = an_agent(first_message="Hello.", language_presets=PRESETS)
    plan = planned(agent, {"agent": {"language": "de", "first_message": "Moin."}})
    assert plan.first_message == "Moin."


def test_the_agents_own_language_brings_none() -> None:
    presets = {"en": {"overrides": {"agent": {"first_message": "No."}}}}
    plan = planned(
        an_agent(first_message="Hello.", language_presets=presets), {"agent": {"language": "en"}}
    )
    assert plan.first_message == "Hello."


def test_placeholders_are_filled_from_the_client_the_agent_and_the_server() -> None:
    agent = an_agent(
        first_message="{{greeting}} {{name}}, {{system__conversation_id}}.",
        agent={
            "dynamic_variables": {
                "dynamic_variable_placeholders": {"greeting": "Hello", "name": "you"}
            }
        },
    )
    assert planned(agent).first_message == "Hello you, conv_1."
    assert planned(agent, dynamic_variables={"name": "Ann"}).first_message == "Hello Ann, conv_1."


def test_those_that_nobody_fills_are_named() -> None:
    agent = an_agent(first_message="{{a}} {{b}}", prompt={"prompt": "{{c}}"})
    with pytest.raises(MissingVariable, match="a, b, c"):
        planned(agent)


def test_secrets_are_never_filled_into_what_the_mind_reads() -> None:
    agent = an_agent(prompt={"prompt": "The key is {{secret__key}}."})
    with pytest.raises(MissingVariable, match="secret__key"):
        planned(agent, dynamic_variables={"secret__key": "s3cret"})


def test_names_of_the_server_are_not_the_clients_to_set() -> None:
    agent = an_agent(first_message="{{system__agent_id}}")
    variables = {"system__agent_id": "another"}
    assert planned(agent, dynamic_variables=variables).first_message == "agent_1"


@pytest.mark.parametrize("said", [True, False])
def test_the_client_decides_whether_the_call_is_written(said: bool) -> None:
    agent = an_agent(conversation={"text_only": not said})
    assert planned(agent, text_only=said).text_only is said
    assert planned(agent).text_only is not said


def test_the_agent_that_takes_over_knows_who_was_called_first() -> None:
    second = an_agent("second", first_message="{{system__agent_id}} {{system__current_agent_id}}")
    plan = plan_call(second, Initiation(), conversation_id="c", first_agent_id="first")
    assert plan.first_message == "first second"


def test_a_call_goes_on_in_another_language_with_the_same_variables() -> None:
    presets = {"de": {"overrides": {"agent": {"prompt": {"prompt": "Sei kurz, {{name}}."}}}}}
    agent = an_agent(prompt={"prompt": "Be brief, {{name}}."}, language_presets=presets)
    plan = in_language(planned(agent, dynamic_variables={"name": "Ann"}), "de")
    assert plan.system_prompt.startswith("Sei kurz, Ann.")
    assert plan.config.language == "de"
    assert plan.variables["name"] == "Ann"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [("pcm_24000", "pcm_24000"), ("ulaw_8000", "ulaw_8000"), ("mp3_44100_128", "pcm_16000")],
)
def test_clients_are_sent_what_they_can_play(asked: str, sent: str) -> None:
    plan = planned(an_agent(tts={"agent_output_audio_format": asked}))
    assert output_format(plan, SDK).name == sent


@pytest.mark.parametrize(
    ("asked", "taken"),
    [("pcm_8000", "pcm_8000"), ("ulaw_8000", "ulaw_8000"), ("opus", "pcm_16000")],
)
def test_clients_are_asked_for_what_they_can_send(asked: str, taken: str) -> None:
    plan = planned(an_agent(asr={"user_input_audio_format": asked}))
    assert input_format(plan, SDK)[0] == taken


def test_the_flat_dialect_has_formats_of_its_own() -> None:
    plan = planned(an_agent(tts={"agent_output_audio_format": "pcm_8000"}))
    assert output_format(plan, FlatDialect()).name == "pcm_22050"
    assert input_format(plan, FlatDialect())[0] == "pcm_16000"


def test_waits_that_are_never_over_are_none() -> None:
    turn = {"turn_timeout": -1, "silence_end_call_timeout": -1, "initial_wait_time": None}
    assert planned(an_agent(turn=turn)).times == TurnTimes()
    turn = {
        **{"turn_timeout": 5, "silence_end_call_timeout": 60, "initial_wait_time": 3},
        **{"soft_timeout_config": {"timeout_seconds": 2}},
    }
    assert planned(an_agent(turn=turn)).times == TurnTimes(5.0, 3.0, 60.0, 2.0)


def test_the_agent_has_the_voice_that_it_names_and_its_manner() -> None:
    spoken = manner(planned(an_agent(tts={"voice_id": "Claudio", "speed": 1.1})), Settings())
    assert spoken.voice.name == "Claudio"
    assert spoken.voice_settings.speed == 1.1
    assert spoken.language is None


def test_an_unknown_voice_is_the_usual_one_unless_the_server_is_strict() -> None:
    plan = planned(an_agent(tts={"voice_id": "nobody-that-we-know"}))
    assert manner(plan, Settings()).voice.language == "en"
    with pytest.raises(VoiceNotFound):
        manner(plan, Settings(strict_voices=True))


def test_an_agent_of_another_language_is_spoken_by_a_voice_of_it() -> None:
    spoken = manner(planned(an_agent(agent={"language": "de"})), Settings())
    assert spoken.voice.language == "de"
    assert spoken.language == "de"


def test_a_language_that_no_voice_speaks_is_spoken_by_the_agents_own() -> None:
    spoken = manner(planned(an_agent(agent={"language": "tlh"})), Settings())
    assert spoken.voice.language == "en"
