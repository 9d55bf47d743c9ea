"""An agent's `conversation_config` as one call has it: with what was changed for that call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vivavoce.wire.lenient import filled, inside, mapping

# Deeper than any setting lies; what is nested deeper is taken as a whole.
_MOST_DEEP: Final = 16

# Where an agent's keys go, and what of it runs here: callers would have those sent to themselves.
_OWNERS: Final[Mapping[str, object]] = {
    "agent": {
        "prompt": dict.fromkeys(
            ("custom_llm", "tools", "built_in_tools", "mcp_servers", "rules"), False
        )
    },
    "speech_engine": False,
    "language_presets": False,
}


def merged(raw: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """`raw` with `override` on top, key by key; neither is changed.

    Lists are replaced. A None says nothing, nor does what has no keys in the place of what has.
    """
    return _merged(raw, override, _MOST_DEEP)


def _merged(
    raw: Mapping[str, object], override: Mapping[str, object], deep: int
) -> dict[str, object]:
    result = dict(raw)
    for key, value in override.items():
        present = result.get(key)
        if value is None or (isinstance(present, dict) and not isinstance(value, dict)):
            continue
        nested = isinstance(value, dict) and deep > 0
        result[key] = _merged(mapping(present), mapping(value), deep - 1) if nested else value
    return result


def with_language(raw: Mapping[str, object], code: str) -> dict[str, object]:
    """`raw` in the language `code`, with what its preset for that language says, if it has one."""
    presets = mapping(raw.get("language_presets"))
    preset = presets.get(code, presets.get(code.partition("-")[0]))
    spoken = merged(merged(raw, _translations(preset)), mapping(inside(preset, "overrides")))
    return merged(spoken, {"agent": {"language": code}})


def _translations(preset: object) -> dict[str, object]:
    """Texts that upstream's dashboard has translated; the overrides win over them."""
    greeting = filled(inside(preset, "first_message_translation", "text"))
    filler = filled(inside(preset, "soft_timeout_translation", "text"))
    found: dict[str, object] = {"agent": {"first_message": greeting}}
    return {**found, "turn": {"soft_timeout_config": {"message": filler}}} if filler else found


def forbidden_overrides(
    override: Mapping[str, object],
    extra_body: Mapping[str, object],
    platform_settings: Mapping[str, object],
) -> list[str]:
    """The dotted names of what a client sets though the agent's settings forbid it by a false.

    What they do not mention may be set, but for the agent's mind, tools and rules: those need a
    true. `extra_body` is the `custom_llm_extra_body`.
    """
    settings = mapping(platform_settings.get("overrides"))
    allowed = mapping(settings.get("conversation_config_override"))
    found = list(_forbidden(override, allowed, _OWNERS, "", _MOST_DEEP))
    name = "custom_llm_extra_body"
    return [*found, name] if extra_body and settings.get(name) is False else found


def _forbidden(
    override: Mapping[str, object],
    allowed: Mapping[str, object],
    usual: Mapping[str, object],
    where: str,
    deep: int,
) -> Iterator[str]:
    for key, value in override.items():
        verdict = allowed.get(key)
        if verdict is None:
            verdict = usual.get(key)
        if verdict is False and value not in (None, {}, []):
            yield where + key
        elif verdict is not True and isinstance(value, dict) and deep > 0:
            within = mapping(allowed.get(key)), mapping(usual.get(key))
            yield from _forbidden(value, *within, f"{where}{key}.", deep - 1)
