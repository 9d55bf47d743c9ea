"""The line that a command talks over: to a server if one answers, else inside the command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import msgspec
import typer

from vivavoce.commands.address import Address
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import Asked, Line, NobodyAnswers, server_line
from vivavoce.commands.local_engines import prepare_cache
from vivavoce.config import Settings
from vivavoce.logs import configure_logging


class ServerWish(msgspec.Struct, frozen=True):
    """The server that a user named and the key for it; None where nothing was said about it."""

    url: str | None = None
    api_key: str | None = None


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
    url = wish.url or Address.of(settings).http
    key = wish.api_key or next(iter(settings.api_keys), None)
    authority = settings.tls_dir / "ca.pem"
    try:
        return await stack.enter_async_context(
            server_line(url, asked, api_key=key, authority=authority)
        )
    except NobodyAnswers as error:
        if wish.url is not None:
            raise CommandFailed(str(error)) from error
        typer.echo(f"vivavoce: {error}; {alone}, which takes a second to start", err=True)
    prepare_cache(settings)
    configure_logging("warning", settings.log_format)
    return await stack.enter_async_context(private())
