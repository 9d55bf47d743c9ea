"""Connections that outlive their sockets, as they look on the wire."""

from __future__ import annotations

import json

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire import resume
from vivavoce.wire.resume import ClientFrame, Grant, Return

GRANT = Grant("sess_1", "secret")


@pytest.mark.parametrize(
    ("query", "asks"),
    [("resume=true", True), ("a=b&resume=1", True), ("resume=false", False), ("", False)],
)
def test_a_client_asks_by_its_query(query: str, asks: bool) -> None:
    assert resume.asks_to_survive(query) is asks


def test_who_comes_back_names_the_session_the_token_and_the_last_frame() -> None:
    returned = resume.parse_return("output_format=pcm_24000&session=s&token=t&last_seq=7")
    assert returned == Return("s", "t", 7)
    assert resume.parse_return("session=s") == Return("s", "", 0)
    assert resume.parse_return("session=&token=t") == Return("", "t", 0)
    assert resume.parse_return("resume=true&token=t") is None


@pytest.mark.parametrize(
    "query",
    [
        "session=s&last_seq=x",
        "session=s&last_seq=-1",
        "session=s&last_seq=",
        "session=" + 200 * "s",
    ],
)
def test_a_return_that_makes_no_sense_is_refused_by_the_name_of_the_parameter(query: str) -> None:
    with pytest.raises(InvalidParameter):
        resume.parse_return(query)


@pytest.mark.parametrize(
    ("frame", "read"),
    [
        ('{"text":"a","cseq":4}', ClientFrame(cseq=4)),
        ('{"text":"a"}', ClientFrame()),
        ('{"type":"ack","ack":9}', ClientFrame(acknowledged=9)),
        ('{"type":"heartbeat","id":3}', ClientFrame(heartbeat=3)),
        ('{"cseq":null}', ClientFrame()),
        ("[1]", ClientFrame()),
        ("not json", ClientFrame()),
        (b"\xff\xfe", ClientFrame()),
    ],
)
def test_a_clients_frame_says_what_counts_and_nothing_breaks(
    frame: str | bytes, read: ClientFrame
) -> None:
    assert resume.read_client_frame(frame) == read


@pytest.mark.parametrize(
    "frame",
    [
        f'{{"type":"{kind}","{name}":{value}}}'
        for kind, name in (("ack", "ack"), ("heartbeat", "id"), ("text", "cseq"))
        for value in ("-1", "1.0", "true", '"1"', "[1]")
    ]
    + ['{"type":"ack"}', '{"type":"heartbeat"}', '{"cseq":0}'],
)
def test_what_should_be_a_number_and_is_none_is_refused_by_name(frame: str) -> None:
    with pytest.raises(InvalidParameter, match="must be a whole number"):
        resume.read_client_frame(frame)


def test_numbers_stand_in_front_and_change_nothing_else() -> None:
    assert resume.numbered('{"audio":"x"}', 3, 2) == '{"seq":3,"ack":2,"audio":"x"}'


def test_a_grant_is_a_frame_of_its_own_or_goes_into_another() -> None:
    session = {"id": "sess_1", "token": "secret", "window_ms": 30_000}
    assert json.loads(resume.grant_frame(GRANT)) == {"type": "session", "session": session}
    carried = json.loads(resume.with_grant('{"type":"metadata"}', GRANT))
    assert carried == {"type": "metadata", "session": session}


def test_what_ends_up_in_logs_has_no_token_in_it() -> None:
    assert "secret" not in repr(GRANT) + repr(Return("s", "secret", 1))
