"""The line that a command talks over: to a server if one answers, else inside the command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import typer

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import Asked, Line, NobodyAnswers, server_line
from vivavoce.commands.local_engines import prepare_cache
from vivavoce.commands.server_place import ServerWish, server_place
from vivavoce.config import Settings
from vivavoce.logs import configure_logging


async def nearest_line(
    stack: AsyncExitStack,
    asked: Asked,
    wish: ServerWish,
    settings: Settings,
    *,
    private: Callable[[], AbstractAsyncContextManager[Line]],
    alone: str,
) -> Line:
    """A line to the server wished for, or to the one of `settings` if it runs, or `private()`.

    `alone` is what the command does without a server, as in "speaking without one". Raises
    CommandFailed when the server that was named does not answer, or what `private` raises.
    """
    place = server_place(wish, settings)
    try:
        return await stack.enter_async_context(
            server_line(place.url, asked, api_key=place.api_key, authority=place.authority)
        )
    except NobodyAnswers as error:
        if wish.url is not None:
            raise CommandFailed(str(error)) from error
        typer.echo(f"vivavoce: {error}; {alone}, which takes a second to start", err=True)
    prepare_cache(settings)
    configure_logging("warning", settings.log_format)
    return await stack.enter_async_context(private())
