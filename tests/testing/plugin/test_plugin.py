from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

from tests.testing.plugin.conftest import RunPytest

RULES = """
    otherwise = "I heard {0}"

    [[rules]]
    when = 'time'
    say = "It is five o'clock."

    [[rules]]
    when = 'story'
    say = "Once upon a time there was a king who had three daughters, and the eldest of them was \
as clever as she was tall, and the second had a garden, and the third one rode out every day."
"""
INI = """
    [pytest]
    vivavoce_rules = rules.toml
"""


def test_pytest_finds_the_plugin_where_vivavoce_is_installed() -> None:
    found = {entry.name: entry.value for entry in entry_points(group="pytest11")}
    assert found["vivavoce"] == "vivavoce.testing.plugin"


def test_a_run_that_uses_none_of_it_loads_nothing_and_starts_nothing(
    run_pytest: RunPytest,
) -> None:
    ended = run_pytest(
        test_it="""
            import sys

            def test_what_is_loaded():
                ours = {name for name in sys.modules if name.startswith("vivavoce")}
                assert ours == {"vivavoce", "vivavoce.testing", "vivavoce.testing.plugin"}
                heavy = {"numpy", "msgspec", "websockets", "asyncio"}
                assert not heavy & set(sys.modules)
        """
    )
    assert ended.status == 0, ended.output


def test_a_caller_asks_hears_interrupts_and_hangs_up_without_any_other_plugin(
    run_pytest: RunPytest,
) -> None:
    ended = run_pytest(
        rules=RULES,
        pytest_ini=INI,
        test_it="""
            import pytest
            from vivavoce.testing import AgentSilent, CallOver

            def test_a_conversation(simulated_caller):
                greeting = simulated_caller.listen()
                assert greeting.text and greeting.latency_s is None
                simulated_caller.say("What time is it?")
                answer = simulated_caller.listen()
                assert answer.text == "It is five o'clock."
                assert 0.5 < answer.duration_s < 5 and answer.sample_rate == 16000
                assert any(answer.pcm)
                simulated_caller.say("Tell me a story.")
                assert simulated_caller.barge_in("Stop, please!", at_s=1.0) < 2.0
                assert simulated_caller.listen().text.startswith("I heard")
                roles = [line.role for line in simulated_caller.transcript]
                assert roles == ["agent", *["user", "agent"] * 3]
                assert "every day" not in simulated_caller.transcript[-3].text
                assert len(simulated_caller.latencies) == 3
                assert simulated_caller.latencies[0] == answer.latency_s > 0
                with pytest.raises(AgentSilent, match="agent: It is five o'clock"):
                    simulated_caller.listen(within_s=0.3)
                simulated_caller.hang_up()
                with pytest.raises(CallOver):
                    simulated_caller.say("Hello?")
        """,
    )
    assert ended.status == 0, ended.output


def test_coroutines_call_too_whoever_runs_them(run_pytest: RunPytest) -> None:
    body = """
                async with async_simulated_caller() as caller:
                    await caller.say("What time is it?")
                    assert (await caller.listen()).text == "It is five o'clock."
    """
    ended = run_pytest(
        "-p",
        "asyncio",
        rules=RULES,
        pytest_ini=INI,
        test_it=f"""
            import asyncio
            import pytest

            @pytest.mark.asyncio
            async def test_with_a_plugin(async_simulated_caller):{body}
            def test_without(async_simulated_caller):
              async def call():{body}
              asyncio.run(call())
        """,
    )
    assert ended.status == 0, ended.output


def test_all_tests_of_a_session_have_one_server_and_nothing_of_it_is_left(
    run_pytest: RunPytest,
) -> None:
    ended = run_pytest(
        "-s",
        test_it="""
            import urllib.request

            def test_one(vivavoce_server):
                with urllib.request.urlopen(vivavoce_server.url + "/healthz") as answer:
                    assert answer.status == 200
                assert vivavoce_server.ws_url == vivavoce_server.url.replace("http", "ws")
                assert vivavoce_server.api_key == "any"
                print("PID", vivavoce_server.pid)

            def test_two(vivavoce_server):
                print("PID", vivavoce_server.pid)
        """,
    )
    assert ended.status == 0, ended.output
    first, second = re.findall(r"PID (\d+)", ended.output)
    assert first == second
    assert not _runs(int(first))


def test_a_failed_test_shows_what_was_said_and_what_the_server_logged(
    run_pytest: RunPytest,
) -> None:
    ended = run_pytest(
        pytest_ini="""
            [pytest]
            vivavoce_settings =
                log_level = debug
                api_keys = secret
        """,
        test_it="""
            def test_before(vivavoce_server):
                assert vivavoce_server.api_key == "secret"

            def test_that_fails(simulated_caller):
                simulated_caller.listen()
                assert simulated_caller.transcript == []

            def test_of_something_else():
                assert False
        """,
    )
    assert ended.status == 1, ended.output
    assert ended.output.count("vivavoce transcript") == 1
    assert "agent: Hello!" in ended.output
    assert ended.output.count("vivavoce server log") == 1
    assert "secret" not in ended.output.partition("vivavoce server log")[2]


def test_the_rules_and_the_settings_can_be_fixtures_of_ones_own(run_pytest: RunPytest) -> None:
    ended = run_pytest(
        conftest="""
            import pytest

            @pytest.fixture(scope="session")
            def vivavoce_rules():
                return {"otherwise": "Whatever you say."}

            @pytest.fixture(scope="session")
            def vivavoce_settings():
                return {"api_keys": "mine"}
        """,
        test_it="""
            def test_it(simulated_caller, vivavoce_server):
                assert vivavoce_server.api_key == "mine"
                simulated_caller.say("What time is it?")
                assert simulated_caller.listen().text == "Whatever you say."
        """,
    )
    assert ended.status == 0, ended.output


def test_a_setting_that_cannot_be_read_says_which(run_pytest: RunPytest) -> None:
    test = "def test_it(vivavoce_server): pass"
    ended = run_pytest(pytest_ini="[pytest]\nvivavoce_settings = workers\n", test_it=test)
    assert "vivavoce_settings: 'workers' is not like name = value" in ended.output
    ended = run_pytest(pytest_ini="[pytest]\nvivavoce_settings = wrkers = 1\n", test_it=test)
    assert "no setting is called VIVAVOCE_WRKERS; did you mean VIVAVOCE_WORKERS?" in ended.output


def test_rules_that_are_not_there_end_in_the_servers_own_words(run_pytest: RunPytest) -> None:
    ended = run_pytest(pytest_ini=INI, test_it="def test_it(vivavoce_server): pass")
    assert ended.status == 1
    assert "rules.toml: cannot be read: No such file or directory" in ended.output


def test_a_server_that_a_test_has_lost_is_named_by_the_next(run_pytest: RunPytest) -> None:
    ended = run_pytest(
        test_it="""
            def test_that_kills(vivavoce_server):
                vivavoce_server.kill()

            def test_that_calls(simulated_caller):
                simulated_caller.listen()
        """
    )
    assert ended.status == 1
    assert "the server has ended, status -9" in ended.output


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
