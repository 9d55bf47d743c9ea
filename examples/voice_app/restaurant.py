"""A restaurant that takes bookings by telephone: an agent, and the web hook that it calls.

`python restaurant.py [ADDRESS]` makes the agent on a vivavoce server and takes bookings until
Ctrl-C. The server must be allowed to call this machine: VIVAVOCE_ALLOW_PRIVATE_URLS=true.
"""

from __future__ import annotations

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEATS = 8
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}

# These answer before any language model is asked, and so fast that nobody notices.
RULES = [
    {
        "when": r"\btable for (\w+)",
        "tool": "book_table",
        "parameters": {"people": "{1}"},
        "then": "{result}",
    },
    {
        "when": r"\bmenu\b",
        "say": "Tonight there is soup of pumpkin and sage, then ravioli with ricotta, lemon and "
        "spinach, or grilled trout from the lake with potatoes, and afterwards pears in red wine.",
    },
    {"when": r"\b(hours|open)\b", "say": "We are open from six to midnight."},
]


class Restaurant:
    """Its book of tables, behind `url`."""

    def __init__(self) -> None:
        self.bookings: list[int] = []
        restaurant = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = json.dumps(restaurant.book(asked["people"])).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Who books is nobody's business."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/bookings"

    def book(self, people: str) -> str:
        """What the caller is told. The ears write numbers as they please."""
        count = NUMBERS.get(people.lower()) or (int(people) if people.isdigit() else 0)
        if not count:
            return "For how many, please?"
        if sum(self.bookings) + count > SEATS:
            return "I am sorry, we have no table left."
        self.bookings.append(count)
        return f"A table for {people} is yours."

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def make_agent(server_url: str, api_key: str, hook_url: str) -> str:
    """The id of a new agent that answers the restaurant's telephone."""
    book_table = {
        "type": "webhook",
        "name": "book_table",
        "description": "Books a table.",
        "api_schema": {
            "url": hook_url,
            "method": "POST",
            "request_body_schema": {
                "type": "object",
                "properties": {"people": {"type": "string", "description": "How many come."}},
                "required": ["people"],
            },
        },
    }
    agent = {
        "name": "Restaurant",
        "conversation_config": {
            "agent": {
                "first_message": "The Blue Door, good evening.",
                "prompt": {
                    "prompt": "You take bookings for a restaurant.",
                    "rules": RULES,
                    "tools": [book_table],
                },
            }
        },
    }
    request = urllib.request.Request(
        f"{server_url}/v1/convai/agents/create",
        data=json.dumps(agent).encode(),
        headers={"xi-api-key": api_key, "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        agent_id: str = json.load(answer)["agent_id"]
    return agent_id


if __name__ == "__main__":
    [address] = sys.argv[1:] or ["http://127.0.0.1:8000"]
    restaurant = Restaurant()
    print("agent:", make_agent(address, "any", restaurant.url), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        restaurant.close()
