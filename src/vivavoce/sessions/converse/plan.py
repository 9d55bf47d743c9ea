"""What one call is held by: the agent, what the client changed of it, and what fills its texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import msgspec
import structlog

from vivavoce.audio.formats import OutputFormat, parse_output_format
from vivavoce.audio.inlet import InputFormat, parse_input_format
from vivavoce.config import Settings
from vivavoce.core.languages import normal_language
from vivavoce.core.placeholders import Variable, combine, demand, fill, for_mind, system_variables
from vivavoce.core.system_prompt import knowledge_left_out, system_prompt
from vivavoce.core.turn_clock import TurnTimes
from vivavoce.engines.voices.catalog import voice_in
from vivavoce.errors import BadRequest, LanguageMissing, OverrideForbidden, UnsupportedFormat
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import find_voice
from vivavoce.wire.agent_config import AgentConfig, read_agent_config
from vivavoce.wire.agent_overrides import forbidden_overrides, merged, with_language
from vivavoce.wire.agent_parts import TurnConfig
from vivavoce.wire.initiation import Initiation
from vivavoce.wire.lenient import MOST_DEEP, is_deeper
from vivavoce.wire.voice_settings import VoiceSettings, read_voice_settings

_log = structlog.get_logger(__name__)

_USUAL_FORMAT = "pcm_16000"
"""What clients take that look at no announcement."""


class CalledAgent(msgspec.Struct, frozen=True):
    """The agent that is called, from the store or from the client's own setup."""

    agent_id: str
    name: str
    conversation_config: Mapping[str, object]
    platform_settings: Mapping[str, object]


class CallPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a call is held from here on; `raw` is the conversation_config in force."""

    conversation_id: str
    agent: CalledAgent
    raw: Mapping[str, object]
    config: AgentConfig
    variables: Mapping[str, Variable]
    first_message: str
    system_prompt: str
    initiation: Initiation
    text_only: bool

    @property
    def times(self) -> TurnTimes:
        """What happens when nothing does."""
        return _times(self.config.turn)


def plan_call(
    agent: CalledAgent,
    initiation: Initiation,
    *,
    conversation_id: str,
    call_s: float = 0.0,
    first_agent_id: str | None = None,
    variables: Mapping[str, Variable] | None = None,
) -> CallPlan:
    """Raises OverrideForbidden, MissingVariable, or BadRequest for what is nested too deeply.

    `call_s` is how long the call has been on when `agent` takes it over from the agent with
    `first_agent_id`; `variables` are those that tools have set.
    """
    forbidden = forbidden_overrides(
        initiation.override, initiation.custom_llm_extra_body, agent.platform_settings
    )
    if forbidden:
        raise OverrideForbidden(f"This agent lets no call change {', '.join(forbidden)}.")
    raw = merged(agent.conversation_config, initiation.override)
    spoken = read_agent_config(initiation.override).language if initiation.override else ""
    if spoken and spoken != read_agent_config(agent.conversation_config).language:
        raw = merged(with_language(raw, spoken), initiation.override)
    if is_deeper(raw, MOST_DEEP):
        raise BadRequest("The agent's configuration is nested too deeply.")
    config = read_agent_config(raw)
    if left_out := knowledge_left_out(config.knowledge):
        _log.warning("an agent knows more than its prompt has room for", left_out=left_out)
    given = {**initiation.dynamic_variables, **(variables or {})}
    system = system_variables(
        agent_id=first_agent_id or agent.agent_id,
        current_agent_id=agent.agent_id,
        conversation_id=conversation_id,
        now=datetime.now(_zone(given)),
        call_duration_s=call_s,
    )
    known = combine(config.variables, given, system)
    demand([config.first_message, config.system_prompt], for_mind(known))
    return CallPlan(
        conversation_id=conversation_id,
        agent=agent,
        raw=raw,
        config=config,
        variables=known,
        first_message=fill(config.first_message, for_mind(known)),
        system_prompt=system_prompt(config.system_prompt, for_mind(known), config.knowledge),
        initiation=initiation,
        text_only=config.text_only if initiation.text_only is None else initiation.text_only,
    )


def in_language(plan: CallPlan, code: str) -> CallPlan:
    """The same agent, who speaks another language from now on."""
    raw = with_language(plan.raw, code)
    config = msgspec.structs.replace(read_agent_config(raw), language=code)
    known = for_mind(plan.variables)
    return msgspec.structs.replace(
        plan,
        raw=raw,
        config=config,
        system_prompt=system_prompt(config.system_prompt, known, config.knowledge),
    )


def output_format(plan: CallPlan, dialect: CallDialect) -> OutputFormat:
    """What the agent's sound is sent as: clients take PCM and the telephone's formats only."""
    named = dialect.output_format or plan.config.speech.output_format
    if named.startswith(("pcm_", "ulaw_")):
        try:
            return parse_output_format(named)
        except UnsupportedFormat:
            pass
    _log.warning("agent's output format is not for calls", asked=named[:40], sends=_USUAL_FORMAT)
    return parse_output_format(_USUAL_FORMAT)


def input_format(plan: CallPlan, dialect: CallDialect) -> tuple[str, InputFormat]:
    """What the client is to send, by name and as it is."""
    named = dialect.input_format or plan.config.input_format
    if named.startswith(("pcm_", "ulaw_")):
        try:
            return named, parse_input_format(named)
        except UnsupportedFormat:
            pass
    _log.warning("agent's input format is not for calls", asked=named[:40], takes=_USUAL_FORMAT)
    return _USUAL_FORMAT, parse_input_format(_USUAL_FORMAT)


def manner(plan: CallPlan, settings: Settings) -> Manner:
    """In which voice. Raises VoiceNotFound if the server is strict."""
    speech, config = plan.config.speech, plan.config
    voice = find_voice(speech.voice_id, settings)
    language = normal_language(config.language)
    try:
        voice = voice_in(language, like=voice)
    except LanguageMissing:
        _log.warning("no voice speaks the agent's language", language=config.language[:20])
        language = voice.language
    settings_of_voice = read_voice_settings({"stability": speech.stability, "speed": speech.speed})
    return Manner(
        voice=voice,
        language=None if language == "en" else language,
        voice_settings=settings_of_voice or VoiceSettings(),
    )


def _zone(variables: Mapping[str, Variable]) -> tzinfo:
    """The caller's time zone, where the client tells it."""
    named = variables.get("system__timezone")
    try:
        return ZoneInfo(named) if isinstance(named, str) and named else UTC
    except (ValueError, LookupError, OSError):  # LookupError: there is no such zone
        return UTC


def _times(turn: TurnConfig) -> TurnTimes:
    def seconds(given: float | None) -> float | None:
        return None if given is None or given < 0 else given

    return TurnTimes(
        turn_timeout=seconds(turn.turn_timeout_s),
        initial_wait=seconds(turn.initial_wait_s),
        hang_up=seconds(turn.silence_end_call_timeout_s),
        filler=seconds(turn.soft_timeout.after_s),
    )
