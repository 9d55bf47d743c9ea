# The Python class of the document "WebSocket 实时语音", for which this server was written, and its usage
# example, word for word. Replace wss://api.elevenlabs.io with the address that `vivavoce serve`
# prints.
#
# ruff: noqa
# fmt: off
import websocket
import json
import base64
import threading
import queue
class RealtimeTTS:
    def __init__(self, api_key, voice_id, model_id="eleven_multilingual_v2"):
        self.api_key = api_key
        self.voice_id = voice_id
        self.model_id = model_id
        self.audio_queue = queue.Queue()
        self.ws = None
        self.connected = False
    def on_open(self, ws):
        config = {
            "text": " ",
            "voice_settings": {
                "stability": 0.5,
                "similarity_boost": 0.75
            },
            "xi_api_key": self.api_key
        }
        ws.send(json.dumps(config))
        self.connected = True
    def on_message(self, ws, message):
        if message:
            audio_data = base64.b64decode(message)
            self.audio_queue.put(audio_data)
    def on_error(self, ws, error):
        print(f"Error: {error}")
        self.connected = False
    def on_close(self, ws, close_status_code, close_msg):
        self.connected = False
    def connect(self):
        url = f"wss://api.elevenlabs.io/v1/text-to-speech/{self.model_id}/stream-input"
        self.ws = websocket.WebSocketApp(
            url,
            on_open=self.on_open,
            on_message=self.on_message,
            on_error=self.on_error,
            on_close=self.on_close
        )
        thread = threading.Thread(target=self.ws.run_forever)
        thread.daemon = True
        thread.start()
        while not self.connected:
            pass
    def send_text(self, text, flush=True):
        if self.connected and self.ws:
            message = json.dumps({
                "text": text,
                "flush": flush
            })
            self.ws.send(message)
    def get_audio(self):
        return self.audio_queue.get()
    def close(self):
        if self.ws:
            self.ws.close()
# 使用示例
tts = RealtimeTTS("your_api_key", "JBFqnCBsd6RMkjVDRZzb")
tts.connect()
tts.send_text("Hello, this is a real-time test.")
while True:
    audio = tts.get_audio()
    # 处理音频数据
    pass
