"""A language model as OpenAI's chat completions stream one: it writes word by word."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.integration.end_to_end.server_process import until


class LanguageModel:
    """Writes `before`; then, once it may go on, `after`."""

    def __init__(self, before: str, after: str, may_go_on: Callable[[], bool]) -> None:
        self.asked: list[Any] = []
        model = self

        class Completions(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                model.asked.append((self.path, json.loads(self.rfile.read(length))))
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                self.write(before)
                until(may_go_on)
                self.write(after)
                self.wfile.write(b"data: [DONE]\n\n")

            def write(self, text: str) -> None:
                for word in text.split():
                    self.wfile.write(_part(word + " "))
                    self.wfile.flush()

            def log_message(self, *_: object) -> None:
                """What is not an error is nobody's business."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Completions)
        self.environment = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self._server.server_port}/v1",
            "OPENAI_API_KEY": "any",
            "OPENAI_MODEL": "a-model",
        }

    @contextlib.contextmanager
    def writing(self) -> Iterator[dict[str, str]]:
        """Answers meanwhile; gives the environment of a program that is to ask it."""
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self.environment
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def _part(text: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    part = {
        "id": "completion",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "a-model",
        "choices": [choice],
    }
    return f"data: {json.dumps(part)}\n\n".encode()
