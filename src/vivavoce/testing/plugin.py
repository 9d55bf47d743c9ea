"""pytest fixtures for people who test voice agents; pytest loads them where vivavoce is installed.

def test_the_agent_knows_the_time(simulated_caller):
    simulated_caller.say("What time is it?")
    assert "o'clock" in simulated_caller.listen().text

So nothing but pytest is imported here before a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vivavoce.testing.blocking_caller import BlockingCaller
    from vivavoce.testing.caller_voice import CallerVoice
    from vivavoce.testing.server_process import ServerProcess
    from vivavoce.testing.talker import Talker


class _Watch:
    """The session's server, if it has one, and how much of its log earlier tests have made."""

    def __init__(self) -> None:
        self.server: ServerProcess | None = None
        self.seen = 0

    def news(self) -> str:
        """What it has said since the test began."""
        return "" if self.server is None else self.server.log[self.seen :]


_WATCH = pytest.StashKey[_Watch]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of pytest's own file of settings."""
    parser.addini(
        "vivavoce_rules",
        "file of rules by which vivavoce_server's agents answer: TOML or JSON, relative to rootdir",
    )
    parser.addini(
        "vivavoce_settings",
        "settings of vivavoce_server, one a line: name = value",
        type="linelist",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keeps what the session shares."""
    config.stash[_WATCH] = _Watch()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remembers where the server's log is before the test."""
    watch = item.config.stash[_WATCH]
    if watch.server is not None:
        watch.seen = len(watch.server.log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows of a failed test what was said in its call, and what the server had to say."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        caller = item.funcargs.get("simulated_caller")
        said = getattr(caller, "transcript", ())
        if said:
            lines = "\n".join(f"{line.role}: {line.text}" for line in said)
            report.sections.append(("vivavoce transcript", lines))
        news = item.config.stash[_WATCH].news()
        if news and "vivavoce_server" in item.fixturenames:
            report.sections.append(("vivavoce server log", news))
    return report


@pytest.fixture(scope="session")
def vivavoce_rules(pytestconfig: pytest.Config) -> Mapping[str, object] | Path | None:
    """How agents answer: a table in the shape of `mind_script`, or a file; override it at will."""
    name = str(pytestconfig.getini("vivavoce_rules"))
    return pytestconfig.rootpath / name if name else None


@pytest.fixture(scope="session")
def vivavoce_settings(pytestconfig: pytest.Config) -> Mapping[str, str]:
    """Settings of the server by name; override it at will."""
    settings = {}
    for line in pytestconfig.getini("vivavoce_settings"):
        name, equals, value = line.partition("=")
        if not equals:
            raise pytest.UsageError(f"vivavoce_settings: {line!r} is not like name = value")
        settings[name.strip()] = value.strip()
    return settings


@pytest.fixture(scope="session")
def vivavoce_server(
    request: pytest.FixtureRequest,
    vivavoce_rules: Mapping[str, object] | Path | None,
    vivavoce_settings: Mapping[str, str],
) -> Iterator[ServerProcess]:
    """A server of its own process on a free port, for the whole session.

    See `vivavoce.testing.ServerProcess`: `url`, `ws_url`, `api_key`, `conversation_url()`.
    """
    from vivavoce.testing.server_process import ServerProcess

    with ServerProcess(rules=vivavoce_rules, settings=vivavoce_settings) as server:
        watch = request.config.stash[_WATCH]
        watch.server = server
        try:
            yield server
        finally:
            watch.server = None


@pytest.fixture(scope="session")
def vivavoce_caller_voice(vivavoce_server: ServerProcess) -> CallerVoice:
    """What simulated callers speak with; every line is spoken once in a session."""
    from vivavoce.testing.caller_voice import CallerVoice

    return CallerVoice(vivavoce_server)


@pytest.fixture
def simulated_caller(
    vivavoce_server: ServerProcess, vivavoce_caller_voice: CallerVoice
) -> Iterator[BlockingCaller]:
    """Somebody who calls an agent of the server, says words and hears words, without asyncio.

    See `vivavoce.testing.BlockingCaller`: `say`, `listen`, `barge_in`, `hang_up`, `transcript`,
    `latencies`. The first word calls the server's own agent, `dial` any other.
    """
    from vivavoce.testing.blocking_caller import BlockingCaller

    vivavoce_server.check()
    with BlockingCaller(vivavoce_server, vivavoce_caller_voice) as caller:
        yield caller


@pytest.fixture
def async_simulated_caller(
    vivavoce_server: ServerProcess, vivavoce_caller_voice: CallerVoice
) -> Callable[..., AbstractAsyncContextManager[Talker]]:
    """The same for tests that are coroutines: `async with async_simulated_caller(agent_id) as ...`.

    See `vivavoce.testing.Talker`; any runner of coroutines will do, as long as it is asyncio's.
    """
    from functools import partial

    from vivavoce.testing.talker import talking

    vivavoce_server.check()
    return partial(talking, vivavoce_server, voice=vivavoce_caller_voice)
