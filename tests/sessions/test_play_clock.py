"""When a listener runs dry."""

from __future__ import annotations

from vivavoce.sessions.play_clock import PlayClock


def test_a_listener_who_has_heard_nothing_waits_now() -> None:
    assert PlayClock().dry_at(100.0) == 100.0


def test_audio_sent_ahead_adds_up() -> None:
    clock = PlayClock()
    clock.sent(2.0, 100.0)
    clock.sent(3.0, 100.5)
    assert clock.dry_at(101.0) == 105.0


def test_playing_starts_again_with_what_comes_after_a_silence() -> None:
    clock = PlayClock()
    clock.sent(2.0, 100.0)
    assert clock.dry_at(110.0) == 110.0
    clock.sent(1.0, 110.0)
    assert clock.dry_at(110.5) == 111.0
