from __future__ import annotations

import pytest

from tests.clients.raw_servers import server_that_closes_before_it_reads
from vivavoce.clients.json_socket import JsonSocket, SocketDown


async def test_line_that_was_closed_under_a_full_buffer_is_down_for_all_who_use_it() -> None:
    async with server_that_closes_before_it_reads() as url:
        line = await JsonSocket.dial(url, {}, None, within_s=5.0)
        for _ in range(4):
            # Its last bytes go out after the server has closed; then it ends by itself.
            with pytest.raises(SocketDown):
                await send_until_down(line)
        with pytest.raises(SocketDown, match="1008"):
            await line.receive()
        line.drop("late")
        await line.say_goodbye()
        await line.end()


async def send_until_down(line: JsonSocket) -> None:
    for _ in range(1000):
        await line.send(b"x" * (1 << 19))
