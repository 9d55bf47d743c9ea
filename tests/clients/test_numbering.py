from __future__ import annotations

import json

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vivavoce.clients.messages import encoded
from vivavoce.clients.numbering import (
    ACK_AFTER_S,
    ACK_EVERY_FRAMES,
    Incoming,
    NumbersBroken,
    Outgoing,
)
from vivavoce.clients.session import ClientSession

MOST_BYTES = 200


def frames_of(outgoing: Outgoing) -> list[bytes]:
    return list(iter(outgoing.next_frame, None))


def test_frames_are_numbered_and_sent_in_order() -> None:
    outgoing = Outgoing()
    outgoing.add(b'{"a":1}')
    outgoing.add(b"{}")
    assert frames_of(outgoing) == [b'{"cseq":1,"a":1}', b'{"cseq":2}']
    assert outgoing.is_all_sent


def test_room_is_made_by_acknowledgements_only() -> None:
    outgoing = Outgoing(most_bytes=20)
    outgoing.add(b'{"a":"0123456789"}')
    assert not outgoing.has_room
    frames_of(outgoing)
    assert not outgoing.has_room
    outgoing.acknowledged(1)
    assert outgoing.has_room


def test_without_acknowledgement_room_is_made_by_sending() -> None:
    outgoing = Outgoing(most_bytes=20)
    outgoing.add(b'{"a":"0123456789"}')
    outgoing.without_acknowledgement()
    assert not outgoing.has_room
    assert len(frames_of(outgoing)) == 1
    assert outgoing.has_room


def test_what_the_other_side_does_not_have_is_sent_again_after_coming_back() -> None:
    outgoing = Outgoing()
    for _ in range(4):
        outgoing.add(b"{}")
    frames_of(outgoing)
    outgoing.resumed(2)
    assert frames_of(outgoing) == [b'{"cseq":3}', b'{"cseq":4}']


def test_acknowledgement_on_the_old_socket_counts_while_all_is_sent_again() -> None:
    outgoing = Outgoing()
    for _ in range(3):
        outgoing.add(b"{}")
    frames_of(outgoing)
    outgoing.resumed(0)
    outgoing.acknowledged(2)
    assert frames_of(outgoing) == [b'{"cseq":3}']


def test_numbers_that_cannot_be_are_refused() -> None:
    outgoing = Outgoing()
    outgoing.add(b"{}")
    with pytest.raises(NumbersBroken):
        outgoing.acknowledged(1)
    frames_of(outgoing)
    outgoing.acknowledged(1)
    with pytest.raises(NumbersBroken):
        outgoing.resumed(0)
    with pytest.raises(NumbersBroken):
        Incoming().take(2, now=0.0)


def test_frame_that_comes_twice_is_taken_once() -> None:
    incoming = Incoming()
    assert [incoming.take(seq, now=0.0) for seq in (1, 2, 1, 2, 3)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert incoming.last == 3


def test_acknowledgement_is_due_after_enough_frames_or_time() -> None:
    incoming = Incoming()
    assert incoming.ack_due_in_s(0.0) is None
    incoming.take(1, now=10.0)
    assert incoming.ack_due_in_s(10.1) == pytest.approx(ACK_AFTER_S - 0.1)
    assert incoming.ack_due_in_s(11.0) == 0.0
    assert incoming.told() == 1
    assert incoming.ack_due_in_s(11.0) is None
    for seq in range(2, 2 + ACK_EVERY_FRAMES):
        incoming.take(seq, now=20.0)
    assert incoming.ack_due_in_s(20.0) == 0.0


class LossyLine(RuleBasedStateMachine):
    """A client's session, and a server so simple that its ledger is a list of all it ever said."""

    def __init__(self) -> None:
        super().__init__()
        self.client = ClientSession(asks=True, most_bytes=MOST_BYTES)
        self.client_said: list[str] = []
        self.client_heard: list[object] = []
        self.server_said = ["grant"]
        self.server_heard: list[object] = []
        self.ledger: list[str] = []
        self.ledger.append(self.numbered({"type": "session", "session": {"id": "s", "token": "t"}}))
        self.dropped_up_to = 0
        self.is_connected = True
        self.up: list[bytes] = []
        self.down = list(self.ledger)
        self.now = 0.0

    def numbered(self, frame: dict[str, object]) -> str:
        numbers = {"seq": len(self.ledger) + 1, "ack": len(self.server_heard)}
        return json.dumps({**numbers, **frame})

    @rule(text=st.text(max_size=30))
    @precondition(lambda self: self.client.outgoing.has_room)
    def client_says(self, text: str) -> None:
        self.client.add(encoded({"text": text}))
        self.client_said.append(text)

    @rule(text=st.text(max_size=5))
    def server_says(self, text: str) -> None:
        frame = self.numbered({"audio": text})
        self.server_said.append(text)
        self.ledger.append(frame)
        if self.is_connected:
            self.down.append(frame)

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.3]))
    @precondition(lambda self: self.is_connected)
    def client_sends(self, seconds: float) -> None:
        self.now += seconds
        frame = self.client.outgoing.next_frame()
        if frame is not None:
            self.up.append(frame)
        elif self.client.ack_due_in_s(self.now) == 0.0:
            self.up.append(self.client.acknowledgement())

    @rule()
    @precondition(lambda self: self.up)
    def server_hears(self) -> None:
        frame = json.loads(self.up.pop(0))
        if frame.get("type") == "ack":
            self.dropped_up_to = max(self.dropped_up_to, frame["ack"])
            return
        assert frame["cseq"] <= len(self.server_heard) + 1
        if frame["cseq"] == len(self.server_heard) + 1:
            self.server_heard.append(frame["text"])

    @rule()
    @precondition(lambda self: self.is_connected)
    def server_acknowledges(self) -> None:
        self.down.append(json.dumps({"type": "ack", "ack": len(self.server_heard)}))

    @rule()
    @precondition(lambda self: self.down)
    def client_hears(self) -> None:
        frame = self.client.read(json.loads(self.down.pop(0)), self.now)
        if frame is not None:
            assert frame.keys() == {"audio"}
            self.client_heard.append(frame["audio"])

    @rule()
    @precondition(lambda self: self.is_connected and self.client.can_resume)
    def line_breaks(self) -> None:
        self.is_connected = False
        self.up.clear()
        self.down.clear()

    @rule()
    @precondition(lambda self: not self.is_connected)
    def client_comes_back(self) -> None:
        query = dict(
            part.split("=") for part in self.client.url("ws://h/").split("?")[1].split("&")
        )
        last_seq = int(query["last_seq"])
        assert last_seq >= self.dropped_up_to, "it asks for what it said it had"
        back = {"type": "session", "resumed": True, "ack": len(self.server_heard)}
        self.client.read_return(back, self.now)
        self.down = self.ledger[last_seq:]
        self.is_connected = True

    @invariant()
    def what_arrived_is_a_beginning_of_what_was_said(self) -> None:
        assert self.server_heard == self.client_said[: len(self.server_heard)]
        assert self.client_heard == self.server_said[1 : len(self.client_heard) + 1]

    @invariant()
    def what_is_kept_is_bounded(self) -> None:
        # One frame may be above the bound: it is added when there is room for any.
        assert sum(map(len, self.client.outgoing._kept)) < MOST_BYTES + 250

    def teardown(self) -> None:
        if not self.is_connected:
            self.client_comes_back()
        while self.down:
            self.client_hears()
        while not self.client.outgoing.is_all_sent:
            self.client_sends(0.0)
        self.client_sends(0.3)
        while self.up:
            self.server_hears()
        assert self.dropped_up_to == len(self.ledger), "the server waits for what it was told"
        assert self.server_heard == self.client_said
        assert self.client_heard == self.server_said[1:]


TestLossyLine = LossyLine.TestCase
