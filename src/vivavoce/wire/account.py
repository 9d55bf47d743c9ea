"""Users, subscriptions, counts of use and tokens, as REST describes them."""

from __future__ import annotations

from typing import Literal

import msgspec

from vivavoce.errors import InvalidParameter

UNLIMITED = 1_000_000_000
"""What stands for "no limit" where clients compute with a number of characters."""

# From here on a time is in ms: as seconds it would be the year 5138.
_MS_FROM = 100_000_000_000

Interval = Literal["hour", "day", "week", "month", "cumulative"]
_INTERVALS: tuple[Interval, ...] = ("hour", "day", "week", "month", "cumulative")
_INTERVAL_SECONDS: dict[int, Interval] = {3_600: "hour", 86_400: "day", 604_800: "week"}


class Price(msgspec.Struct, frozen=True):
    """An amount of money."""

    amount: str = "0"
    currency: str = "usd"


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """What a key may use, and has used, this month. Nothing here is for sale."""

    character_count: int
    character_limit: int
    next_character_count_reset_unix: int
    voice_limit: int
    tier: str = "self_hosted"
    status: str = "active"
    max_character_limit_extension: int = 0
    max_credit_limit_extension: int = 0
    can_extend_character_limit: bool = False
    allowed_to_extend_character_limit: bool = False
    voice_slots_used: int = 0
    professional_voice_slots_used: int = 0
    professional_voice_slots_used_in_workspace: int = 0
    max_voice_add_edits: int = 0
    voice_add_edit_counter: int = 0
    professional_voice_limit: int = 0
    can_extend_voice_limit: bool = False
    can_use_instant_voice_cloning: bool = False
    can_use_professional_voice_cloning: bool = False
    currency: str | None = None
    current_overage: Price = Price()
    billing_period: str | None = None
    character_refresh_period: str = "monthly_period"
    next_invoice: None = None
    open_invoices: tuple[str, ...] = ()
    has_open_invoices: bool = False


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a key."""

    user_id: str
    workspace_id: str
    subscription: Subscription
    first_name: str
    created_at: int = 0
    seat_type: str = "workspace_member"
    is_new_user: bool = False
    can_use_delayed_payment_methods: bool = False
    is_onboarding_completed: bool = True
    is_onboarding_checklist_completed: bool = True
    is_api_key_hashed: bool = True
    xi_api_key_preview: str | None = None


class CharacterStats(msgspec.Struct, frozen=True):
    """Characters over time: `usage["All"][i]` from `time[i]` on, in ms since 1970."""

    time: tuple[int, ...]
    usage: dict[str, tuple[int, ...]]


class SingleUseToken(msgspec.Struct, frozen=True):
    """What a browser shows in place of a key."""

    token: str


class UsageQuery(msgspec.Struct, frozen=True):
    """Which counts are asked for; times in seconds since 1970."""

    start_unix: int
    end_unix: int
    interval: Interval


def usage_query(
    start: int,
    end: int,
    *,
    interval: str | None = None,
    bucket_seconds: int | None = None,
    breakdown: str | None = None,
    metric: str | None = None,
) -> UsageQuery:
    """What a client asks for, in ms or in seconds. Raises InvalidParameter for what none counts.

    `bucket_seconds` goes before `interval`.
    """
    if breakdown not in (None, "", "none"):
        raise InvalidParameter(
            "This server counts characters by API key and hour; breakdown_type must be none.",
            param="breakdown_type",
        )
    if metric not in (None, "", "credits", "tts_characters"):
        raise InvalidParameter(
            "This server counts characters only; metric must be credits or tts_characters.",
            param="metric",
        )
    return UsageQuery(_seconds(start), _seconds(end), _interval(interval, bucket_seconds))


def _interval(interval: str | None, bucket_seconds: int | None) -> Interval:
    if bucket_seconds is not None:
        if bucket_seconds not in _INTERVAL_SECONDS:
            allowed = ", ".join(map(str, _INTERVAL_SECONDS))
            raise InvalidParameter(
                f"aggregation_bucket_size must be one of {allowed}.",
                param="aggregation_bucket_size",
            )
        return _INTERVAL_SECONDS[bucket_seconds]
    for known in _INTERVALS:
        if (interval or "day") == known:
            return known
    raise InvalidParameter(
        f"aggregation_interval must be one of {', '.join(_INTERVALS)}.",
        param="aggregation_interval",
    )


def _seconds(time: int) -> int:
    return time // 1000 if time >= _MS_FROM else time
