from __future__ import annotations

import asyncio
import shlex
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509

from vivavoce.errors import ConfigError
from vivavoce.server.tls import LocalCertificate, local_certificate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def made(directory: Path, host: str = "127.0.0.1", now: datetime = NOW) -> LocalCertificate:
    return local_certificate(directory, host, now=now, environ={"SSL_CERT_FILE": certifi.where()})


def leaf(files: LocalCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def names(files: LocalCertificate) -> set[str]:
    extension = leaf(files).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def roots(path: Path) -> int:
    return path.read_bytes().count(b"BEGIN CERTIFICATE")


async def shake_hands(files: LocalCertificate, name: str) -> str:
    """What a client who trusts only the bundle reads over TLS from a server at `name`."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=str(files.bundle))

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"viva voce\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=serving)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting, server_hostname=name
        )
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
    return line.decode()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "voice.example.org"])
async def test_a_client_that_trusts_the_bundle_trusts_the_server(tmp_path: Path, name: str) -> None:
    files = made(tmp_path, host="voice.example.org", now=datetime.now(UTC))
    assert await shake_hands(files, name) == "viva voce\n"


async def test_a_client_does_not_trust_the_server_under_another_name(tmp_path: Path) -> None:
    files = made(tmp_path, now=datetime.now(UTC))
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(files, "elsewhere.example.org")


def test_the_certificate_names_this_machine_and_the_address_listened_on(tmp_path: Path) -> None:
    covered = names(made(tmp_path, host="192.0.2.7"))
    assert covered == {"localhost", "127.0.0.1", "::1", "192.0.2.7", socket.gethostname().lower()}


def test_nobody_else_can_read_any_of_it(tmp_path: Path) -> None:
    directory = tmp_path / "below" / "tls"
    made(directory)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {
        path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()
    } == dict.fromkeys(("ca.pem", "ca.key", "server.pem", "server.key", "bundle.pem"), 0o600)


def test_the_next_start_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    made(tmp_path, now=NOW + timedelta(days=300))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(tmp_path: Path) -> None:
    first = made(tmp_path)
    serial, authority = leaf(first).serial_number, first.authority.read_bytes()
    later = made(tmp_path, now=NOW + timedelta(days=380))
    assert leaf(later).serial_number != serial
    assert leaf(later).not_valid_after_utc > NOW + timedelta(days=700)
    assert later.authority.read_bytes() == authority


def test_another_address_gets_a_certificate_of_the_same_authority(tmp_path: Path) -> None:
    authority = made(tmp_path).authority.read_bytes()
    moved = made(tmp_path, host="192.0.2.7")
    assert "192.0.2.7" in names(moved)
    assert moved.authority.read_bytes() == authority


@pytest.mark.parametrize("name", ["server.pem", "server.key"])
def test_a_damaged_certificate_is_made_again(tmp_path: Path, name: str) -> None:
    serial = leaf(made(tmp_path)).serial_number
    (tmp_path / name).write_bytes(b"damaged")
    assert leaf(made(tmp_path)).serial_number != serial


def test_a_certificate_of_another_authority_is_made_again(tmp_path: Path) -> None:
    ours, theirs = made(tmp_path / "ours"), made(tmp_path / "theirs")
    for mine, other in ((ours.certificate, theirs.certificate), (ours.key, theirs.key)):
        mine.write_bytes(other.read_bytes())
    again = made(tmp_path / "ours")
    leaf(again).verify_directly_issued_by(
        x509.load_pem_x509_certificate(again.authority.read_bytes())
    )


@pytest.mark.parametrize("name", ["ca.pem", "ca.key"])
def test_a_damaged_authority_is_refused_rather_than_replaced(tmp_path: Path, name: str) -> None:
    made(tmp_path)
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(ConfigError, match=r"ca\.pem .* cannot be used"):
        made(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match=r"ca\.pem .* cannot be used"):
        made(tmp_path)


def test_a_key_that_is_not_the_authoritys_is_refused(tmp_path: Path) -> None:
    made(tmp_path / "ours")
    made(tmp_path / "theirs")
    (tmp_path / "ours/ca.key").write_bytes((tmp_path / "theirs/ca.key").read_bytes())
    with pytest.raises(ConfigError, match="not the certificate's"):
        made(tmp_path / "ours")


def test_a_directory_that_cannot_be_one_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"tls_dir .*file cannot be used"):
        made(tmp_path / "file")


def test_the_bundle_keeps_the_usual_authorities_and_adds_ours(tmp_path: Path) -> None:
    files = made(tmp_path)
    assert roots(files.bundle) == roots(Path(certifi.where())) + 1
    assert files.bundle.read_bytes().endswith(files.authority.read_bytes())


def test_the_bundle_does_not_grow_for_a_caller_who_already_trusts_it(tmp_path: Path) -> None:
    files = made(tmp_path)
    trusting = {"SSL_CERT_FILE": str(files.bundle)}
    for _ in range(2):
        local_certificate(tmp_path, "127.0.0.1", now=NOW, environ=trusting)
    assert files.bundle.read_bytes().count(files.authority.read_bytes()) == 1
    assert roots(files.bundle) > 1


def test_the_trust_line_is_safe_to_paste_into_a_shell(tmp_path: Path) -> None:
    directory = tmp_path / "a place's name"
    files = made(directory)
    assert shlex.split(files.trust_line) == [
        "export",
        f"SSL_CERT_FILE={directory}/bundle.pem",
        f"NODE_EXTRA_CA_CERTS={directory}/ca.pem",
    ]
