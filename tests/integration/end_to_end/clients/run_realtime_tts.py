"""`python run_realtime_tts.py LISTING ADDRESS`: the listing, and output.mp3 besides."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

listing, address = sys.argv[1:]
source = Path(listing).read_text("utf-8").replace("wss://api.elevenlabs.io", address)
the_class, marker, usage = source.partition("# 使用示例")
assert marker
names: dict[str, Any] = {"__name__": "__main__"}
exec(compile(the_class, listing, "exec"), names)
get_audio: Callable[[object], bytes] = names["RealtimeTTS"].get_audio


def get_and_keep(tts: object) -> bytes:
    """What the example's loop asks for."""
    audio = get_audio(tts)
    with Path("output.mp3").open("ab") as file:
        file.write(audio)
    return audio


names["RealtimeTTS"].get_audio = get_and_keep
exec(compile(usage, listing, "exec"), names)
