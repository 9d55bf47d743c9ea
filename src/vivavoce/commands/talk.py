"""`vivavoce talk`."""

from __future__ import annotations

from typing import Annotated

import typer

from vivavoce.commands.failures import one_line_failures


def talk(
    text: Annotated[
        bool, typer.Option("--text", help="In writing: a line is a message, and so is an answer.")
    ] = False,
    file: Annotated[
        str | None,
        typer.Option(
            help="What to say, as if it were being spoken; the call ends with its answer.",
            show_default="the microphone",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File for the agent's sound, such as answer.wav.",
            show_default="the loudspeaker",
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="A microphone, as `vivavoce listen --list-devices` names it.",
            show_default="the system's choice",
        ),
    ] = None,
    half_duplex: Annotated[
        bool,
        typer.Option("--half-duplex", help="Do not listen while the agent speaks: no headphones."),
    ] = False,
    agent: Annotated[str, typer.Option(help="The agent's id.")] = "default",
    voice: Annotated[
        str | None, typer.Option(help="Another voice: name or id, as `vivavoce voices` lists them.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Another language, such as de.", show_default="the agent's")
    ] = None,
    first_message: Annotated[
        str | None, typer.Option(help='How the agent greets; "" has it wait for you.')
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="Who the agent is to be.")] = None,
    var: Annotated[
        list[str] | None,
        typer.Option(help="name=value for a {{name}} of the agent; can be repeated."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="The agent's server.", show_default="http://127.0.0.1:8000", envvar="VIVAVOCE_URL"
        ),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="The server's key.", show_default="VIVAVOCE_API_KEYS")
    ] = None,
) -> None:
    """Talk with an agent, who may be interrupted. Ctrl-C hangs up."""
    with one_line_failures():
        from vivavoce.commands.call_asked import CallWishes
        from vivavoce.commands.server_place import ServerWish
        from vivavoce.commands.talking import Talking, given_variables, talk_live

        talk_live(
            Talking(
                agent_id=agent,
                wishes=CallWishes(
                    voice=voice,
                    language=language,
                    first_message=first_message,
                    prompt=prompt,
                    variables=given_variables(var or []),
                ),
                in_writing=text,
                file=file,
                output=output,
                device=device,
                half_duplex=half_duplex,
                server=ServerWish(url, api_key),
            )
        )
