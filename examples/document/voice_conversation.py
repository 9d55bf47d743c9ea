# The conversation of the document "WebSocket 实时语音", for which this server was written, and its usage
# example, word for word. Replace wss://api.elevenlabs.io with the address that `vivavoce serve`
# prints.
#
# ruff: noqa
# fmt: off
import websocket
import json
import base64
import pyaudio
class VoiceConversation:
    def __init__(self, api_key, agent_config):
        self.api_key = api_key
        self.agent_config = agent_config
        self.ws = None
        self.audio = pyaudio.PyAudio()
        self.stream = None
    def on_open(self, ws):
        ws.send(json.dumps(self.agent_config))
        self.start_recording()
    def on_message(self, ws, message):
        event = json.loads(message)
        if event.get("type") == "audio":
            audio_data = base64.b64decode(event["audio"])
            self.play_audio(audio_data)
        elif event.get("type") == "transcript":
            print(f"User: {event['transcript']}")
        elif event.get("type") == "agent_response":
            print(f"Agent: {event['agent_response']}")
    def on_error(self, ws, error):
        print(f"Error: {error}")
    def on_close(self, ws, close_status_code, close_msg):
        self.stop_recording()
    def start_recording(self):
        self.stream = self.audio.open(
            format=pyaudio.paInt16,
            channels=1,
            rate=16000,
            input=True,
            frames_per_buffer=1024,
            stream_callback=self.audio_callback
        )
        self.stream.start_stream()
    def audio_callback(self, in_data, frame_count, time_info, status):
        if self.ws:
            message = json.dumps({
                "type": "audio",
                "audio": base64.b64encode(in_data).decode()
            })
            self.ws.send(message)
        return (in_data, pyaudio.paContinue)
    def play_audio(self, audio_data):
        if not self.stream:
            self.stream = self.audio.open(
                format=pyaudio.paInt16,
                channels=1,
                rate=22050,
                output=True
            )
        self.stream.write(audio_data)
    def stop_recording(self):
        if self.stream:
            self.stream.stop_stream()
            self.stream.close()
    def connect(self):
        self.ws = websocket.WebSocketApp(
            "wss://api.elevenlabs.io/v1/convai/conversation",
            on_open=self.on_open,
            on_message=self.on_message,
            on_error=self.on_error,
            on_close=self.on_close,
            header={"xi-api-key": self.api_key}
        )
        self.ws.run_forever()
# 使用示例
agent_config = {
    "agent": {
        "prompt": {"text": "You are a helpful assistant."},
        "first_message": "Hello!",
        "language": "en"
    }
}
conv = VoiceConversation("your_api_key", agent_config)
conv.connect()
