from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from vivavoce.commands.address import Address
from vivavoce.commands.next_steps import Step, next_steps, own_name, print_next_steps


def lines_of(steps: tuple[Step, ...]) -> list[str]:
    return [line for step in steps for line in step.lines]


def plain(address: Address, *, asks_for_key: bool = False) -> list[str]:
    return lines_of(next_steps(address, asks_for_key=asks_for_key, trust_line=None, authority=None))


def test_the_lines_of_a_server_with_defaults_are_the_documented_ones() -> None:
    assert plain(Address("127.0.0.1", 8000)) == [
        'vivavoce say "Hello, this is a real-time test." -o hello.mp3',
        "curl -F file=@hello.mp3 http://127.0.0.1:8000/v1/speech-to-text",
        "vivavoce talk",
        "http://127.0.0.1:8000",
        "curl http://127.0.0.1:8000/healthz",
        'client = ElevenLabs(base_url="http://127.0.0.1:8000", api_key="any")',
        'client.text_to_speech._ws_base_url = "ws://127.0.0.1:8000"  # convert_realtime',
        'Conversation(client, "default", requires_auth=False).start_session()  # in writing',
        "const socket = new WebSocket("
        '"ws://127.0.0.1:8000/v1/text-to-speech/Allegra/stream-input")',
        "replace wss://api.elevenlabs.io with ws://127.0.0.1:8000",
    ]


def test_a_server_elsewhere_is_named_to_say_and_to_talk() -> None:
    for line in (0, 2):
        assert plain(Address("127.0.0.1", 9))[line].endswith("--url http://127.0.0.1:9")


def test_a_server_with_keys_asks_for_one_and_shows_none() -> None:
    lines = plain(Address("127.0.0.1", 8000), asks_for_key=True)
    assert lines[0].endswith("--api-key YOUR_KEY")
    assert '-H "xi-api-key: YOUR_KEY"' in lines[1]
    assert lines[2] == "vivavoce talk --api-key YOUR_KEY"
    assert 'api_key="YOUR_KEY"' in lines[5]


def test_a_server_with_tls_tells_first_how_it_is_trusted() -> None:
    lines = lines_of(
        next_steps(
            Address("127.0.0.1", 8000, tls=True),
            asks_for_key=False,
            trust_line="export SSL_CERT_FILE=/a/bundle.pem",
            authority=Path("/a b/ca.pem"),
        )
    )
    assert lines[0] == "export SSL_CERT_FILE=/a/bundle.pem"
    for asked in (
        "-F file=@hello.mp3 https://127.0.0.1:8000/v1/speech-to-text",
        "https://127.0.0.1:8000/healthz",
    ):
        assert f"curl --cacert '/a b/ca.pem' {asked}" in lines
    assert not any("_ws_base_url" in line for line in lines)


def test_printed_lines_are_not_broken_so_that_they_can_be_copied() -> None:
    out = io.StringIO()
    line = "x" * 300 + " [bold]y"
    print_next_steps(Console(file=out, width=40), "Here.", (Step("Try", (line,)),))
    assert f"  {line}\n" in out.getvalue()


def test_a_program_off_the_path_is_called_by_its_own_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "vivavoce"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr("sys.argv", [str(program), "serve"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert own_name() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert own_name() == "vivavoce"
    monkeypatch.setattr("sys.argv", ["-c", "serve"])
    assert own_name() == "vivavoce"
