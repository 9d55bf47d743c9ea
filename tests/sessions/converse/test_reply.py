"""One answer: thought at once, spoken at once, and kept back until it may be heard."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence

import pytest

from tests.sessions.conftest import LimitedCaller
from tests.sessions.converse.thinker import Step, Thinker, calls
from vivavoce.audio.formats import parse_output_format
from vivavoce.config import Settings
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, ToolCall, Usage
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed, MindFailed, MindTimeout
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.sessions.converse.reply import Reply, Round
from vivavoce.sessions.converse.reply_sound import ReplySound
from vivavoce.sessions.converse.reply_voice import ReplyVoice
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan, find_voice

IN_VIRTUAL_TIME = True

PCM = parse_output_format("pcm_16000")


class Listener:
    """`ReplyListener` that writes down what it hears; tools take `tool_s`."""

    def __init__(self, *, tool_s: float = 0.0, goes_on: bool = True) -> None:
        self.heard: list[tuple[str, str]] = []
        self._tool_s = tool_s
        self._goes_on = goes_on
        self._last_id = 10

    async def on_words(self, reply: Reply, text: str) -> None:
        self.heard.append(("words", text))

    async def on_round(self, reply: Reply, finished: Round) -> None:
        self.heard.append(("round", finished.text))

    async def on_usage(self, reply: Reply, usage: Usage) -> None:
        self.heard.append(("usage", usage.model))

    async def on_calls(self, reply: Reply, calls: Sequence[ToolCall]) -> Sequence[Message] | None:
        self.heard += [("call", call.name) for call in calls]
        await asyncio.sleep(self._tool_s)
        return [Message(Role.TOOL, "ok", tool_call_id="c1")] if self._goes_on else None

    def on_thought(self, reply: Reply) -> None:
        self.heard.append(("thought", reply.text))

    def next_event_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.heard]


class Answer:
    """A reply that runs; `spoken` has a voice."""

    def __init__(
        self,
        *answers: Sequence[Step],
        listener: Listener | None = None,
        spoken: bool = False,
        voice: FakeVoice | None = None,
    ) -> None:
        self.mind = Thinker(*answers)
        self.listener = listener or Listener()
        self.voice = voice or FakeVoice()
        self.caller = LimitedCaller()
        self.pool = InProcessPool(self.voice)
        self.sound = ReplySound(PCM, 10, asyncio.Event(), clock=time.monotonic) if spoken else None
        self.reply = Reply(
            10,
            self.listener,
            clock=time.monotonic,
            voice=None if self.sound is None else self._voice(self.sound),
            sound=self.sound,
        )
        self.task = asyncio.create_task(self.reply.answer(self._ready))

    def _voice(self, sound: ReplySound) -> ReplyVoice:
        manner = Manner(voice=find_voice(None, Settings()))
        plan = SpeechPlan(voice=None, output_format=PCM, auto_mode=True)
        return ReplyVoice(manner, plan, sound, pool=self.pool, caller=self.caller)

    async def _ready(self) -> tuple[Seat, Prompt]:
        return self.mind, Prompt((Message(Role.USER, "Well?"),))

    async def finish(self) -> list[tuple[str, str]]:
        await self.reply.release()
        await self.task
        assert self.pool.listeners == 0
        assert self.caller.turns == 1_000
        return self.listener.heard


async def test_a_written_answer_is_told_word_by_word_and_then_whole() -> None:
    heard = await Answer(["It ", "is ", "noon."]).finish()
    assert heard == [
        *(("words", "It "), ("words", "is "), ("words", "noon.")),
        *(("round", "It is noon."), ("thought", "It is noon.")),
    ]


async def test_nothing_is_told_before_it_may_be_heard() -> None:
    answer = Answer(["It is ", "noon. ", Usage("m", 1)], spoken=True)
    await asyncio.sleep(5)
    assert answer.listener.kinds() == ["thought"]
    assert answer.reply.text == "It is noon."
    assert answer.sound is not None
    assert answer.sound.pieces
    heard = await answer.finish()
    assert heard[1:] == [("words", "It is noon. "), ("round", "It is noon. ")]


async def test_what_was_thought_before_it_was_released_is_told_with_it() -> None:
    answer = Answer(["It ", "is ", 1.0, "noon."], spoken=True)
    await asyncio.sleep(0.5)
    heard = await answer.finish()
    assert [text for kind, text in heard if kind == "words"] == ["It is ", "noon."]
    assert heard.count(("round", "It is noon.")) == 1


async def test_no_tool_is_run_before_it_is_released() -> None:
    answer = Answer(["Well. ", calls("order")], ["Done."], spoken=True)
    await asyncio.sleep(5)
    assert "call" not in answer.listener.kinds()
    heard = await answer.finish()
    assert ("call", "order") in heard


async def test_what_is_said_before_a_tool_is_told_before_it_runs() -> None:
    answer = Answer(["Well.", calls("order")], ["Done."], listener=Listener(tool_s=5.0))
    heard = await answer.finish()
    assert [one for one in heard if one[0] != "words"] == [
        *(("round", "Well."), ("call", "order")),
        *(("round", "Done."), ("thought", "Well. Done.")),
    ]


async def test_each_round_of_words_has_an_id_of_its_own_and_its_sound_too() -> None:
    listener = Listener(tool_s=5.0)
    answer = Answer(["Well.", calls("a")], [calls("b")], ["Done."], listener=listener, spoken=True)
    await answer.finish()
    rounds = [(one.event_id, one.text) for one in answer.reply.rounds]
    assert rounds == [(10, "Well."), (11, "Done.")]
    assert answer.sound is not None
    assert {piece.event_id for piece in answer.sound.pieces} == {10, 11}


async def test_after_a_tool_the_mind_is_asked_with_what_came_of_it() -> None:
    answer = Answer([calls("order")], ["Done."])
    await answer.finish()
    assert answer.mind.last_words == ["Well?", "ok"]


async def test_a_tool_may_be_the_end_of_it() -> None:
    answer = Answer(["Bye.", calls("end_call")], listener=Listener(goes_on=False))
    heard = await answer.finish()
    assert len(answer.mind.prompts) == 1
    assert heard[-1] == ("thought", "Bye.")


async def test_there_are_no_more_than_ten_rounds() -> None:
    answer = Answer([calls("order")])
    await answer.finish()
    assert len(answer.mind.prompts) == 10
    assert answer.listener.kinds().count("thought") == 1


@pytest.mark.parametrize("is_spoken", [True, False])
async def test_a_failure_waits_until_somebody_wants_the_answer(is_spoken: bool) -> None:
    answer = Answer([MindFailed("no")], spoken=is_spoken)
    await asyncio.sleep(100)
    assert not answer.task.done()
    await answer.reply.release()
    with pytest.raises(ExceptionGroup) as caught:
        await answer.task
    assert caught.group_contains(MindFailed)


async def test_a_failure_of_the_voice_waits_too() -> None:
    answer = Answer(["Well, then."], spoken=True, voice=FakeVoice(fail_on="then"))
    await asyncio.sleep(10)
    assert not answer.task.done()
    await answer.reply.release()
    with pytest.raises(ExceptionGroup) as caught:
        await answer.task
    assert caught.group_contains(EngineFailed)
    assert answer.pool.listeners == 0


async def test_one_that_nobody_wants_fails_unheard() -> None:
    answer = Answer([MindFailed("no")], spoken=True)
    await asyncio.sleep(1)
    answer.task.cancel()
    answer.reply.close()
    await asyncio.wait([answer.task])
    assert answer.task.cancelled()
    assert answer.pool.listeners == 0


async def test_a_mind_may_take_twenty_seconds_for_each_word_and_no_more() -> None:
    answer = Answer([19.0, "It ", 19.0, "is ", 21.0, "noon."])
    await answer.reply.release()
    with pytest.raises(ExceptionGroup) as caught:
        await answer.task
    assert caught.group_contains(MindTimeout)
    assert answer.reply.text == "It is"


async def test_a_filler_is_spoken_at_once_and_belongs_to_the_answer() -> None:
    answer = Answer([5.0, "It is noon."], spoken=True)
    await answer.reply.release()
    await asyncio.sleep(1)
    await answer.reply.interject("Let me see.")
    await asyncio.sleep(1)
    assert [request.text.strip() for request in answer.voice.spoken] == ["Let me see."]
    await answer.task
    assert answer.reply.text == "Let me see. It is noon."
    assert [request.text.strip() for request in answer.voice.spoken][1:] == ["It is noon."]


async def test_a_text_that_needs_no_thought_is_said_as_it_is() -> None:
    listener = Listener()
    reply = Reply(3, listener, clock=time.monotonic)
    await reply.release()
    await reply.recite("Hello there.")
    assert listener.heard == [
        *(("words", "Hello there."), ("round", "Hello there."), ("thought", "Hello there.")),
    ]


async def test_it_begins_to_speak_long_before_it_is_thought() -> None:
    answer = Answer(["Well, my friend, ", 5.0, "it is noon."], spoken=True)
    await asyncio.sleep(1)
    assert answer.sound is not None
    assert answer.sound.pieces
    assert answer.reply.times.first_clause is not None
    await answer.finish()


async def test_all_that_is_thought_is_spoken_in_order() -> None:
    text = "Well, it is noon. I had my lunch already, and it was good! Did you eat?"
    words = [word + " " for word in text.split()]
    answer = Answer(words, spoken=True)
    await answer.finish()
    spoken = " ".join(request.text.strip() for request in answer.voice.spoken)
    assert spoken == text
    assert answer.sound is not None
    heard = "".join(piece.text.chars for piece in answer.sound.pieces)
    assert heard.split() == text.split()
    assert answer.sound.ended


async def test_at_whatever_moment_it_is_taken_back_nothing_breaks() -> None:
    for steps in itertools.count():
        answer = Answer(["Once upon ", "a time. ", "There was a story."], spoken=True)
        await answer.reply.release()
        for _ in range(steps):
            await asyncio.sleep(0)
        is_over = answer.task.done()
        answer.task.cancel()
        answer.reply.close()
        await asyncio.wait([answer.task])
        assert is_over or answer.task.cancelled()
        assert answer.pool.listeners == 0
        if is_over:
            break
    assert steps > 20
