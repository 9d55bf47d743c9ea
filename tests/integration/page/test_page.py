"""The server's own page: it speaks, converses and writes down, also when the network fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.hearing import spoken_words
from tests.integration.page.conftest import AtThePage, Microphone, MustSay, StartServer
from tests.integration.test_keys import make_key

SHORT = "The train to Rome leaves at noon."
LONG = (
    "Once upon a time an old fisherman lived in a small house by the sea. "
    "Every morning he took his boat and went out before the sun was up. "
    "One day he found a bottle with a letter in it. "
    "He opened the letter and began to read."
)
SAID = ("Good morning, everyone. The train leaves in an hour.", "Please take a seat.")

# 150 KB is the promise; this is what there is, with some room.
FIRST_PAINT_BYTES = 60_000


def _must_have_come_back(link: Any) -> None:
    assert (link["state"], link["session"]) == ("open", "resumable")
    [(outcome, told)] = link["outages"]
    assert outcome == "resumed"
    assert re.fullmatch(r"Away [\d.]+ m?s, \d+ (try|tries); resumed, nothing lost", told)


def _must_rise(steps: Any, *names: str) -> None:
    assert tuple(name for name, _ in steps) == names
    assert all(ms >= 0 for _, ms in steps)


def test_little_script_is_loaded_before_the_page_is_there(at_the_page: AtThePage) -> None:
    loaded = at_the_page("paints").told["loaded"]
    assert all(one["name"].startswith(("/assets/", "/v1/")) for one in loaded), loaded
    scripts = [one["bytes"] for one in loaded if one["name"].endswith(".js")]
    assert len(scripts) >= 1
    assert 10_000 < sum(scripts) <= FIRST_PAINT_BYTES, loaded


def test_the_page_fits_a_telephone_the_dark_and_chinese(at_the_page: AtThePage) -> None:
    looks = at_the_page("looks").told
    for look in looks.values():
        assert look["complaints"] == []
        assert look["overflows"] == [False] * 3
    assert looks["narrow"]["language"] == "en"
    assert looks["chinese"]["language"] == "zh-CN"
    assert looks["chinese"]["tabs"] == ["朗读", "对话", "听写"]
    assert looks["dark"]["paper"] != looks["narrow"]["paper"]


def test_all_of_it_can_be_reached_by_keys(at_the_page: AtThePage) -> None:
    told = at_the_page("keys").told
    tabs = ["tab-talk", "tab-transcribe", "tab-speak", "tab-transcribe", "tab-speak"]
    assert told["visited"] == tabs
    names = " | ".join(str(name) for name, _ in told["stops"])
    fields = ("Text to speak", "Speak while I type", "Voice", "Sound format", "Speed", "Stability")
    for control in (*fields, "Speak", "Stop", "Cut the network"):
        assert control in names
    assert all(outline != "none" for _, outline in told["stops"]), told["stops"]
    assert told["kept"] == "Cut the network"


def test_what_is_typed_is_heard_and_each_word_is_lit_as_it_sounds(
    at_the_page: AtThePage, must_say: MustSay
) -> None:
    scene = at_the_page("speaks")
    must_say(SHORT, scene.file("short.webm"), "webm_48000")
    words = re.findall(r"\w+", SHORT)
    lit = scene.told["lit"]
    # A word that is shorter than a frame of a busy machine's screen may be passed over.
    assert lit == [word for word in words if word in lit]
    assert len(lit) >= len(words) - 2
    times = scene.told["times"]
    assert times["turns"] == 1
    assert len(times["percentiles"]) == 2
    _must_rise(times["here"], "connect", "first_chunk", "first_sound", "last_chunk")
    assert scene.told["link"]["outages"] == []


def test_speech_goes_on_when_the_network_is_cut(at_the_page: AtThePage, must_say: MustSay) -> None:
    scene = at_the_page("speaksThroughACut")
    _must_have_come_back(scene.told["link"])
    must_say(LONG, scene.file("long.webm"), "webm_48000")


def test_words_are_spoken_while_the_next_are_typed(
    at_the_page: AtThePage, must_say: MustSay
) -> None:
    scene = at_the_page("speaksWhileTyping")
    assert scene.told["left"] == "train"
    assert scene.told["text"].strip() == SAID[0]
    must_say(SAID[0], scene.file("typed.webm"), "webm_48000")


@pytest.fixture(scope="module")
def talk(at_the_page: AtThePage, microphone: Microphone) -> Any:
    """A call in which the caller talks over a story, and the network is cut in the midst of it."""
    line = ("Tell me a story.", 5.0, "What time is it?", 5.0, "Thank you and goodbye.", 2.0)
    return at_the_page("talks", hearing=microphone(4.0, *line))


def test_a_call_can_be_talked_over_and_shows_what_was_not_heard(
    talk: Any, must_say: MustSay
) -> None:
    lines = talk.told["lines"]
    assert [(role, spoken_words(text)) for role, text, _ in lines if role == "user"] == [
        ("user", "tell me a story"),
        ("user", "what time is it"),
        ("user", "thank you and goodbye"),
    ]
    [(told, unheard)] = [(text, rest) for _, text, rest in lines if rest is not None]
    assert told.startswith("Once upon a time")
    assert unheard.endswith("began to read.")
    answers = [spoken_words(text) for role, text, rest in lines if role == "agent" and not rest]
    assert answers[-2:] == ["it is half past nine", "goodbye"]


def test_a_call_survives_the_cut(talk: Any) -> None:
    _must_have_come_back(talk.told["link"])


def test_each_turn_of_a_call_has_its_times_from_both_sides(talk: Any) -> None:
    times = talk.told["times"]
    assert times["turns"] >= 1
    assert {name for name, _ in times["here"]} >= {"transcript", "answer", "arrives", "heard"}
    assert {name for name, _ in times["server"]} >= {"turn_over", "first_audio"}


def test_the_agent_is_heard(talk: Any, recogniser: Any) -> None:
    from tests.integration.end_to_end.speech_client import for_recogniser

    heard = recogniser.transcribe(for_recogniser(talk.file("talk.webm"), "webm_48000"))
    words = spoken_words(heard)
    assert "once upon a time" in words
    assert "half past nine" in words
    assert "began to read" not in words


def test_turns_can_be_written(at_the_page: AtThePage) -> None:
    told = at_the_page("writesToTheAgent").told
    assert [spoken_words(text) for text in told["words"]][-2:] == [
        "what time is it",
        "it is half past nine",
    ]
    assert {name for name, _ in told["times"]["here"]} == {"answer", "arrives", "heard"}


def test_what_is_said_is_written_down_through_a_cut(
    at_the_page: AtThePage, microphone: Microphone
) -> None:
    told = at_the_page("transcribes", hearing=microphone(1.5, SAID[0], 2.0, SAID[1], 4.0)).told
    assert told["grey"] != told["black"]
    assert spoken_words(" ".join(word for word, _ in told["words"])) == spoken_words(" ".join(SAID))
    starts = [start for _, start in told["words"]]
    assert starts == sorted(starts)
    assert starts[0] > 1.0
    _must_have_come_back(told["link"])
    assert {name for name, _ in told["times"]["here"]} == {"speech", "first_partial", "settled"}


def test_a_server_with_keys_is_asked_for_with_one_that_only_the_tab_keeps(
    at_the_page: AtThePage, start_server: StartServer
) -> None:
    server = start_server(VIVAVOCE_API_KEYS="opensesame")
    refused = "401 (Unauthorized)"
    told = at_the_page("asksForTheKey", server=server, complaints=(refused,) * 4).told
    assert told["kept"] == [["opensesame"], [], ""]


def test_a_key_for_speech_alone_opens_the_page_to_speak(
    at_the_page: AtThePage, start_server: StartServer, tmp_path: Path
) -> None:
    key, _ = make_key(tmp_path, scopes=["text_to_speech"])
    server = start_server(VIVAVOCE_DATA_DIR=str(tmp_path))
    refused = ("401 (Unauthorized)",) * 2 + ("403 (Forbidden)",) * 2
    told = at_the_page("isThereForWhatTheKeyIsFor", server=server, key=key, complaints=refused).told
    assert told["refused"].endswith("is missing the permission speech_to_text.")
