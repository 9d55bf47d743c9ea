"""A stream-input session, from the text that goes in to the frames that come out."""

from __future__ import annotations

import asyncio
import io
import itertools
from typing import Any

import av
import pytest

from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.fake import FakeVoice


def spans(messages: list[dict[str, Any]]) -> list[int]:
    return [
        m["alignment"]["charStartTimesMs"][-1] + m["alignment"]["charDurationsMs"][-1]
        for m in messages
        if m.get("alignment")
    ]


async def test_text_is_spoken_and_the_stream_ends_with_the_final_frame_and_1000(stage: Any) -> None:
    scene = stage()
    scene.peer.say(" ")
    scene.peer.say("Hello there. ")
    scene.peer.say("")
    await scene.run()
    *audio, final = scene.peer.messages
    assert scene.peer.closed == (1000, "")
    assert final == {
        "audio": None,
        "isFinal": True,
        "alignment": None,
        "normalizedAlignment": None,
    }
    assert all(m["isFinal"] is None and m["audio"] for m in audio)
    assert scene.peer.chars() == "Hello there. "


async def test_the_audio_is_what_the_voice_said_byte_for_byte(stage: Any) -> None:
    scene = stage()
    scene.peer.say("One sentence. And another one that is longer than the first. ")
    scene.peer.say("")
    await scene.run()
    voice = FakeVoice()
    said = [block.pcm for s in scene.pool.submitted for block in voice.speak(s.request)]
    assert scene.peer.audio == b"".join(said)


async def test_both_alignments_come_with_every_frame_of_speech(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Room 42 is on floor 7, next to the lift. ")
    scene.peer.say("")
    await scene.run()
    assert scene.peer.chars() == "Room 42 is on floor 7, next to the lift. "
    assert scene.peer.chars("normalizedAlignment").startswith("Room fourtwo is on floor seven, ")
    for message in scene.peer.messages[:-1]:
        for kind in ("alignment", "normalizedAlignment"):
            timing = message[kind]
            starts, lasts = timing["charStartTimesMs"], timing["charDurationsMs"]
            assert len(timing["chars"]) == len(starts) == len(lasts)
            assert starts[0] == 0
            assert starts[1:] == [a + b for a, b in zip(starts, lasts, strict=True)][:-1]


async def test_alignments_are_as_long_as_their_audio(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Some words to be spoken, then a few more of them. And an end. ")
    scene.peer.say("")
    await scene.run()
    assert sum(spans(scene.peer.messages)) == pytest.approx(len(scene.peer.audio) / 48, abs=1)


async def test_text_without_a_space_at_its_end_gets_one(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello")
    scene.peer.say("")
    await scene.run()
    assert scene.peer.chars() == "Hello "


async def test_the_opening_space_and_keep_alives_add_nothing(stage: Any) -> None:
    scene = stage()
    for text in (" ", " ", "Hello there. ", " ", " ", ""):
        scene.peer.say(text)
    await scene.run()
    assert scene.peer.chars() == "Hello there. "


async def test_a_lone_space_inside_a_sentence_parts_two_words(stage: Any) -> None:
    scene = stage()
    for text in (" ", "Hello", " ", "there", ""):
        scene.peer.say(text)
    await scene.run()
    assert scene.peer.chars() == "Hello there "


async def test_settings_on_the_first_real_text_count_without_an_opening(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello there. ", voice_settings={"speed": 2.0})
    scene.peer.say("")
    await scene.run()
    assert scene.pool.submitted[0].request.speed == 2.0


async def test_an_end_without_any_text_is_answered_with_the_final_frame_alone(stage: Any) -> None:
    for url in ("Rachel", "Rachel?output_format=opus_48000_32", "Rachel?output_format=pcm_8000"):
        scene = stage(url=url)
        scene.peer.say(" ")
        scene.peer.say("")
        await scene.run()
        assert [m["isFinal"] for m in scene.peer.messages] == [True]
        assert scene.peer.closed == (1000, "")
        assert scene.pool.submitted == []


async def test_the_end_holds_even_with_flush(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello")
    scene.peer.say("", flush=True)
    await scene.run()
    assert scene.peer.closed == (1000, "")


async def test_what_follows_the_end_is_ignored(stage: Any) -> None:
    scene = stage(block_delay_s=0.01)
    scene.peer.say("Hello there. ")
    scene.peer.say("")
    scene.peer.say("And more. ")
    scene.peer.say_raw("not JSON")
    await scene.run()
    assert scene.peer.chars() == "Hello there. "
    assert scene.peer.closed == (1000, "")


async def test_a_flush_speaks_what_waits_and_says_no_final(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hel", flush=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        assert scene.peer.chars() == "Hel "
        assert [m["isFinal"] for m in scene.peer.messages] == [None]
        scene.peer.say("")
    assert [m["isFinal"] for m in scene.peer.messages] == [None, True]


async def test_a_flush_of_its_own_speaks_what_waits(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hel")
    scene.peer.say(flush=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.peer.vanish()
    assert scene.peer.chars() == "Hel "


async def test_a_finished_sentence_is_spoken_when_no_more_text_comes(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello. ")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.peer.vanish()
    assert scene.peer.chars() == "Hello. "


async def test_the_schedule_decides_when_speech_starts(stage: Any) -> None:
    text = "Some words that have no end " * 3
    starts = []
    for schedule in ([50], [500]):
        scene = stage()
        scene.peer.say(" ", generation_config={"chunk_length_schedule": schedule})
        scene.peer.say(text)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(scene.run())
            await asyncio.sleep(0.2)
            starts.append(bool(scene.pool.submitted))
            scene.peer.vanish()
            await task
    assert starts == [True, False]


async def test_auto_mode_speaks_each_message_at_once(stage: Any) -> None:
    scene = stage(url="Rachel?auto_mode=true")
    scene.peer.say("Hello")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.peer.vanish()
    assert scene.peer.chars() == "Hello "


async def test_a_long_message_is_spoken_whole_and_in_order(stage: Any) -> None:
    text = " ".join(f"This is sentence number {n}." for n in range(800)) + " "
    scene = stage(engine=FakeVoice(words_per_block=99))
    scene.peer.say(text)
    scene.peer.say("")
    scene.peer.say(" ")
    await scene.run()
    assert scene.peer.chars() == text


async def test_pauses_follow_the_kind_of_cut(stage: Any) -> None:
    scene = stage()
    scene.peer.say("A sentence ends here. But this does not", flush=True)
    scene.peer.say("")
    await scene.run()
    assert [s.request.pause_ms for s in scene.pool.submitted] == [200, 90]


@pytest.mark.parametrize(
    ("settings", "speed", "intonation"),
    [
        (None, 1.0, 1.0),
        ({}, 1.0, 1.0),
        ({"stability": 0.5}, 1.0, 1.0),
        ({"stability": 0}, 1.0, 1.3),
        ({"stability": 1}, 1.0, 0.7),
        ({"speed": 0.7}, 0.7, 1.0),
        ({"speed": 99, "stability": 99}, 2.0, 0.7),
    ],
)
async def test_voice_settings_reach_the_voice(
    stage: Any, settings: object, speed: float, intonation: float
) -> None:
    scene = stage()
    scene.peer.say(" ", voice_settings=settings)
    scene.peer.say("Hello. ")
    scene.peer.say("")
    await scene.run()
    request = scene.pool.submitted[0].request
    assert (request.speed, request.intonation) == pytest.approx((speed, intonation))


async def test_changed_voice_settings_hold_for_what_follows(stage: Any) -> None:
    scene = stage()
    scene.peer.say("One. ", flush=True, voice_settings={"speed": 0.8, "stability": 0.5})
    scene.peer.say("Two. ", flush=True, voice_settings={"speed": 1.2})
    scene.peer.say("Three. ", flush=True)
    scene.peer.say("")
    await scene.run()
    assert [s.request.speed for s in scene.pool.submitted] == [0.8, 1.2, 1.2]
    assert scene.peer.closed == (1000, "")


async def test_each_utterance_has_the_next_seed(stage: Any) -> None:
    scene = stage(url="Rachel?seed=4294967295")
    scene.peer.say("One. Two. Three. ")
    scene.peer.say("")
    await scene.run()
    assert [s.request.seed for s in scene.pool.submitted] == [4_294_967_295, 0, 1]


async def test_the_same_seed_gives_the_same_audio(stage: Any) -> None:
    audio = []
    for url in ("Rachel?seed=7", "Rachel?seed=7", "Rachel?seed=8"):
        scene = stage(url=url)
        scene.peer.say("One. Two. ")
        scene.peer.say("")
        await scene.run()
        audio.append(scene.peer.audio)
    assert audio[0] == audio[1] != audio[2]


async def test_no_more_than_two_utterances_are_under_way(stage: Any) -> None:
    scene = stage(block_delay_s=0.001)
    most = 0
    submit = scene.pool.submit

    def counting(request: SpeechRequest, **options: Any) -> Any:
        nonlocal most
        spoken = submit(request, **options)
        most = max(most, sum(not s.ended for s in scene.pool.submitted))
        return spoken

    scene.pool.submit = counting
    scene.peer.say("One. Two. Three. Four. Five. Six. ")
    scene.peer.say("")
    await scene.run()
    assert len(scene.pool.submitted) == 6
    assert most == 2


async def test_each_utterance_is_due_when_the_ones_before_it_will_have_been_heard(
    stage: Any,
) -> None:
    scene = stage()
    loop = asyncio.get_running_loop()
    before = loop.time()
    scene.peer.say("One two three four five. " * 4)
    scene.peer.say("")
    await scene.run()
    took = loop.time() - before
    due = [s.dry_at - scene.pool.submitted[0].dry_at for s in scene.pool.submitted]
    assert due[0] == 0
    # Guessed from 20 characters a second, then known: 25 characters of 60 ms and a pause each.
    assert due[1] == pytest.approx(25 / 20, abs=took)
    assert due[2] == pytest.approx(25 * 0.06 + 0.2 + 25 / 20, abs=took)
    assert all(a < b for a, b in itertools.pairwise(due))


async def test_a_turn_outlasts_the_gaps_between_sentences_and_ends_with_the_stream(
    stage: Any,
) -> None:
    scene = stage()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(scene.run())
        for sentence in range(1, 4):
            scene.peer.say("Hello. ", flush=True)
            await scene.peer.heard(sentence)
            await asyncio.sleep(0.02)
            assert scene.pool.listeners == 1
        scene.peer.say("")
        await task
    assert scene.pool.listeners == 0


async def test_the_end_of_a_word_is_not_kept_back_when_no_more_text_comes(stage: Any) -> None:
    scene = stage(url="Rachel?output_format=mp3_44100_128")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        scene.peer.say("Hello", flush=True)
        await scene.peer.heard(1)
        scene.peer.vanish()
    with av.open(io.BytesIO(scene.peer.audio)) as container:
        seconds = sum(frame.samples for frame in container.decode(audio=0)) / 44_100
    assert seconds >= len("Hello") * 0.06


async def test_a_turn_ends_when_nothing_is_asked_for_a_while(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivavoce.sessions.delivery._TURN_LINGERS_S", 0.02)
    scene = stage()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        for sentence in (1, 2):
            scene.peer.say("Hello. ", flush=True)
            await scene.peer.heard(sentence)
            await scene.until(lambda: not scene.pool.listeners)
        scene.peer.vanish()
    assert scene.peer.chars() == "Hello. Hello. "


async def test_text_beyond_the_limit_stays_in_the_socket_until_there_is_room(stage: Any) -> None:
    scene = stage(max_pending_characters=20)
    scene.peer.reads.clear()
    for _ in range(20):
        scene.peer.say("This is a whole sentence of some length. ", flush=True)
    scene.peer.say("")
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(scene.run())
        await scene.until(lambda: bool(scene.pool.submitted))
        await asyncio.sleep(0.05)
        unread = scene.peer.unread
        scene.peer.reads.set()
        await task
    assert unread > 0
    assert scene.peer.chars() == "This is a whole sentence of some length. " * 20
    assert scene.peer.closed == (1000, "")
