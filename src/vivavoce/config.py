"""Settings: one frozen object out of flags, environment, file and defaults, in that order.

Every setting has one name, spelled `port` in the file, `VIVAVOCE_PORT` in the environment and
`--port` as a flag, if it has one. A value that cannot be used is refused with the name, where it
came from and what would be allowed; so is a name nobody knows, with the nearest one that exists.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.inspect import Metadata, VarTupleType

from vivavoce.allowed import allowed_values
from vivavoce.errors import ConfigError

PREFIX = "VIVAVOCE_"
CONFIG_VARIABLE = "VIVAVOCE_CONFIG"
# Where the clients find the server: whoever uses both has it in one environment.
_CLIENTS_VARIABLE = "VIVAVOCE_URL"

_SECRETS = frozenset({"api_keys", "mind_api_key", "post_call_webhook_secret"})


def _home_directory(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    """`variable`'s directory if it is absolute, as the XDG base directory rules have it."""
    named = Path(environ.get(variable, ""))
    if named.is_absolute():
        return named / "vivavoce"
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    return home / below_home / "vivavoce"


def _cache_dir(environ: Mapping[str, str]) -> Path:
    return _home_directory(environ, "XDG_CACHE_HOME", ".cache")


def _data_dir(environ: Mapping[str, str]) -> Path:
    return _home_directory(environ, "XDG_DATA_HOME", ".local/share")


def _tls_dir(environ: Mapping[str, str]) -> Path:
    return _data_dir(environ) / "tls"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one server does; built by `load_settings`, never changed afterwards."""

    host: Annotated[
        str, Meta(min_length=1, description="Address to listen on; 0.0.0.0 for all of them.")
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535, description="TCP port; 0 takes any that is free.")
    ] = 8000
    tls: Annotated[
        bool, Meta(description="Serve wss and https with a certificate of a local authority.")
    ] = False
    tls_dir: Annotated[
        Path, Meta(description="Where the local authority and its certificates are kept.")
    ] = msgspec.field(default_factory=lambda: _tls_dir(os.environ))
    api_keys: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        Meta(description="Keys that callers may show; with none, every caller is let in."),
    ] = ()
    allow_remote_without_keys: Annotated[
        bool, Meta(description="Listen beyond this machine although no key is set.")
    ] = False
    strict_voices: Annotated[
        bool, Meta(description="Refuse an unknown voice instead of answering with the default.")
    ] = False
    default_voice: Annotated[
        str, Meta(description="Voice id or name for callers who name none; empty for the first.")
    ] = ""
    workers: Annotated[
        int,
        Meta(
            ge=0,
            le=1024,
            description="Processes that speak, and as many that hear; 0 for one per core.",
        ),
    ] = 0
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least severe messages to log."),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="Log lines for people or for machines.")
    ] = "console"
    max_pending_characters: Annotated[
        int, Meta(ge=1, description="Characters of unspoken text that one context may hold.")
    ] = 100_000
    max_contexts: Annotated[
        int, Meta(ge=1, description="Contexts that one multi-context connection may have open.")
    ] = 100
    max_message_bytes: Annotated[
        int, Meta(ge=1024, description="Size of the largest message a client may send, in bytes.")
    ] = 1_048_576
    max_upload_bytes: Annotated[
        int, Meta(ge=1024, description="Size of the largest file to transcribe, in bytes.")
    ] = 1_073_741_824
    allow_private_urls: Annotated[
        bool,
        Meta(description="Fetch what callers name by URL from private addresses, too."),
    ] = False
    send_timeout_s: Annotated[
        float, Meta(gt=0, le=3600, description="Seconds a peer may leave its audio untaken.")
    ] = 300.0
    drain_timeout_s: Annotated[
        float, Meta(ge=0, le=3600, description="Seconds that shutdown waits for speech to end.")
    ] = 30.0
    default_output_format: Annotated[
        str, Meta(min_length=1, description="Audio format for callers who ask for none.")
    ] = "mp3_44100_128"
    admission_share: Annotated[
        float,
        Meta(gt=0, le=1, description="Share of the measured capacity that new turns may fill."),
    ] = 0.87
    cache_dir: Annotated[Path, Meta(description="Where files that can be made again are kept.")] = (
        msgspec.field(default_factory=lambda: _cache_dir(os.environ))
    )
    speech_cache_bytes: Annotated[
        int,
        Meta(ge=0, description="Size of the cache of spoken utterances on disk; 0 for none."),
    ] = 0
    data_dir: Annotated[
        Path, Meta(description="Where keys, dictionaries and counts of use are kept.")
    ] = msgspec.field(default_factory=lambda: _data_dir(os.environ))
    database_url: Annotated[
        str,
        Meta(description="Database for them instead of a file in data_dir, as SQLAlchemy has it."),
    ] = ""
    mind_url: Annotated[
        str,
        Meta(
            description="OpenAI-compatible language model for agents that name none of their own, "
            "such as http://localhost:11434/v1; empty for the embedded one."
        ),
    ] = ""
    mind_model: Annotated[str, Meta(description="Its model, as the server at mind_url has it.")] = (
        ""
    )
    mind_api_key: Annotated[str, Meta(description="The key that it asks for.")] = ""
    mind_file: Annotated[
        str, Meta(description="GGUF file of the embedded language model; empty for the usual one.")
    ] = ""
    mind_script: Annotated[
        str,
        Meta(description="File of rules that answer instead of a language model."),
    ] = ""
    unknown_agents: Annotated[
        Literal["refuse", "default"],
        Meta(
            description="Whether an agent id nobody has is refused, or the default agent answers."
        ),
    ] = "refuse"
    keep_audio: Annotated[
        bool, Meta(description="Keep the sound of both sides of conversations.")
    ] = True
    retention_days: Annotated[
        float, Meta(ge=0, description="Days for which conversations are kept; 0 for ever.")
    ] = 30.0
    post_call_webhook_url: Annotated[
        str, Meta(description="Where the transcript of each finished conversation is posted.")
    ] = ""
    post_call_webhook_secret: Annotated[
        str, Meta(description="What those posts are signed with.")
    ] = ""
    cors_origins: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        Meta(description="Origins of the web pages that may call this server; * for all."),
    ] = ("*",)

    def __repr__(self) -> str:
        """As usual, but of secrets only the length is told: settings end up in logs."""
        shown = (
            f"{name}=<{len(value)}>" if name in _SECRETS else f"{name}={value!r}"
            for name, value in msgspec.structs.asdict(self).items()
        )
        return f"Settings({', '.join(shown)})"


class SettingHelp(msgspec.Struct, frozen=True):
    """One row of the table of settings, as text for documentation and `--help`."""

    name: str
    variable: str
    allowed: str
    default: str
    help: str


def describe_settings() -> tuple[SettingHelp, ...]:
    """The table of settings, in the order in which they are declared."""
    defaults = msgspec.structs.asdict(
        Settings(
            tls_dir=Path("~/.local/share/vivavoce/tls"),
            cache_dir=Path("~/.cache/vivavoce"),
            data_dir=Path("~/.local/share/vivavoce"),
        )
    )
    return tuple(
        SettingHelp(
            name=name,
            variable=PREFIX + name.upper(),
            allowed=allowed_values(kind),
            default=_shown_default(defaults[name]),
            help=str((kind.extra_json_schema or {})["description"]),
        )
        for name, kind in _KINDS.items()
    )


def load_settings(
    config_file: Path | None, environ: Mapping[str, str], overrides: Mapping[str, object]
) -> Settings:
    """Settings by precedence: flags, environment, file, default.

    `overrides` are the flags by setting name; None means not given. The file is TOML with the
    settings as top-level keys; without `config_file`, the one that `VIVAVOCE_CONFIG` names. Lists
    in the environment are separated by commas. Raises ConfigError.
    """
    chosen: dict[str, object] = {
        "cache_dir": _cache_dir(environ),
        "data_dir": _data_dir(environ),
        "tls_dir": _tls_dir(environ),
    }
    if config_file is None and environ.get(CONFIG_VARIABLE):
        config_file = Path(environ[CONFIG_VARIABLE])
    if config_file is not None:
        chosen |= _from_file(config_file)
    chosen |= _from_environ(environ)
    chosen |= _from_flags(overrides)
    return msgspec.convert(chosen, Settings, dec_hook=_to_path)


def check_binding(settings: Settings, has_stored_keys: Callable[[Settings], bool]) -> None:
    """Raises ConfigError when strangers could reach a server that asks for no key.

    `has_stored_keys` tells of those outside the settings; it is asked only where it matters.
    """
    if settings.api_keys or settings.allow_remote_without_keys or _is_loopback(settings.host):
        return
    if has_stored_keys(settings):
        return
    raise ConfigError(
        f"host {settings.host} can be reached from other machines, but there is no key: make one "
        "(vivavoce keys create NAME), set api_keys (VIVAVOCE_API_KEYS), or set "
        "allow_remote_without_keys = true if everyone may use the server"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _from_file(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    return {
        _known(name, str(path)): _typed(name, value, f"{path}: {name}")
        for name, value in table.items()
    }


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    chosen: dict[str, object] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in (CONFIG_VARIABLE, _CLIENTS_VARIABLE):
            continue
        name = _known(variable, "environment", PREFIX)
        is_list = isinstance(_KINDS[name].type, VarTupleType)
        value = [item.strip() for item in text.split(",") if item.strip()] if is_list else text
        chosen[name] = _typed(name, value, variable, is_text=not is_list)
    return chosen


def _from_flags(overrides: Mapping[str, object]) -> dict[str, object]:
    given = {name: value for name, value in overrides.items() if value is not None}
    return {
        _known(name, "flags"): _typed(name, value, "--" + name.replace("_", "-"))
        for name, value in given.items()
    }


def _known(name: str, source: str, prefix: str = "") -> str:
    """The setting that `name` spells: `port` by itself, `VIVAVOCE_PORT` behind a prefix."""
    setting = name.removeprefix(prefix).lower() if prefix else name
    if setting in _TYPES:
        return setting
    near = difflib.get_close_matches(setting, _TYPES, n=1)
    shown = [prefix + (known.upper() if prefix else known) for known in near or _TYPES]
    hint = f"did you mean {shown[0]}?" if near else f"there are {', '.join(shown)}"
    raise ConfigError(f"{source}: no setting is called {name}; {hint}")


def _typed(name: str, value: object, source: str, *, is_text: bool = False) -> object:
    try:
        return msgspec.convert(value, _TYPES[name], strict=not is_text, dec_hook=_to_path)
    except msgspec.ValidationError:
        said = "" if name in _SECRETS else f" cannot be {value!r};"
        raise ConfigError(f"{source}{said} allowed is {allowed_values(_KINDS[name])}") from None


def _to_path(kind: type, value: object) -> object:
    if isinstance(value, Path):
        return value
    if kind is Path and isinstance(value, str) and value:
        return Path(value).expanduser()
    raise ValueError("not a path")


def _shown_default(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}
_KINDS = {
    name: kind
    for name in _TYPES
    if isinstance(kind := msgspec.inspect.type_info(_TYPES[name]), Metadata)
}
