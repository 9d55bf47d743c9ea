"""What to try once the server speaks, listens and converses."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from vivavoce.commands.address import Address

_DEFAULT = Address("127.0.0.1", 8000)
_TRY = "Hello, this is a real-time test."
_SPOKEN = "hello.mp3"


class Step(msgspec.Struct, frozen=True):
    """A heading, and lines that can be copied as they are."""

    heading: str
    lines: tuple[str, ...]


def next_steps(
    address: Address,
    *,
    asks_for_key: bool,
    trust_line: str | None,
    authority: Path | None,
    program: str = "vivavoce",
) -> tuple[Step, ...]:
    """For a server at `address`; `trust_line` and `authority` only where it serves TLS."""
    steps = (
        Step("Hear it, in a second terminal", (_say(program, address, asks_for_key),)),
        Step("Have it written down again", (_transcribe(address, asks_for_key, authority),)),
        Step("Talk with it", (_talk(program, address, asks_for_key),)),
        Step("Or do all three in a browser", (address.http,)),
        Step("Ask whether it is well", (f"{_curl(authority)} {address.http}/healthz",)),
        Step("Python, ElevenLabs SDK", _python(address, asks_for_key)),
        Step("JavaScript, package ws", (_javascript(address),)),
        Step(
            "A script with the address in it",
            (f"replace wss://api.elevenlabs.io with {address.websocket}",),
        ),
    )
    if trust_line is None:
        return steps
    return (Step("So that Python and Node trust the certificate", (trust_line,)), *steps)


def own_name() -> str:
    """How to call this program again: by its name if that finds it, else by its path."""
    called = Path(sys.argv[0])
    if called.name == "-c":  # a program without a path, such as a test's
        return "vivavoce"
    found = shutil.which(called.name)
    if found is None or not called.exists() or not called.samefile(found):
        return shlex.quote(sys.argv[0])
    return called.name


def print_next_steps(console: Console, greeting: str, steps: tuple[Step, ...]) -> None:
    """On `console`, no line broken, so that each can be copied."""
    console.print(Text(greeting, style="bold green"), soft_wrap=True)
    for step in steps:
        console.print()
        console.print(Text(step.heading, style="bold"), soft_wrap=True)
        for line in step.lines:
            console.print(Text(f"  {line}", style="cyan"), soft_wrap=True)
    console.print()


def _say(program: str, address: Address, asks_for_key: bool) -> str:
    return f'{program} say "{_TRY}" -o {_SPOKEN}{_whereabouts(address, asks_for_key)}'


def _talk(program: str, address: Address, asks_for_key: bool) -> str:
    return f"{program} talk{_whereabouts(address, asks_for_key)}"


def _whereabouts(address: Address, asks_for_key: bool) -> str:
    url = "" if address == _DEFAULT else f" --url {address.http}"
    return f"{url}{' --api-key YOUR_KEY' if asks_for_key else ''}"


def _transcribe(address: Address, asks_for_key: bool, authority: Path | None) -> str:
    key = ' -H "xi-api-key: YOUR_KEY"' if asks_for_key else ""
    return f"{_curl(authority)}{key} -F file=@{_SPOKEN} {address.http}/v1/speech-to-text"


def _curl(authority: Path | None) -> str:
    return "curl" if authority is None else f"curl --cacert {shlex.quote(str(authority))}"


def _python(address: Address, asks_for_key: bool) -> tuple[str, ...]:
    key = "YOUR_KEY" if asks_for_key else "any"
    client = f'client = ElevenLabs(base_url="{address.http}", api_key="{key}")'
    agent = 'Conversation(client, "default", requires_auth=False).start_session()  # in writing'
    if address.tls:
        return (client, agent)
    # The SDK makes wss of every address for this one call.
    realtime = f'client.text_to_speech._ws_base_url = "{address.websocket}"  # convert_realtime'
    return (client, realtime, agent)


def _javascript(address: Address) -> str:
    path = "/v1/text-to-speech/Allegra/stream-input"
    return f'const socket = new WebSocket("{address.websocket}{path}")'
