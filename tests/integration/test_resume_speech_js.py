"""The TypeScript client over a network that cuts; `python -m bench resume-speech-js` has more."""

from __future__ import annotations

from pathlib import Path

from bench.resume_speech import passed as passed_in_python
from bench.resume_speech_js import compared
from bench.resume_utterances import utterances
from tests.clients_js.package import Package
from tests.integration.conftest import RunningServer


async def test_what_arrives_in_node_over_cuts_is_what_arrives_without_any(
    server: RunningServer, tmp_path: Path
) -> None:
    entry = Package(tmp_path).directory / "dist" / "index.js"
    texts = utterances(3)
    whole, cut = await compared(entry, server.port, texts, cuts=15)
    assert cut.cuts >= 10
    assert cut.digests == whole.digests
    assert cut.sessions_lost == 0
    assert whole.digests == (await passed_in_python(server.port, texts)).digests
