"""`python websocket_app.py [ADDRESS]`: a bare socket with callbacks, into websocket_app.mp3.

It is the first program of the founding document, tidied: text is sent in pieces, each audio message
is base64 inside JSON, and the server closes the socket once all has been spoken. It knows nothing
of vivavoce; the one package it needs is `websocket-client`.
"""

import base64
import json
import sys

import websocket

[address] = sys.argv[1:] or ["ws://127.0.0.1:8000"]


def send_text(ws: websocket.WebSocketApp, text: str, *, flush: bool = False) -> None:
    ws.send(json.dumps({"text": text, "flush": flush}))


def close_connection(ws: websocket.WebSocketApp) -> None:
    """No more text. What was sent is still spoken; whoever closes the socket cuts it off."""
    ws.send(json.dumps({"text": ""}))


def on_open(ws: websocket.WebSocketApp) -> None:
    settings = {"stability": 0.5, "similarity_boost": 0.75}
    ws.send(json.dumps({"text": " ", "voice_settings": settings, "xi_api_key": "any"}))
    send_text(ws, "Hello, ")
    send_text(ws, "this is ")
    send_text(ws, "a real-time test.", flush=True)
    close_connection(ws)


def on_message(ws: websocket.WebSocketApp, message: str) -> None:
    frame = json.loads(message)
    if frame.get("audio"):
        file.write(base64.b64decode(frame["audio"]))
    elif "error" in frame:
        print(frame["message"], file=sys.stderr)


def on_close(ws: websocket.WebSocketApp, code: int | None, reason: str | None) -> None:
    print("closed with", code)


with open("websocket_app.mp3", "wb") as file:
    websocket.WebSocketApp(
        f"{address}/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream-input",
        on_open=on_open,
        on_message=on_message,
        on_close=on_close,
    ).run_forever()
