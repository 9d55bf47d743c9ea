"""The types that the TypeScript client has of what travels."""

from __future__ import annotations

import msgspec
import pytest

from scripts import generate_client_types as generator
from vivavoce.errors import InvalidMessage, InvalidParameter
from vivavoce.wire import resume
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.context_frames import ContextFrames

_TIMED = TimedText("Hi ", [0.0, 60.0, 130.0])
_FRAMES = ContextFrames("c1", flush_done=True)
_GRANT = resume.Grant("s1", "t1")


def test_they_are_those_of_the_server() -> None:
    assert generator.TARGET.read_text() == generator.client_types(), (
        "run scripts/generate_client_types.py"
    )


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (_FRAMES.audio(b"sound", _TIMED, _TIMED, (0.0, 170.0)), generator.SpeechFrame),
        (_FRAMES.final(), generator.SpeechFrame),
        (_FRAMES.flushed(), generator.FlushDone),
        (_FRAMES.error(InvalidMessage("no")), generator.SpeechError),
        (_FRAMES.error(InvalidParameter("no", param="seed")), generator.SpeechError),
        (resume.numbered(resume.grant_frame(_GRANT), 1, 0), generator.SessionGranted),
        (resume.resumed_frame(3), generator.SessionResumed),
        (resume.ack_frame(3), generator.Acknowledged),
        (resume.heartbeat_frame(3), generator.Heartbeat),
    ],
)
def test_the_frames_that_no_struct_of_the_server_describes_are_as_described(
    frame: str, kind: type[msgspec.Struct]
) -> None:
    msgspec.json.decode(frame, type=kind)
