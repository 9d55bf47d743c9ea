"""Which mind an agent thinks with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

from vivavoce.config import Settings
from vivavoce.engines.guarded_http import Allows, is_any, is_public
from vivavoce.engines.minds.base import Mind, Seat
from vivavoce.engines.minds.openai import OpenAiMind
from vivavoce.engines.minds.ruled import RuledMind
from vivavoce.engines.minds.script import Script, load_script
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.engines.minds.speech_engine import SpeechEngineMind
from vivavoce.wire.agent_config import AgentConfig
from vivavoce.wire.rules import Rule

_log = structlog.get_logger(__name__)

SCRIPTED: Final = "scripted"
EMBEDDED: Final = "smollm2-135m-instruct"
_STILL_THERE: Final = (Rule(when="(silence)", say="Are you still there?"),)
"""What the embedded model says to a caller who says nothing makes no sense."""
_OWN_NAMES: Final = frozenset({"", SCRIPTED, EMBEDDED, "custom-llm"})


@asynccontextmanager
async def open_minds(
    settings: Settings, embedded: Callable[[], AbstractAsyncContextManager[Mind]]
) -> AsyncIterator[Minds]:
    """The minds of a server with these settings. Raises ConfigError for a script that is none."""
    allows = is_any if settings.allow_private_urls else is_public
    async with embedded() as own, AsyncExitStack() as stack:
        usual = own
        if settings.mind_script:
            script = await asyncio.to_thread(_script, settings.mind_script)
            usual = ScriptedMind(script.rules, script.otherwise)
        elif settings.mind_url:
            asked = OpenAiMind(
                settings.mind_url, model=settings.mind_model, api_key=settings.mind_api_key
            )
            stack.push_async_callback(asked.aclose)
            usual = asked
        key = settings.api_keys[0] if settings.api_keys else ""
        yield Minds(usual, own, allows=allows, engine_key=key)


def _script(path: str) -> Script:
    return load_script(Path(path).expanduser())


class Minds:
    """The server's own mind, the embedded one, and those that agents bring along."""

    def __init__(
        self,
        usual: Mind,
        embedded: Mind,
        *,
        allows: Allows,
        engine_key: str = "",
    ) -> None:
        """`usual` answers for agents that name no mind this server has.

        `allows` says which addresses the minds of agents may be at; `engine_key` is the API key
        that signs what is sent to speech engines.
        """
        self._usual = usual
        self._embedded = embedded
        self._allows = allows
        self._engine_key = engine_key

    @asynccontextmanager
    async def seat(self, config: AgentConfig, conversation_id: str) -> AsyncIterator[Seat]:
        """A seat at the mind of the agent. Raises MindMissing or MindFailed."""
        own = self._custom(config, conversation_id)
        mind: Mind = own or self._shared(config)
        rules = (*config.rules, *(_STILL_THERE if mind is self._embedded else ()))
        if rules:
            mind = RuledMind(rules, mind)
        try:
            async with mind.seat() as seat:
                yield seat
        finally:
            if isinstance(own, OpenAiMind):
                await own.aclose()

    def _custom(self, config: AgentConfig, conversation_id: str) -> Mind | None:
        if config.speech_engine_url:
            return SpeechEngineMind(
                config.speech_engine_url,
                conversation_id=conversation_id,
                api_key=self._engine_key,
                allows=self._allows,
            )
        custom = config.custom_mind
        if custom is None:
            return None
        return OpenAiMind(
            custom.url,
            model=custom.model_id,
            api_key=custom.api_key,
            headers=custom.request_headers,
            allows=self._allows,
            custom=True,
        )

    def _shared(self, config: AgentConfig) -> Mind:
        if config.llm == SCRIPTED:
            return ScriptedMind(config.rules)
        if config.llm == EMBEDDED:
            return self._embedded
        if config.llm not in _OWN_NAMES:
            _log.info("agent's llm is not here", asked=config.llm[:60], answers=self._usual.name)
        return self._usual
