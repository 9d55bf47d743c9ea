"""TLS for a server nobody has a certificate for: a small authority of its own, made once.

ca.pem       the authority; whoever trusts it trusts this server
ca.key       its key, kept so that a new certificate needs no new trust
server.pem   the certificate for the names this server is reached by
server.key   its key
bundle.pem   the machine's usual authorities and ours, because `SSL_CERT_FILE` replaces them
"""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import socket
import ssl
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import certifi
import msgspec
import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from vivavoce.errors import ConfigError

# Apple's systems refuse a server certificate that is valid for longer than 398 days.
_VALID_FOR = timedelta(days=397)
_RENEW_BEFORE_END = timedelta(days=30)
_CLOCK_SKEW = timedelta(days=1)
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class LocalCertificate(msgspec.Struct, frozen=True):
    """Where the files are; `certificate` and `key` are what a server is started with."""

    certificate: Path
    key: Path
    authority: Path
    bundle: Path

    @property
    def trust_line(self) -> str:
        """The shell line after which Python and Node trust this server."""
        bundle, authority = shlex.quote(str(self.bundle)), shlex.quote(str(self.authority))
        return f"export SSL_CERT_FILE={bundle} NODE_EXTRA_CA_CERTS={authority}"


def local_certificate(
    directory: Path, host: str, *, now: datetime, environ: Mapping[str, str]
) -> LocalCertificate:
    """The certificate for `host` and this machine's own names, made or renewed if need be.

    `now` is an aware time. Raises ConfigError when `directory` cannot be written, or holds an
    authority that cannot be used: making another in its place would silently end the trust that
    callers put in it.
    """
    files = LocalCertificate(
        certificate=directory / "server.pem",
        key=directory / "server.key",
        authority=directory / "ca.pem",
        bundle=directory / "bundle.pem",
    )
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _authority(files.authority, directory / "ca.key")
        names = _names(host)
        if not _still_good(files, names, now):
            _issue(files, authority, names, now)
        usual = _usual_authorities(environ, files.bundle).read_bytes()
        _write(files.bundle, usual.rstrip() + b"\n" + authority.cert_pem.bytes())
    except OSError as error:
        raise ConfigError(f"tls_dir {directory} cannot be used: {error}") from error
    return files


def _authority(certificate: Path, key: Path) -> trustme.CA:
    if not certificate.exists() and not key.exists():
        # Valid from 2000 to 3000, as trustme makes them.
        made = trustme.CA(
            organization_name="vivavoce",
            organization_unit_name=f"local authority of {socket.gethostname()}"[:64],
            path_length=0,
        )
        _write(key, made.private_key_pem.bytes())
        _write(certificate, made.cert_pem.bytes())
        return made
    try:
        _read_pair(certificate, key)
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{certificate} and {key} cannot be used ({error}): put them back, or remove both to "
            "make a new authority, which callers then have to trust anew"
        ) from error


def _issue(files: LocalCertificate, authority: trustme.CA, names: list[str], now: datetime) -> None:
    leaf = authority.issue_cert(
        *names,
        organization_name="vivavoce",
        not_before=now - _CLOCK_SKEW,
        not_after=now + _VALID_FOR,
    )
    _write(files.key, leaf.private_key_pem.bytes())
    _write(files.certificate, leaf.cert_chain_pems[0].bytes())


def _still_good(files: LocalCertificate, names: list[str], now: datetime) -> bool:
    try:
        kept = _read_pair(files.certificate, files.key)
        kept.verify_directly_issued_by(x509.load_pem_x509_certificate(files.authority.read_bytes()))
    except (OSError, ValueError, InvalidSignature):
        return False
    alternative = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(name.value) for name in alternative}
    return covered == set(names) and now + _RENEW_BEFORE_END < kept.not_valid_after_utc


def _read_pair(certificate: Path, key: Path) -> x509.Certificate:
    """The certificate in one file; raises ValueError unless the other holds its key."""
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        loaded = load_pem_private_key(key.read_bytes(), password=None)
    except TypeError as error:
        raise ValueError("the key is encrypted") from error
    if loaded.public_key() != read.public_key():
        raise ValueError("the key is not the certificate's")
    return read


def _names(host: str) -> list[str]:
    own = ["localhost", "127.0.0.1", "::1", socket.gethostname(), host]
    names = dict.fromkeys(name.lower() for name in own)
    return [name for name in names if _is_address(name) or _HOST_NAME.fullmatch(name)]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _usual_authorities(environ: Mapping[str, str], ours: Path) -> Path:
    """What programs here trust without us: the caller's choice, the system's store, or certifi's.

    `SSL_CERT_FILE` may already name our own bundle, which would then grow with every start.
    """
    system = ssl.get_default_verify_paths()
    places = [
        Path(environ.get("SSL_CERT_FILE", "")),
        Path(system.openssl_cafile),
        Path(system.openssl_capath) / "ca-certificates.crt",
    ]
    own = ours.resolve()
    usable = (place for place in places if place.is_file() and place.resolve() != own)
    return next(usable, Path(certifi.where()))


def _write(path: Path, content: bytes) -> None:
    """All of `content` or none of it, for this user's eyes only (mkstemp makes 0600)."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
