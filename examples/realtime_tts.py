"""`python realtime_tts.py [TEXT]`: the class of the founding document, into realtime_tts.mp3.

Text goes in at any time, audio comes out as soon as there is some, over one connection, which comes
back by itself when the network fails. It needs `vivavoce`; VIVAVOCE_URL says where the server is,
if not on this machine.
"""

import sys

from vivavoce import RealtimeTTS

[text] = sys.argv[1:] or ["Hello, this is a real-time test."]

tts = RealtimeTTS("your_api_key", "JBFqnCBsd6RMkjVDRZzb")
tts.connect()
tts.send_text(text)
with open("realtime_tts.mp3", "wb") as file:
    try:
        while True:
            file.write(tts.get_audio(timeout=2.0))
    except TimeoutError:
        print("nothing more to say")
tts.close()
