"""An MCP server of the official SDK on a free port, which it prints; ends with its input."""

import os
import socket
import sys
import threading

import uvicorn
from mcp.server.mcpserver import Context, MCPServer

shop = MCPServer("shop", log_level="ERROR")


@shop.tool()
def stock(item: str, at_least: int = 1) -> str:
    """How many of an item there are."""
    return f"{at_least + 4} of {item}"


@shop.tool()
def measures(item: str) -> dict[str, int]:
    """How large an item is."""
    return {"length": len(item)}


@shop.tool()
def broken() -> str:
    """Never works."""
    raise ValueError("the shelf is empty")


@shop.tool()
async def slow_count(context: Context) -> str:
    """Tells how far it is."""
    await context.report_progress(1, 2)
    return "counted"


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
is_json, is_stateless = (word in sys.argv for word in ("json", "stateless"))
app = shop.streamable_http_app(json_response=is_json, stateless_http=is_stateless)
server = uvicorn.Server(uvicorn.Config(app, log_level="error"))


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
print(listener.getsockname()[1], flush=True)
server.run(sockets=[listener])
