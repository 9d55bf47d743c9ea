"""`vivavoce serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from vivavoce.commands.failures import one_line_failures


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="TCP port; 0 takes any that is free.", show_default="8000")
    ] = None,
    tls: Annotated[
        bool | None,
        typer.Option("--tls/--no-tls", help="Serve wss and https, by a local authority."),
    ] = None,
    api_key: Annotated[
        list[str] | None,
        typer.Option(help="A key that callers may show; can be repeated. None lets everyone in."),
    ] = None,
    allow_remote_without_keys: Annotated[
        bool | None,
        typer.Option(
            "--allow-remote-without-keys", help="Listen beyond this machine although no key is set."
        ),
    ] = None,
    strict_voices: Annotated[
        bool | None,
        typer.Option("--strict-voices", help="Refuse an unknown voice instead of falling back."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that speak, and as many that hear; 0 for one per core.",
            show_default="0",
        ),
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error.", show_default="info")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file of settings; flags and environment go first.")
    ] = None,
) -> None:
    """Speak and listen over WebSockets and REST until Ctrl-C.

    Every setting can also stand in the environment (VIVAVOCE_PORT) or in a TOML file (port).
    """
    from vivavoce.config import check_binding, load_settings
    from vivavoce.store.presence import has_stored_keys

    with one_line_failures():
        settings = load_settings(
            config,
            os.environ,
            {
                "host": host,
                "port": port,
                "tls": tls,
                "api_keys": api_key or None,
                "allow_remote_without_keys": allow_remote_without_keys,
                "strict_voices": strict_voices,
                "workers": workers,
                "log_level": log_level,
            },
        )
        check_binding(settings, has_stored_keys)
        from vivavoce.commands.serving import run_server

        run_server(settings)
