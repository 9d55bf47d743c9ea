# Three listings of the document "WebSocket 实时语音", for which this server was written, word for word:
# its first client, how to send text to it, and how to close it. Replace wss://api.elevenlabs.io with
# the address that `vivavoce serve` prints. run_forever() returns when the connection has closed, so
# run it in a thread, or call send_text from a callback.
#
# ruff: noqa
# fmt: off
import websocket
import json
import base64
def on_open(ws):
    config = {
        "text": " ",
        "voice_settings": {
            "stability": 0.5,
            "similarity_boost": 0.75
        },
        "xi_api_key": "your_api_key"
    }
    ws.send(json.dumps(config))
def on_message(ws, message):
    audio_data = base64.b64decode(message)
    with open("output.mp3", "ab") as f:
        f.write(audio_data)
def on_error(ws, error):
    print(f"Error: {error}")
def on_close(ws, close_status_code, close_msg):
    print("Connection closed")
ws = websocket.WebSocketApp(
    "wss://api.elevenlabs.io/v1/text-to-speech/eleven_multilingual_v2/stream-input",
    on_open=on_open,
    on_message=on_message,
    on_error=on_error,
    on_close=on_close
)
ws.run_forever()
def send_text(ws, text, flush=True):
    message = json.dumps({
        "text": text,
        "flush": flush
    })
    ws.send(message)
# 发送多个文本片段
send_text(ws, "Hello, ")
send_text(ws, "this is ")
send_text(ws, "a test.")
def close_connection(ws):
    ws.send(json.dumps({"text": ""}))
    ws.close()
