"""A caller whose line is cut, half-closed and stands still while they speak."""

from __future__ import annotations

from bench.converse_latency import ANSWER
from bench.converse_servers import scripted_server
from bench.converse_sounds import CallerVoice
from bench.paused_sentences import QUESTIONS
from bench.resume_spoken import talks


async def test_questions_spoken_over_a_bad_line_are_each_heard_and_answered_once() -> None:
    questions = CallerVoice().spoken_all(QUESTIONS[:5])
    with scripted_server(ANSWER) as server:
        [talk] = await talks(server.port, questions, is_bad=True)
    assert talk.misfortunes >= 5
    assert len(talk.transcripts) == talk.answers == talk.asked == 5
    assert talk.interruptions == 0
    assert talk.beginnings == 1
