from __future__ import annotations

from vivavoce.commands.players import PIPED


def test_every_player_is_told_the_rate() -> None:
    for player in PIPED:
        command = player.command(16_000)
        assert command[0] == player.program
        assert any("16000" in word for word in command)
        assert not any("{" in word for word in command)


def test_a_live_one_is_told_to_hurry_as_well() -> None:
    for player in PIPED:
        live = player.command(16_000, is_live=True)
        assert set(player.command(16_000)) < set(live)
