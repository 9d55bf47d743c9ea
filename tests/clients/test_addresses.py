from __future__ import annotations

import pytest

from vivavoce.clients.addresses import socket_url, with_query
from vivavoce.errors import InvalidParameter


@pytest.mark.parametrize(
    ("base", "socket"),
    [
        ("http://h:1", "ws://h:1/p"),
        ("https://h/", "wss://h/p"),
        ("ws://h", "ws://h/p"),
        ("wss://h/prefix/", "wss://h/prefix/p"),
        ("http://[::1]:8000", "ws://[::1]:8000/p"),
    ],
)
def test_a_socket_lies_at_its_server(base: str, socket: str) -> None:
    assert socket_url(base, "/p", {}) == socket


def test_values_are_written_as_the_query_has_them_and_none_is_left_out() -> None:
    asked = {"a": True, "b": None, "c": "x y", "d": 1.5}
    assert socket_url("http://h", "/p", asked) == "ws://h/p?a=true&c=x+y&d=1.5"


def test_the_environment_names_the_usual_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_URL", "https://voice.example")
    assert socket_url(None, "/p", {}) == "wss://voice.example/p"
    assert socket_url("http://h", "/p", {}) == "ws://h/p"
    monkeypatch.delenv("VIVAVOCE_URL")
    assert socket_url(None, "/p", {}) == "ws://127.0.0.1:8000/p"


@pytest.mark.parametrize("base", ["127.0.0.1:8000", "ftp://h", "http://", "nonsense"])
def test_what_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(InvalidParameter):
        socket_url(base, "/p", {})


def test_a_query_is_added_to_the_one_that_is_there() -> None:
    assert with_query("wss://h/p?a=&b=1", {"c": 2}) == "wss://h/p?a=&b=1&c=2"


def test_a_signed_address_is_one_of_a_socket() -> None:
    with pytest.raises(InvalidParameter, match="signed_url"):
        with_query("https://h/p", {})
