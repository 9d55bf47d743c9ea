"""`python run_on_open.py LISTING ADDRESS`: the listing with `run_forever` in a thread.

The line of Python on standard input then runs where the listing's names are; `until_closed()` is
one of them.
"""

import sys
import threading
from pathlib import Path

import websocket

listing, address = sys.argv[1:]
threads: list[threading.Thread] = []
run_forever = websocket.WebSocketApp.run_forever


def run_in_thread(app: websocket.WebSocketApp) -> None:
    """Comes back once the listing's own `on_open` has run, where the original would stay."""
    opened = threading.Event()
    on_open = app.on_open

    def then_say_so(ws: websocket.WebSocketApp) -> None:
        on_open(ws)
        opened.set()

    app.on_open = then_say_so
    threads.append(threading.Thread(target=run_forever, args=(app,), daemon=True))
    threads[0].start()
    opened.wait(30)


def until_closed() -> None:
    """Waits for the listing's `on_close` to have run."""
    threads[0].join()


websocket.WebSocketApp.run_forever = run_in_thread
names: dict[str, object] = {"__name__": "__main__", "until_closed": until_closed}
source = Path(listing).read_text("utf-8").replace("wss://api.elevenlabs.io", address)
exec(compile(source, listing, "exec"), names)
exec(sys.stdin.readline(), names)
