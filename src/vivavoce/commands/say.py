"""`vivavoce say`."""

from __future__ import annotations

from typing import Annotated

import typer

from vivavoce.commands.failures import one_line_failures


def say(
    text: Annotated[
        str | None, typer.Argument(help="What to say; without it, what comes from stdin.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File for the sound: .mp3, .wav, .opus, .ogg, .pcm, .ulaw or .alaw; - is stdout.",
            show_default="the loudspeaker",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(help="Format of the sound, such as mp3_44100_64.", show_default="by suffix"),
    ] = None,
    voice: Annotated[
        str | None, typer.Option(help="Name or id, as `vivavoce voices` lists them.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.5, max=2.0, help="Pace, as a multiple of the voice's own.")
    ] = None,
    stability: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="0 for a lively voice, 1 for an even one."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="The server that speaks.",
            show_default="http://127.0.0.1:8000",
            envvar="VIVAVOCE_URL",
        ),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="The server's key.", show_default="VIVAVOCE_API_KEYS")
    ] = None,
) -> None:
    """Speak a text: into a file, to stdout or on the loudspeaker.

    Without a text, stdin is spoken as it arrives: some-llm | vivavoce say
    """
    with one_line_failures():
        from vivavoce.commands.saying import Sayable, say_it
        from vivavoce.commands.server_place import ServerWish
        from vivavoce.commands.speaking import VoiceWishes

        say_it(
            Sayable(
                text=text,
                output=output,
                output_format=format,
                voice=voice,
                wishes=VoiceWishes(speed=speed, stability=stability),
                server=ServerWish(url, api_key),
            )
        )
