"""Agents as REST describes them: kept as they were sent, shown with what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from vivavoce.errors import InvalidParameter

_NAME_MAX = 1_000
_TAGS_MAX = 100
_USUAL_NAME = "New Agent"

# The look of a widget of which nothing is said.
_USUAL_WIDGET: Mapping[str, object] = {
    "variant": "full",
    "placement": "bottom-right",
    "expandable": "never",
    "avatar": {"type": "orb", "color_1": "#2792dc", "color_2": "#9ce6e6"},
    "feedback_mode": "none",
    "bg_color": "#ffffff",
    "text_color": "#000000",
    "btn_color": "#000000",
    "btn_text_color": "#ffffff",
    "border_color": "#e1e1e1",
    "focus_color": "#000000",
    "show_avatar_when_collapsed": False,
    "disable_banner": True,
    "mic_muting_enabled": False,
    "transcript_enabled": False,
    "text_input_enabled": True,
    "default_expanded": False,
    "always_expanded": False,
    "text_contents": {},
    "styles": {},
}

# What only the server can say, and clients send back with the rest of what they were shown.
_OURS = frozenset(
    {
        "agent_id",
        "metadata",
        "phone_numbers",
        "whatsapp_accounts",
        "access_info",
        "version_id",
        "branch_id",
        "main_branch_id",
    }
)


_SECRET_KEYS = frozenset({"api_key", "secret_token", "hmac_secret"})
_SECRET_VARIABLE = "secret__"
_HIDDEN = "[hidden]"


class NewAgent(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `create`; keys that are not named here are kept as well."""

    conversation_config: dict[str, object]
    platform_settings: dict[str, object] | None = None
    workflow: dict[str, object] | None = None
    name: str | None = None
    tags: tuple[str, ...] | None = None


class AgentChange(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PATCH`: what is left out, or null, stays; objects are laid over the old ones."""

    conversation_config: dict[str, object] | None = None
    platform_settings: dict[str, object] | None = None
    workflow: dict[str, object] | None = None
    name: str | None = None
    tags: tuple[str, ...] | None = None


class Duplication(msgspec.Struct, frozen=True):
    """The body of `duplicate`."""

    name: str | None = None


class CreatedAgent(msgspec.Struct, frozen=True):
    """The answer to an agent that was made."""

    agent_id: str


class AgentTimes(msgspec.Struct, frozen=True):
    """Seconds since 1970."""

    created_at_unix_secs: int
    updated_at_unix_secs: int


class AccessInfo(msgspec.Struct, frozen=True):
    """What the caller may do with an agent: everything that its key may at all."""

    is_creator: bool = True
    creator_name: str = ""
    creator_email: str = ""
    role: str = "admin"


class ShownAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent with its whole configuration, and whatever other keys it was sent with."""

    agent_id: str
    name: str
    conversation_config: dict[str, object]
    metadata: AgentTimes
    platform_settings: dict[str, object]
    workflow: dict[str, object] | None
    tags: tuple[str, ...]
    access_info: AccessInfo = AccessInfo()
    phone_numbers: tuple[str, ...] = ()
    whatsapp_accounts: tuple[str, ...] = ()
    version_id: str | None = None
    branch_id: str | None = None


class AgentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An agent in a list."""

    agent_id: str
    name: str
    voice_id: str
    tags: tuple[str, ...]
    created_at_unix_secs: int
    updated_at_unix_secs: int
    last_call_time_unix_secs: int | None
    archived: bool
    access_info: AccessInfo = AccessInfo()


class AgentPage(msgspec.Struct, frozen=True):
    """One page of the list; `next_cursor` asks for the one after it."""

    agents: tuple[AgentSummary, ...]
    next_cursor: str | None
    has_more: bool


class AgentLink(msgspec.Struct, frozen=True):
    """The answer to `link`; there are no links to share here, so there is no token for one."""

    agent_id: str
    token: None = None


class WidgetAnswer(msgspec.Struct, frozen=True):
    """What a page needs to draw an agent's widget; see `widget_config`."""

    agent_id: str
    widget_config: dict[str, object]


def laid_over(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """`below` with `above` on top, key by key; null in the place of an object says nothing."""
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            both[key] = laid_over(old, value)
        elif value is not None or not isinstance(old, Mapping):
            both[key] = value
    return both


def without_secrets(shown: Mapping[str, object]) -> dict[str, object]:
    """An agent as those see it who may not change it: keys and headers are there, but hidden."""
    return {key: _hidden(key, value) for key, value in shown.items()}


def _hidden(key: str, value: object) -> object:
    if isinstance(value, Mapping):
        # Any header may be one.
        return {
            name: _hidden("api_key" if key == "request_headers" else name, inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_hidden(key, inner) for inner in value]
    is_secret = key in _SECRET_KEYS or key.startswith(_SECRET_VARIABLE)
    return _HIDDEN if is_secret and isinstance(value, str) else value


def shared_keys(body: Mapping[str, object]) -> dict[str, object]:
    """What a body has beside what only a server can say."""
    return {key: value for key, value in body.items() if key not in _OURS}


def other_keys(body: Mapping[str, object]) -> dict[str, object]:
    """What it has beside the fields of `NewAgent`, too."""
    named = NewAgent.__struct_fields__
    return {key: value for key, value in shared_keys(body).items() if key not in named}


def usable_name(name: str | None) -> str:
    """The name of an agent, the usual one for none. Raises InvalidParameter."""
    plain = " ".join((name or "").split())
    if len(plain) > _NAME_MAX:
        raise InvalidParameter(f"name has more than {_NAME_MAX:,} characters.", param="name")
    return plain or _USUAL_NAME


def usable_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once. Raises InvalidParameter when there are more than 100, or a very long one."""
    distinct = tuple(dict.fromkeys(tags))
    if len(distinct) > _TAGS_MAX or any(len(tag) > _NAME_MAX for tag in distinct):
        limits = f"{_TAGS_MAX} tags of {_NAME_MAX:,} characters"
        raise InvalidParameter(f"An agent has at most {limits}.", param="tags")
    return distinct


def is_archived(platform_settings: Mapping[str, object]) -> bool:
    """Whether the agent was put away."""
    return platform_settings.get("archived") is True


def widget_config(
    config: Mapping[str, object], platform_settings: Mapping[str, object]
) -> dict[str, object]:
    """What of its whole `config` an agent's widget has to know, and how it is to look."""
    agent, conversation = _object(config, "agent"), _object(config, "conversation")
    presets = _object(config, "language_presets")
    return {
        **laid_over(_USUAL_WIDGET, _object(platform_settings, "widget")),
        "language": agent.get("language") or "en",
        "supported_language_overrides": sorted(presets),
        "language_presets": {code: _shown_preset(presets, code) for code in presets},
        "first_message": agent.get("first_message"),
        "text_only": conversation.get("text_only") is True,
        "supports_text_only": True,
        # There is no room to join: calls are WebSockets.
        "use_rtc": False,
    }


def _shown_preset(presets: Mapping[str, object], code: str) -> dict[str, object]:
    overrides = _object(_object(presets, code), "overrides")
    return {"first_message": _object(overrides, "agent").get("first_message")}


def _object(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}
