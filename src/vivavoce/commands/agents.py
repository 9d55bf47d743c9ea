"""`vivavoce agents`: who answers calls to a server, made and changed while it runs."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from vivavoce.commands.failures import MISUSED, CommandFailed, one_line_failures

agents = typer.Typer(help="The agents of a server: who answers its calls.", no_args_is_help=True)

_Id = Annotated[str, typer.Argument(metavar="ID", help="The agent's id, such as default.")]
_File = Annotated[
    Path | None, typer.Option(help="JSON or TOML, as REST has it: conversation_config and more.")
]
_Name = Annotated[str | None, typer.Option(help="What to call it.")]
_Prompt = Annotated[str | None, typer.Option(help="Who it is to be.")]
_FirstMessage = Annotated[
    str | None, typer.Option(help='How it greets; "" has it wait for the caller.')
]
_Voice = Annotated[str | None, typer.Option(help="Name or id, as `vivavoce voices` lists them.")]
_Language = Annotated[str | None, typer.Option(help="What it speaks, such as de.")]
_Url = Annotated[
    str | None,
    typer.Option(help="The server.", show_default="http://127.0.0.1:8000", envvar="VIVAVOCE_URL"),
]
_ApiKey = Annotated[
    str | None, typer.Option(help="The server's key.", show_default="VIVAVOCE_API_KEYS")
]

_ALL = "/v1/convai/agents"


@agents.command("list")
def list_(url: _Url = None, api_key: _ApiKey = None) -> None:
    """List the agents, the newest first: id and name."""
    cursor = ""
    while True:
        answer = _ask("GET", f"{_ALL}?page_size=100{cursor}", None, url, api_key)
        page = json.loads(answer)
        for agent in page["agents"]:
            typer.echo(f"{agent['agent_id']}  {agent['name']}")
        if not page["has_more"]:
            return
        cursor = f"&cursor={page['next_cursor']}"


@agents.command()
def show(agent_id: _Id, url: _Url = None, api_key: _ApiKey = None) -> None:
    """Print an agent with its whole configuration, as JSON."""
    typer.echo(json.dumps(json.loads(_ask("GET", _one(agent_id), None, url, api_key)), indent=2))


@agents.command()
def create(
    file: _File = None,
    name: _Name = None,
    prompt: _Prompt = None,
    first_message: _FirstMessage = None,
    voice: _Voice = None,
    language: _Language = None,
    url: _Url = None,
    api_key: _ApiKey = None,
) -> None:
    """Make an agent and print its id."""
    with one_line_failures():
        body = _body(file, name, prompt, first_message, voice, language)
        body.setdefault("conversation_config", {})
    answer = _ask("POST", f"{_ALL}/create", body, url, api_key)
    typer.echo(json.loads(answer)["agent_id"])


@agents.command("set")
def set_(
    agent_id: _Id,
    file: _File = None,
    name: _Name = None,
    prompt: _Prompt = None,
    first_message: _FirstMessage = None,
    voice: _Voice = None,
    language: _Language = None,
    url: _Url = None,
    api_key: _ApiKey = None,
) -> None:
    """Change an agent; what is left out stays."""
    with one_line_failures():
        body = _body(file, name, prompt, first_message, voice, language)
        if not body:
            raise CommandFailed("there is nothing to change: --prompt, say", exit_code=MISUSED)
    _ask("PATCH", _one(agent_id), body, url, api_key)


@agents.command()
def delete(agent_id: _Id, url: _Url = None, api_key: _ApiKey = None) -> None:
    """Forget an agent; its conversations stay. The default one is as it was at first."""
    _ask("DELETE", _one(agent_id), None, url, api_key)


def _one(agent_id: str) -> str:
    from urllib.parse import quote

    return f"{_ALL}/{quote(agent_id, safe='')}"


def _body(
    file: Path | None,
    name: str | None,
    prompt: str | None,
    first_message: str | None,
    voice: str | None,
    language: str | None,
) -> dict[str, object]:
    from vivavoce.commands.agent_body import agent_body

    return agent_body(
        file,
        name=name,
        prompt=prompt,
        first_message=first_message,
        voice=voice,
        language=language,
    )


def _ask(method: str, path: str, body: object, url: str | None, api_key: str | None) -> bytes:
    with one_line_failures():
        from vivavoce.commands.rest_server import rest_server
        from vivavoce.commands.server_place import ServerWish, server_place
        from vivavoce.config import load_settings

        place = server_place(ServerWish(url, api_key), load_settings(None, os.environ, {}))

        async def ask() -> bytes:
            async with rest_server(place) as server:
                return await server.ask(method, path, body)

        return asyncio.run(ask())
