"""Who may call, over real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from tests.integration.conftest import RunningServer
from tests.integration.test_keys import StartServer


def first_frame(server: RunningServer, *messages: dict[str, object]) -> dict[str, object]:
    """What the server says to these."""

    async def run() -> dict[str, object]:
        url = server.url("/v1/convai/conversation").replace("http", "ws", 1)
        async with connect(url) as socket:
            for message in messages:
                await socket.send(json.dumps(message))
            async with asyncio.timeout(20):
                frame: dict[str, object] = json.loads(await socket.recv())
                return frame

    return asyncio.run(run())


@pytest.mark.parametrize("is_public", [True, False])
def test_an_agent_that_a_stranger_brings_along_opens_no_door(
    start_server: StartServer, is_public: bool
) -> None:
    server = start_server(api_keys=("secret",))
    agent = {
        "conversation_config": {"agent": {"first_message": "Hi"}},
        "platform_settings": {"auth": {"enable_auth": not is_public}},
    }
    setup = {"type": "enclave_setup_config", "agent_config_dict": agent}
    told = first_frame(server, setup, {"type": "conversation_initiation_client_data"})
    assert told["type"] == "error"
