"""What the doctor asks of the machine, and of the settings that a server would start with."""

from __future__ import annotations

import errno
import http.client
import platform
import shutil
import socket
import ssl
import sys
import tempfile

from vivavoce.commands.address import Address
from vivavoce.commands.check import Check, ok, problem, warning
from vivavoce.commands.local_engines import available_cores
from vivavoce.commands.loudspeaker import find_player
from vivavoce.commands.microphone import NoMicrophone, find_microphone
from vivavoce.config import Settings

_NEWEST_TRIED = (3, 13)
_ANSWER_S = 2.0


def python() -> Check:
    """The interpreter."""
    version = platform.python_version()
    if sys.version_info[:2] > _NEWEST_TRIED:
        newest = ".".join(map(str, _NEWEST_TRIED))
        return warning("python", f"{version} has not been tried", f"use Python {newest} in doubt")
    return ok("python", version)


def cores() -> Check:
    """What there is to compute with."""
    count = available_cores()
    if count == 1:
        return warning(
            "cores", "one for the sockets and the voice together", "give the server two or more"
        )
    return ok("cores", f"{count}, a voice worker on each unless --workers says otherwise")


def cache(settings: Settings) -> Check:
    """Where the model's graphs are kept."""
    directory = settings.cache_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        return warning(
            "cache",
            f"{directory} cannot be written: {error.strerror}",
            "name another directory in VIVAVOCE_CACHE_DIR, unless all it needs is there",
        )
    return ok("cache", f"{directory} can be written")


def port(settings: Settings) -> Check:
    """Whether a server could listen."""
    address = Address.of(settings)
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, bound = found[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(bound)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _is_ours(address):
            return ok("port", f"a voice server answers at {address.http} already")
        return problem(
            "port",
            f"{settings.port} on {settings.host}: {error.strerror}",
            "choose another with --port or VIVAVOCE_PORT",
        )
    return ok("port", f"{settings.port} on {settings.host} is free")


def tls(settings: Settings) -> Check:
    """The local authority, if there is one."""
    certificate, key = settings.tls_dir / "ca.pem", settings.tls_dir / "ca.key"
    if not certificate.exists() and not key.exists():
        return ok("tls", f"no authority yet; serve --tls makes one in {settings.tls_dir}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:  # ssl's own are among them
        return problem(
            "tls",
            f"the authority in {settings.tls_dir} cannot be used: {error}",
            "put ca.pem and ca.key back, or remove both, after which callers must trust anew",
        )
    return ok("tls", f"the authority is {certificate}")


def loudspeaker() -> Check:
    """Where `say` without a file is heard."""
    player = find_player()
    if player is None:
        return warning("loudspeaker", "none, or nothing that plays on it", "give say a file: -o")
    return ok("loudspeaker", f"{player} plays")


def microphone() -> Check:
    """What `listen` without a file listens to."""
    try:
        microphone = find_microphone(None)
    except NoMicrophone as error:
        return warning("microphone", error.cause, error.remedy)
    return ok("microphone", f"{microphone.name} records")


def ffmpeg() -> Check:
    """What the project's own tests decode with."""
    if shutil.which("ffmpeg") is None:
        return warning("ffmpeg", "not found", "only the project's tests need it")
    return ok("ffmpeg", "found; only the project's tests need it")


def _is_ours(address: Address) -> bool:
    # Whose certificate it is does not matter for the question what is listening.
    connection = (
        http.client.HTTPSConnection(
            address.host,
            address.port,
            timeout=_ANSWER_S,
            context=ssl._create_unverified_context(),
        )
        if address.tls
        else http.client.HTTPConnection(address.host, address.port, timeout=_ANSWER_S)
    )
    try:
        connection.request("GET", "/healthz")
        return b'"connections"' in connection.getresponse().read(1000)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
