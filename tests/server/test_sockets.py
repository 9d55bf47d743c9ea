"""Which WebSocket lies at which path."""

from __future__ import annotations

import pytest

from vivavoce.server.sockets import find_socket


@pytest.mark.parametrize(
    ("path", "segment", "token_kind"),
    [
        ("/v1/text-to-speech/Rachel/stream-input", "Rachel", "tts_websocket"),
        ("/v1/text-to-speech/Rachel/multi-stream-input/", "Rachel", "tts_websocket"),
        ("/v1/text-to-dialogue/stream-input", None, "tts_websocket"),
        ("/v1/text-to-dialogue/multi-stream-input", None, "tts_websocket"),
        ("/v1/speech-to-text/realtime", None, "realtime_scribe"),
        ("/v1/convai/conversation", None, ""),
        ("/v1/convai/conversation/", None, ""),
    ],
)
def test_each_path_has_its_session_and_its_tokens(
    path: str, segment: str | None, token_kind: str
) -> None:
    found = find_socket(path)
    assert found is not None
    route, there = found
    assert (there, route.token_kind) == (segment, token_kind)


@pytest.mark.parametrize(
    "path", ["/", "/v1/convai", "/v1/convai/conversations", "/v1/text-to-speech/a/b/stream-input"]
)
def test_elsewhere_there_is_none(path: str) -> None:
    assert find_socket(path) is None


def test_only_conversations_have_a_subprotocol() -> None:
    for path, chosen in (
        ("/v1/convai/conversation", "convai"),
        ("/v1/speech-to-text/realtime", None),
    ):
        found = find_socket(path)
        assert found is not None
        assert found[0].choose_subprotocol(["convai", "bearer.x"]) == chosen
