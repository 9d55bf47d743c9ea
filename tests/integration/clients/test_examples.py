"""The programs in `examples`, and what README and docs show: each runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.integration.clients.conftest import PYTHON, ROOT, MustSay, Run
from tests.integration.clients.hearing import Utterance, record
from tests.integration.clients.language_model import LanguageModel
from tests.integration.clients.test_sdk_examples import OF_OUR_OWN
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import seconds_of

PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]

# The others' Python is one program; the SDKs' page is read piece by piece, in a test of its own.
JOINED = [page for page in PAGES if page.name != "sdk.md"]

# Where the pages say that the server is.
SHOWN = re.compile(r"(?:127\.0\.0\.1|localhost):8000")

# What each writes, its format, and the words in it.
SPOKEN = {
    "words": ("words.mp3", "mp3_44100_128", "Every word of this sentence arrives by itself."),
    "contexts": ("answer.mp3", "mp3_44100_128", "Of course. The train leaves in an hour."),
    "dialogue": (
        "dialogue.mp3",
        "mp3_44100_128",
        "Is this the train to the city? It is. We leave in ten minutes. "
        "Then I will take the seat by the window.",
    ),
    "timestamps": (
        "timestamps.mp3",
        "mp3_44100_128",
        "Good morning, everyone. The train leaves in an hour.",
    ),
    "dictionary": (
        "dictionary.mp3",
        "mp3_44100_128",
        "The time of arrival is seven. The ship comes from Weems.",
    ),
    "pipecat_turn": (
        "pipecat.wav",
        "wav_24000",
        "Good morning, everyone. The train leaves in an hour.",
    ),
    "livekit_turn": (
        "livekit.wav",
        "wav_22050",
        "Good morning, everyone. The train leaves in an hour.",
    ),
}

# What writes down a sound that it is given.
LISTENING = {"transcribe_live", "transcribe_file"}

# What talks with an agent.
TALKING = {"talk_to_agent", "agent_with_tool", "pipecat_agent"}

OVER_SOCKETS = {"words", "contexts", "dialogue", "pipecat_turn", "transcribe_live"}


def run_example(run: Run, server: ServerProcess, name: str, *words: str | Path) -> str:
    address = server.websocket if name in OVER_SOCKETS else server.http
    return run(PYTHON, ROOT / "examples" / f"{name}.py", *words, address)


def blocks(page: Path, language: str) -> list[str]:
    """The code in a page, block by block."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fence.findall(page.read_text("utf-8"))


def at(server: ServerProcess, code: str) -> str:
    """The code with the address of a server that runs."""
    return SHOWN.sub(server.http.removeprefix("http://"), code)


def test_every_example_is_among_those_that_are_run_here() -> None:
    assert {path.stem for path in (ROOT / "examples").glob("*.py")} == {
        *SPOKEN,
        *LISTENING,
        *TALKING,
        *OF_OUR_OWN,
    }


@pytest.mark.parametrize("name", SPOKEN)
def test_an_example_says_its_words_and_leaves_nothing_open(
    server: ServerProcess, run: Run, must_say: MustSay, tmp_path: Path, name: str
) -> None:
    run_example(run, server, name)
    file, audio_format, words = SPOKEN[name]
    must_say(words, (tmp_path / file).read_bytes(), audio_format)
    until(lambda: server.connections() == 0)


def test_the_interrupted_story_ends_long_before_its_last_chapter(
    server: ServerProcess, run: Run, tmp_path: Path
) -> None:
    assert run_example(run, server, "contexts") == "story has ended\nanswer has ended\n"
    # All hundred chapters take more than three minutes.
    assert seconds_of((tmp_path / "story.mp3").read_bytes(), "mp3_44100_128") < 100


def test_the_times_of_the_words_are_printed_one_a_line(server: ServerProcess, run: Run) -> None:
    lines = [line.split() for line in run_example(run, server, "timestamps").splitlines()]
    words = "Good morning, everyone. The train leaves in an hour."
    assert [word for _, word in lines] == words.split()
    starts = [float(start) for start, _ in lines]
    assert starts == sorted(set(starts))


def test_a_line_is_printed_as_it_grows_and_when_it_is_settled(
    server: ServerProcess, run: Run, utterances: tuple[Utterance, ...]
) -> None:
    said = utterances[0]
    *growing, settled = run_example(run, server, "transcribe_live", said.path).splitlines()
    assert settled.startswith("> ")
    said.must_be(settled.removeprefix("> "))
    assert len(growing) >= 2
    assert all(line.startswith("  ") for line in growing)
    until(lambda: server.connections() == 0)


def test_a_file_is_printed_word_by_word_and_as_a_whole_and_subtitled(
    server: ServerProcess, run: Run, utterances: tuple[Utterance, ...], tmp_path: Path
) -> None:
    said = utterances[0]
    *words, whole = run_example(run, server, "transcribe_file", said.path).splitlines()
    said.must_be(whole)
    assert [line.split()[1] for line in words] == whole.split()
    assert (tmp_path / "transcript.srt").read_text("utf-8").startswith("1\n00:00:00,")


def test_an_agent_answers_what_is_written_and_what_is_said(
    server: ServerProcess, run: Run, must_say: MustSay, tmp_path: Path
) -> None:
    question = tmp_path / "question.wav"
    record(server, "What is the capital of France?", question)
    assert run_example(run, server, "talk_to_agent", question).splitlines() == [
        "agent: Hello! How can I help you?",
        "you: What is the capital of Italy?",
        "agent: The capital of Italy is Rome.",
        "you: What is the capital of France?",
        "agent: The capital of France is Paris.",
    ]
    answer = (tmp_path / "answer.wav").read_bytes()
    must_say("The capital of France is Paris.", answer, "wav_16000")
    until(lambda: server.connections() == 0)


def test_an_agent_calls_a_function_of_the_program_and_is_gone_with_it(
    server: ServerProcess, run: Run
) -> None:
    assert run_example(run, server, "agent_with_tool").splitlines() == [
        "agent: Where do you want to go?",
        "you: When is the next train to Rome?",
        "tool: Rome",
        "agent: The train to Rome leaves at noon.",
    ]
    agents = httpx.get(
        f"{server.http}/v1/convai/agents", params={"search": "Trains"}, trust_env=False
    )
    assert agents.json()["agents"] == []
    until(lambda: server.connections() == 0)


def test_a_pipeline_hears_a_question_and_speaks_what_its_mind_answers(
    server: ServerProcess, run: Run, must_say: MustSay, tmp_path: Path
) -> None:
    question = tmp_path / "question.wav"
    record(server, "When does the train to Rome leave?", question)
    model = LanguageModel("It leaves at noon.", "Take a seat by the window.", lambda: True)
    with model.writing() as environment:
        program = ROOT / "examples" / "pipecat_agent.py"
        printed = run(PYTHON, program, question, server.http, **environment)
    assert printed.splitlines() == [
        "user: When does the train to Rome leave?",
        "assistant: It leaves at noon. Take a seat by the window.",
    ]
    answer = (tmp_path / "pipecat_agent.wav").read_bytes()
    must_say("It leaves at noon. Take a seat by the window.", answer, "wav_16000")
    until(lambda: server.connections() == 0)


@pytest.mark.parametrize("page", JOINED, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_its_top_to_its_end(
    server: ServerProcess, run: Run, tmp_path: Path, page: Path
) -> None:
    program = tmp_path / "shown.py"
    program.write_text(at(server, "\n".join(blocks(page, "python"))), "utf-8")
    run(PYTHON, program, VIVAVOCE_URL=server.http)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_asks_curl_for_is_answered(server: ServerProcess, run: Run, page: Path) -> None:
    shown = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    commands = [line for line in shown.splitlines() if line.startswith("curl ")]
    for command in commands:
        run("sh", "-c", at(server, command).replace("curl", "curl -fsS", 1))


def test_the_chinese_page_shows_the_same_code() -> None:
    ours, theirs = (
        [
            re.sub(r" *#.*", "", block)
            for language in ("sh", "python")
            for block in blocks(page, language)
        ]
        for page in PAGES[:2]
    )
    assert ours == theirs
