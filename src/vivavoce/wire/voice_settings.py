"""The settings of a voice, as every door of the protocol takes them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

# What an engine can do with `speed`; the protocol documents 0.7 to 1.2, its agents send up to 5.
_SPEED_MIN, _SPEED_MAX = 0.5, 2.0

_UNHEARD = ("similarity_boost", "similarity", "style", "use_speaker_boost", "clone_strength")


class VoiceSettings(msgspec.Struct, frozen=True):
    """The settings of a voice that one message carried; None where it said nothing.

    `stability` lies in 0 to 1, `speed` in 0.5 to 2; values beyond were clamped.
    """

    stability: float | None = None
    speed: float | None = None

    def updated(self, later: VoiceSettings) -> VoiceSettings:
        """These settings with those of a later message on top."""
        return VoiceSettings(
            stability=self.stability if later.stability is None else later.stability,
            speed=self.speed if later.speed is None else later.speed,
        )


def read_voice_settings(given: Mapping[str, object] | None) -> VoiceSettings | None:
    """Reads what is usable; a setting of an odd type counts as not given."""
    if given is None:
        return None
    return VoiceSettings(
        stability=_clamped(given.get("stability"), 0.0, 1.0),
        speed=_clamped(given.get("speed"), _SPEED_MIN, _SPEED_MAX),
    )


def unheard_settings(given: Mapping[str, object] | None) -> tuple[str, ...]:
    """The names of those given that no voice here honours."""
    return tuple(name for name in _UNHEARD if (given or {}).get(name) is not None)


def _clamped(value: object, low: float, high: float) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return float(min(max(value, low), high))
