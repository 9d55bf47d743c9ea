"""Checks posts that are in files here, as users of the official SDK check them.

Arguments are the secret and names of files: `<name>.body` and `<name>.signature`.
"""

import base64
import sys
from pathlib import Path

from elevenlabs import ElevenLabs
from outcomes import tell


def main() -> None:
    secret, *names = sys.argv[1:]
    client = ElevenLabs(api_key="none", base_url="http://127.0.0.1:9")

    def checked(name: str) -> dict[str, object]:
        body = Path(f"{name}.body").read_text()
        event = client.webhooks.construct_event(body, Path(f"{name}.signature").read_text(), secret)
        sound = base64.b64decode(event["data"].pop("full_audio", ""))
        return {"type": event["type"], "data": event["data"], "bytes": len(sound)}

    tell({name: lambda name=name: checked(name) for name in names})


main()
