"""Conversations over a network that cuts; `python -m bench resume-calls` has many of them."""

from __future__ import annotations

import json
from pathlib import Path

from bench.resume_calls import ANSWER, GREETING, Talk, talked
from tests.integration.test_keys import StartServer
from vivavoce.clients.events import AgentResponse


async def test_conversations_that_are_cut_off_lose_no_turn_say_none_twice_and_greet_once(
    start_server: StartServer, tmp_path: Path
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"otherwise": ANSWER}), encoding="utf-8")
    server = start_server(mind_script=str(script))
    talks = await talked(server.port, 3, turns=2)
    assert sum(talk.cuts for talk in talks) >= 5
    for talk in talks:
        assert [answer.text for answer in talk.answers] == talk.wanted
        assert (talk.lost, talk.twice, talk.beginnings, talk.corrections) == (0, 0, 1, 0)
        assert talk.is_kept_well


def told(*answers: str) -> Talk:
    """A call of one turn, and what its client was told, each wholly spoken."""
    talk = Talk(written=["Five."], beginnings=1)
    for number, answer in enumerate(answers):
        talk.answers.append(AgentResponse(answer, number))
        talk.spoken[number] = answer
    return talk


def test_what_is_lost_or_comes_twice_is_counted() -> None:
    answer = ANSWER.format("Five.")
    assert (told(GREETING, answer).lost, told(GREETING, answer).twice) == (0, 0)
    assert (told(GREETING).lost, told(GREETING).twice) == (1, 0)
    assert (told(GREETING, answer, answer).lost, told(GREETING, answer, answer).twice) == (0, 1)
    assert told(GREETING, GREETING, answer).twice == 1
    stammered = told(GREETING, answer)
    stammered.spoken[1] += "ve."
    assert (stammered.lost, stammered.twice) == (0, 1)
    broken_off = told(GREETING, answer)
    broken_off.spoken[1] = answer[:-3]
    assert (broken_off.lost, broken_off.twice) == (1, 0)
