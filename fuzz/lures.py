"""Files that would have their reader open another file, or call somebody, and who watches that."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

_LURES = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{there}\n#EXT-X-ENDLIST\n",
    "m3u8 with a key": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{there}"\n'
    "#EXTINF:1,\n{there}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{there}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio {port} RTP/AVP 0\n",
    "asx": '<asx version="3.0"><entry><ref href="{there}"/></entry></asx>',
    "mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{there}'
    "</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "pls": "[playlist]\nFile1={there}\nNumberOfEntries=1\n",
    "rtsp": "RTSPtext\nrtsp://127.0.0.1:{port}/\n",
    "asf reference": "[Reference]\nRef1={there}\n",
    "ffmetadata": ";FFMETADATA1\ntitle={there}\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{there}"/></svg>',
    "path": "{there}",
    "smil": '<smil><body><audio src="{there}"/></body></smil>',
}
_SCHEMES = ("", "file:", "subfile,,start,0,end,0,,:", "concat:", "crypto:", "pipe:", "data:")

_URLS = (
    *(
        "http://127.0.0.1:{port}/a",
        "http://localhost:{port}/",
        "http://127.1:{port}",
        "http://0:{port}",
    ),
    *(
        "http://2130706433:{port}/",
        "http://0x7f.0.0.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
    ),
    *(
        "http://a:b@127.0.0.1:{port}/",
        "HTTP://127.0.0.1:{port}#x",
        "http://[::1]:{port}/",
        "http://",
    ),
    *(
        "file://{secret}",
        "{secret}",
        "ftp://127.0.0.1:{port}/",
        "http://[",
        "http://127.0.0.1:99999/",
    ),
    *(
        "https://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\t",
        "http://a b/",
        "x",
        "http://\ud83d/",
    ),
    *("http://169.254.169.254/", "http://10.0.0.1:{port}/", "http://0.0.0.0:{port}/", "http:///a"),
)


@dataclass(frozen=True)
class Lure:
    """A file that leads to one nearby by way of a `scheme`, or far away if that is None."""

    kind: str
    scheme: str | None


lures = st.builds(
    Lure, st.sampled_from(sorted(_LURES)), st.none() | st.none() | st.sampled_from(_SCHEMES)
)
"""Of all kinds."""

urls = st.sampled_from(_URLS)
"""Where no file is to be fetched from, for `Trap.url`."""


class Trap:
    """Listens where nobody has any business to call."""

    def __init__(self, secret: Path, listener: socket.socket) -> None:
        self._listener = listener
        self._secret = secret
        self._port = int(listener.getsockname()[1])

    def file(self, lure: Lure) -> bytes:
        """The file."""
        there = f"http://127.0.0.1:{self._port}/a.wav"
        if lure.scheme is not None:
            there = lure.scheme + str(self._secret)
        return _LURES[lure.kind].format(there=there, port=self._port).encode()

    def url(self, url: str) -> str:
        """As it is to be sent."""
        return url.format(port=self._port, secret=self._secret)

    def check(self) -> None:
        """Fails if somebody called."""
        with contextlib.suppress(BlockingIOError):
            self._listener.accept()
            raise AssertionError("the server called where a file or a URL led it")


@contextlib.contextmanager
def trap(secret: bytes) -> Iterator[Trap]:
    """Set for the length of the block; a file `secret` is in reach of the server."""
    with tempfile.TemporaryDirectory() as directory, _listener() as listener:
        path = Path(directory) / "secret.wav"
        path.write_bytes(secret)
        listener.setblocking(False)
        yield Trap(path, listener)


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))
