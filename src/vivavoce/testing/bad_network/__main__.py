"""`python -m vivavoce.testing.bad_network --to HOST:PORT`: a bad network for any client.

The first line on stdout is `{"listening": "127.0.0.1:PORT"}`. Then every line on stdin is a command
and is answered with one line: `cut`, `stall SECONDS`, `delay SECONDS`, `down SECONDS`,
`half-close`, `truncate`, `connections`. It ends with its stdin.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from vivavoce.errors import VivavoceError
from vivavoce.testing.bad_network.commands import as_line, obey
from vivavoce.testing.bad_network.plan import Kind, Plan, parse_plan, random_plan
from vivavoce.testing.bad_network.proxy import BadNetwork

_DESCRIPTION = (
    "A network on this machine between clients and a server, which fails as told. Commands on "
    "stdin, one a line: cut, stall SECONDS, delay SECONDS, down SECONDS, half-close, truncate, "
    "connections. It ends with its stdin."
)


def main() -> int:
    """Runs it until stdin ends or it is interrupted; the exit status."""
    given = _parser().parse_args()
    host, _, port = str(given.to).rpartition(":")
    try:
        plan = _plan(given)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(
                _run(BadNetwork(host or "127.0.0.1", int(port), listen=given.listen, plan=plan))
            )
    except (VivavoceError, ValueError, OSError) as error:
        print(f"bad_network: {error}", file=sys.stderr)
        return 2
    return 0


async def _run(network: BadNetwork) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.current_task()
    assert running is not None
    loop.add_signal_handler(signal.SIGTERM, running.cancel)
    async with network:
        _say({"listening": network.url(scheme="").removeprefix("://")})
        lines = asyncio.StreamReader()
        reading = asyncio.StreamReaderProtocol(lines)
        transport, _ = await loop.connect_read_pipe(lambda: reading, sys.stdin.buffer)
        try:
            while line := await lines.readline():
                _say(obey(network, line.decode("utf-8", "replace")))
        except asyncio.CancelledError:
            pass  # asked to end
        finally:
            transport.close()


def _say(answer: dict[str, object]) -> None:
    print(as_line(answer), flush=True)


def _plan(given: argparse.Namespace) -> Plan | None:
    if given.plan is not None:
        return parse_plan(given.plan)
    if given.random is None:
        return None
    kinds = [Kind(name) for name in given.random.split(",")]
    return random_plan(
        given.seed, kinds, every_s=_range(given.every), lasting_s=_range(given.lasting)
    )


def _range(text: str) -> tuple[float, float]:
    least, _, most = text.partition(":")
    return float(least), float(most or least)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m vivavoce.testing.bad_network", description=_DESCRIPTION
    )
    parser.add_argument("--to", required=True, metavar="HOST:PORT", help="the server")
    parser.add_argument(
        "--listen", type=int, default=0, metavar="PORT", help="any that is free if not given"
    )
    parser.add_argument(
        "--plan", help="what happens when: 'cut@2s stall@3.5s:1.2 cut@40000b down@10s:3'"
    )
    parser.add_argument("--random", metavar="KINDS", help="drawn at random, endlessly: cut,stall")
    parser.add_argument("--seed", type=int, default=0, help="of --random")
    parser.add_argument(
        "--every", default="0.5:3", metavar="LEAST:MOST", help="seconds between them"
    )
    parser.add_argument("--lasting", default="0.1:1", metavar="LEAST:MOST", help="seconds of each")
    return parser


if __name__ == "__main__":
    sys.exit(main())
