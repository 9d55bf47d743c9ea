from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from vivavoce.clients.numbering import NumbersBroken
from vivavoce.clients.session import ClientSession

GRANT: dict[str, object] = {"id": "s 1", "token": "t&2", "window_ms": 30000}


def session() -> ClientSession:
    return ClientSession(asks=True, most_bytes=1000)


def granted() -> ClientSession:
    one = session()
    one.read({"type": "session", "seq": 1, "ack": 0, "session": GRANT}, 0.0)
    return one


def test_grant_in_a_frame_of_its_own_is_kept_and_does_not_show() -> None:
    one = session()
    assert not one.can_resume
    assert one.read({"type": "session", "seq": 1, "ack": 0, "session": GRANT}, 0.0) is None
    assert (one.can_resume, one.session_id) == (True, "s 1")


def test_grant_inside_another_frame_is_taken_out_of_it() -> None:
    one = session()
    frame = {"type": "conversation_initiation_metadata", "seq": 1, "ack": 0, "session": GRANT}
    assert one.read(frame, 0.0) == {"type": "conversation_initiation_metadata"}
    assert one.session_id == "s 1"


def test_server_that_grants_nothing_is_heard_as_it_speaks() -> None:
    one = session()
    for frame in ({"audio": "AAAA"}, {"type": "session", "ack": 4}, {"seq": 9, "session": GRANT}):
        assert one.read(dict(frame), 0.0) == frame
    assert not one.can_resume
    assert one.ack_due_in_s(99.0) is None


def test_control_frames_do_not_show_and_other_frames_without_a_number_do() -> None:
    one = granted()
    assert one.read({"type": "ack", "ack": 0}, 0.0) is None
    assert one.read({"type": "heartbeat", "id": 1}, 0.0) is None
    assert one.read({"type": "ping"}, 0.0) == {"type": "ping"}


def test_way_back_names_the_session_and_what_has_come() -> None:
    one = granted()
    one.read({"audio": "", "seq": 2, "ack": 0}, 0.0)
    parts = urlsplit(one.url("wss://host/path?model_id=m%20n#x"))
    assert parts.path == "/path"
    assert parse_qs(parts.query) == {
        "model_id": ["m n"],
        "resume": ["true"],
        "session": ["s 1"],
        "token": ["t&2"],
        "last_seq": ["2"],
    }


def test_whoever_comes_back_tells_again_what_has_come() -> None:
    # What was told may have been lost with the socket, and the server waits for it.
    one = granted()
    one.acknowledgement()
    assert one.ack_due_in_s(5.0) is None
    one.read_return({"type": "session", "resumed": True, "ack": 0}, 5.0)
    assert one.ack_due_in_s(5.0) == 0.0
    assert one.acknowledgement() == b'{"type":"ack","ack":1}'
    assert one.ack_due_in_s(5.0) is None


def test_whoever_does_not_ask_leaves_url_and_messages_alone() -> None:
    one = ClientSession(asks=False, most_bytes=1000)
    assert one.url("ws://host/path?a=%20") == "ws://host/path?a=%20"
    one.add(b'{"a":1}')
    assert one.outgoing.next_frame() == b'{"a":1}'


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "session", "seq": 1, "ack": 0, "session": GRANT},
        {"type": "session", "resumed": True},
        {"type": "session", "resumed": True, "ack": 1},
        {"audio": ""},
    ],
)
def test_server_that_does_not_go_on_has_lost_the_session(frame: dict[str, object]) -> None:
    with pytest.raises(NumbersBroken):
        granted().read_return(frame, 0.0)
