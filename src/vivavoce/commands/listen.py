"""`vivavoce listen`."""

from __future__ import annotations

from typing import Annotated

import typer

from vivavoce.commands.failures import one_line_failures


def listen(
    file: Annotated[
        str | None,
        typer.Option(
            help="Listen to a file as if it were being spoken.", show_default="the microphone"
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="Name or number of a microphone.", show_default="the system's choice"),
    ] = None,
    list_devices: Annotated[
        bool, typer.Option("--list-devices", help="Name the microphones there are, and exit.")
    ] = False,
    language: Annotated[
        str | None, typer.Option(help="What is spoken, such as en.", show_default="English")
    ] = None,
    silence: Annotated[
        float, typer.Option(min=0.3, max=3.0, help="Seconds of silence that end a line.")
    ] = 0.6,
    url: Annotated[
        str | None,
        typer.Option(
            help="The server that listens.",
            show_default="http://127.0.0.1:8000",
            envvar="VIVAVOCE_URL",
        ),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="The server's key.", show_default="VIVAVOCE_API_KEYS")
    ] = None,
) -> None:
    """Write down what is said into the microphone, while it is said. Ctrl-C ends it."""
    with one_line_failures():
        if list_devices:
            from vivavoce.commands.microphone import list_microphones

            typer.echo("\n".join(list_microphones()))
            return
        from vivavoce.commands.listening import Listening, listen_live
        from vivavoce.commands.server_place import ServerWish

        listen_live(
            Listening(
                file=file,
                device=device,
                language=language,
                silence_s=silence,
                server=ServerWish(url, api_key),
            )
        )
