"""Our post-call webhooks, received as users of the official SDK do."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.integration.clients.conftest import RunProgram
from tests.scripted_http import Answer, Asked, scripted_http
from vivavoce.engines.guarded_http import is_any
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.wire.initiation import Webhook

SECRET = "wsec_0123456789abcdef"
CONVERSATION = '{"conversation_id":"conv_1","transcript":[{"role":"user","message":"Grüße"}]}'


async def posted() -> list[Asked]:
    """The transcript of a call, and its sound."""
    async with scripted_http(lambda _: Answer(200)) as server:
        webhook = Webhook(server.url, SECRET)
        post_call = PostCall()
        assert await post_call.send_transcript(webhook, CONVERSATION.encode(), is_any)
        assert await post_call.send_audio(webhook, "agent_1", "conv_1", bytes(100_000), is_any)
    return server.asked


def test_the_official_sdk_verifies_what_is_posted(
    python_client: RunProgram, tmp_path: Path
) -> None:
    names = [str(tmp_path / kind) for kind in ("transcript", "audio")]
    for name, asked in zip(names, asyncio.run(posted()), strict=True):
        Path(f"{name}.body").write_bytes(asked.body)
        Path(f"{name}.signature").write_text(asked.headers["elevenlabs-signature"])

    checked = python_client("elevenlabs_webhooks", SECRET, *names)

    assert checked.answer(names[0]) == {
        "type": "post_call_transcription",
        "data": {
            "conversation_id": "conv_1",
            "transcript": [{"role": "user", "message": "Grüße"}],
        },
        "bytes": 0,
    }
    assert checked.answer(names[1]) == {
        "type": "post_call_audio",
        "data": {"agent_id": "agent_1", "conversation_id": "conv_1"},
        "bytes": 100_000,
    }
    wrong = python_client("elevenlabs_webhooks", "another", names[0])
    assert "Signature hash does not match" in wrong.told[names[0]]["failure"]
