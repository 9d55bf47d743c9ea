"""A server that keeps what it has spoken, and one that does not."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.end_to_end.conftest import StartServer
from tests.integration.end_to_end.speech_client import Heard, converse, whole

TEXT = "Welcome back. It is good to hear from you."
FORMAT = "mp3_44100_128"
KEEPING = {"VIVAVOCE_SPEECH_CACHE_BYTES": "10000000"}


def kept(home: Path) -> list[Path]:
    return sorted(home.glob(".cache/vivavoce/speech/*"))


async def heard_from(start_server: StartServer, **variables: str) -> tuple[Heard, str]:
    """What a server of its own says, and its log to the end."""
    server = start_server(**variables)
    heard = await converse(server.speech(output_format=FORMAT), whole(TEXT))
    server.stop()
    return heard, server.log


async def test_what_one_server_has_spoken_the_next_one_need_not(
    start_server: StartServer, home: Path
) -> None:
    plain, _ = await heard_from(start_server)
    assert kept(home) == []
    spoken, _ = await heard_from(start_server, **KEEPING)
    files = kept(home)
    found, log = await heard_from(start_server, **KEEPING)
    assert kept(home) == files
    assert found.frames == spoken.frames == plain.frames
    counts = dict(re.findall(r"(found|spoken|kept)=\S*?(\d+)", re.sub(r"\x1b\[\d*m", "", log)))
    assert counts == {"found": str(len(files)), "spoken": "0", "kept": "0"}
