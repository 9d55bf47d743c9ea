from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from vivavoce.logs import REDACTED, LogLevel, configure_logging, redact_secrets


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def redacted(**event: object) -> dict[str, object]:
    return dict(redact_secrets(None, "info", dict(event)))


@pytest.mark.parametrize(
    "name", ["api_key", "api_keys", "xi-api-key", "Authorization", "token", "single_use_token"]
)
def test_a_value_under_a_secrets_name_is_marked_out(name: str) -> None:
    assert redacted(**{name: "hunter2", "headers": {name: ["hunter2"]}}) == {
        name: REDACTED,
        "headers": {name: REDACTED},
    }


@pytest.mark.parametrize(
    "text",
    [
        'GET /v1/x?authorization=Bearer%20hunter2&token=hunter2 "200"',
        "Authorization: Bearer hunter2",
        '{"xi_api_key": "hunter2", "text": " "}',
        "{'xi-api-key': 'hunter2'}",
        "Sec-WebSocket-Protocol: convai, bearer.hunter2",
    ],
)
def test_a_secret_inside_text_is_marked_out(text: str) -> None:
    event = redacted(event=text)["event"]
    assert isinstance(event, str)
    assert "hunter2" not in event
    assert REDACTED in event


def test_what_is_no_secret_is_left_as_it_is() -> None:
    event = {"event": "max_tokens=5 spoken", "tokens": 5, "voice": "Allegra", "done": True}
    assert redacted(**event) == event


def test_an_object_is_searched_as_the_text_it_is_logged_as() -> None:
    class Request:
        def __repr__(self) -> str:
            return "<Request token=hunter2 from=there>"

    assert redacted(request=Request()) == {"request": f"<Request token={REDACTED} from=there>"}


def test_json_lines_are_objects_with_level_name_and_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")
    structlog.get_logger("vivavoce.x").info("spoken", voice="Allegra")
    captured = capsys.readouterr()
    line = json.loads(captured.err)
    assert captured.out == ""
    assert (line["event"], line["voice"]) == ("spoken", "Allegra")
    assert (line["level"], line["logger"]) == ("info", "vivavoce.x")
    assert line["timestamp"].endswith("Z")


def test_lines_of_other_libraries_look_like_ours_and_hide_keys_like_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")
    logging.getLogger("neighbour").info('"WebSocket %s"', "/v1/x?token=hunter2")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == f'"WebSocket /v1/x?token={REDACTED}"'
    assert (line["level"], line["logger"]) == ("info", "neighbour")


@pytest.mark.parametrize("format_", ["console", "json"])
def test_a_traceback_is_logged_without_the_key_in_its_message(
    capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    configure_logging("info", "json" if format_ == "json" else "console")
    try:
        raise ValueError("token=hunter2")
    except ValueError:
        structlog.get_logger("vivavoce.x").exception("failed")
    shown = capsys.readouterr().err
    assert f"ValueError: token={REDACTED}" in shown
    assert "hunter2" not in shown


def test_the_level_holds_for_ours_and_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning", "console")
    structlog.get_logger("vivavoce.x").info("quiet")
    logging.getLogger("uvicorn").info("quiet")
    structlog.get_logger("vivavoce.x").warning("loud")
    assert capsys.readouterr().err.count("\n") == 1


def test_setting_up_again_replaces_the_first_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "console")
    configure_logging("info", "json")
    structlog.get_logger("vivavoce.x").info("once")
    assert capsys.readouterr().err.count("once") == 1


@pytest.mark.parametrize("level", ["info", "warning"])
def test_a_frame_that_is_not_utf_8_is_news_and_no_error_of_ours(
    capsys: pytest.CaptureFixture[str], level: LogLevel
) -> None:
    configure_logging(level, "json")
    try:
        b"\xff".decode()
    except UnicodeDecodeError:
        logging.getLogger("uvicorn.error").exception("Invalid UTF-8 sequence received from client.")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["level"] for line in logged] == (["info"] if level == "info" else [])
    assert not any("exception" in line for line in logged)
