from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.config import Settings, check_binding, describe_settings, load_settings
from vivavoce.errors import ConfigError

HOME = {"HOME": "/home/someone"}


def written(directory: Path, text: str) -> Path:
    path = directory / "vivavoce.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, environ, {})
    return str(caught.value)


def test_without_anything_the_defaults_are_those_of_a_private_server() -> None:
    settings = load_settings(None, HOME, {})
    assert (settings.host, settings.port, settings.tls) == ("127.0.0.1", 8000, False)
    assert (settings.api_keys, settings.allow_remote_without_keys) == ((), False)
    assert settings.default_output_format == "mp3_44100_128"
    assert settings.max_message_bytes == 1024 * 1024
    assert settings.cache_dir == Path("/home/someone/.cache/vivavoce")
    assert settings.tls_dir == Path("/home/someone/.local/share/vivavoce/tls")


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'port = 1\nhost = "::1"\nworkers = 1\n')
    environ = {"VIVAVOCE_PORT": "2", "VIVAVOCE_HOST": "localhost"}
    settings = load_settings(path, environ, {"port": 3, "host": None})
    assert settings.port == 3
    assert settings.host == "localhost"
    assert settings.workers == 1


def test_the_environment_names_the_file_and_a_flag_names_another(tmp_path: Path) -> None:
    named = written(tmp_path, "port = 1\n")
    other = tmp_path / "other.toml"
    other.write_text("port = 2\n", encoding="utf-8")
    environ = {"VIVAVOCE_CONFIG": str(named)}
    assert load_settings(None, environ, {}).port == 1
    assert load_settings(other, environ, {}).port == 2


def test_every_kind_of_value_can_stand_in_the_environment() -> None:
    settings = load_settings(
        None,
        {
            "VIVAVOCE_TLS": "true",
            "VIVAVOCE_PORT": "0",
            "VIVAVOCE_ADMISSION_SHARE": "0.5",
            "VIVAVOCE_LOG_FORMAT": "json",
            "VIVAVOCE_API_KEYS": "one, two,",
            "VIVAVOCE_CACHE_DIR": "/var/cache/x",
        },
        {},
    )
    assert settings.tls is True
    assert settings.port == 0
    assert settings.admission_share == 0.5
    assert settings.log_format == "json"
    assert settings.api_keys == ("one", "two")
    assert settings.cache_dir == Path("/var/cache/x")


def test_every_kind_of_value_can_stand_in_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'tls = true\napi_keys = ["one", "two"]\nsend_timeout_s = 5\ncache_dir = "/var/cache/x"\n',
    )
    settings = load_settings(path, {}, {})
    assert settings.tls is True
    assert settings.api_keys == ("one", "two")
    assert settings.send_timeout_s == 5.0
    assert settings.cache_dir == Path("/var/cache/x")


def test_the_base_directories_are_honoured_when_they_are_absolute() -> None:
    absolute = {**HOME, "XDG_CACHE_HOME": "/x/cache", "XDG_DATA_HOME": "/x/data"}
    assert load_settings(None, absolute, {}).cache_dir == Path("/x/cache/vivavoce")
    assert load_settings(None, absolute, {}).tls_dir == Path("/x/data/vivavoce/tls")
    relative = {**HOME, "XDG_CACHE_HOME": "x/cache"}
    assert load_settings(None, relative, {}).cache_dir == Path("/home/someone/.cache/vivavoce")


def test_a_value_of_the_wrong_kind_is_refused_with_its_name_its_source_and_what_is_allowed(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 'port = "eight"\n')
    with pytest.raises(ConfigError) as from_file:
        load_settings(path, {}, {})
    assert str(from_file.value) == (
        f"{path}: port cannot be 'eight'; allowed is a whole number, at least 0 and at most 65535"
    )
    assert refusal({"VIVAVOCE_LOG_LEVEL": "loud"}) == (
        "VIVAVOCE_LOG_LEVEL cannot be 'loud'; allowed is one of debug, error, info, warning"
    )
    with pytest.raises(ConfigError) as from_flag:
        load_settings(None, {}, {"max_message_bytes": 0})
    assert str(from_flag.value) == (
        "--max-message-bytes cannot be 0; allowed is a whole number, at least 1024"
    )


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("VIVAVOCE_PORT", "65536"),
        ("VIVAVOCE_PORT", "80.5"),
        ("VIVAVOCE_TLS", "maybe"),
        ("VIVAVOCE_HOST", ""),
        ("VIVAVOCE_CACHE_DIR", ""),
        ("VIVAVOCE_ADMISSION_SHARE", "0"),
        ("VIVAVOCE_ADMISSION_SHARE", "nan"),
        ("VIVAVOCE_SEND_TIMEOUT_S", "inf"),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_name(variable: str, text: str) -> None:
    assert refusal({variable: text}).startswith(f"{variable} cannot be {text!r}; allowed is ")


def test_the_file_is_read_strictly_where_the_environment_can_only_be_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tls cannot be 'true'"):
        load_settings(written(tmp_path, 'tls = "true"\n'), {}, {})


def test_an_unknown_name_is_refused_with_the_nearest_one_that_exists(tmp_path: Path) -> None:
    path = written(tmp_path, "prot = 1\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {}, {})
    assert str(caught.value) == f"{path}: no setting is called prot; did you mean port?"
    assert refusal({"VIVAVOCE_API_KEY": "k"}) == (
        "environment: no setting is called VIVAVOCE_API_KEY; did you mean VIVAVOCE_API_KEYS?"
    )


def test_the_address_that_the_clients_go_to_may_stand_in_the_environment() -> None:
    assert load_settings(None, {"VIVAVOCE_URL": "http://127.0.0.1:8000"}, {}) == load_settings(
        None, {}, {}
    )


def test_an_unknown_name_like_no_other_is_refused_with_all_there_are() -> None:
    message = refusal({"VIVAVOCE_ZZZZZZ": "1"})
    assert all(row.variable in message for row in describe_settings())


def test_variables_of_other_programs_are_left_alone() -> None:
    assert load_settings(None, {**HOME, "PORT": "1", "TLS": "true"}, {}).port == 8000


def test_a_file_that_is_missing_or_not_toml_is_refused_by_its_path(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read: No such file"):
        load_settings(missing, {}, {})
    with pytest.raises(ConfigError, match=r"vivavoce\.toml: not a TOML file: .*line 1"):
        load_settings(written(tmp_path, "port = = 1"), {}, {})


def test_no_key_is_ever_shown_in_an_error_or_a_repr(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, 'api_keys = "hunter2"\n'), {}, {})
    assert "api_keys" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(Settings(api_keys=("hunter2",)))


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none of them empty"):
        load_settings(written(tmp_path, 'api_keys = ["k", ""]\n'), {}, {})


def no_store(settings: Settings) -> bool:
    raise AssertionError("the store was asked")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_a_loopback_address_needs_no_key(host: str) -> None:
    check_binding(Settings(host=host), no_store)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "localhost.org"])
def test_an_address_that_others_reach_needs_a_key_or_a_word(host: str) -> None:
    with pytest.raises(ConfigError, match="api_keys") as caught:
        check_binding(Settings(host=host), lambda settings: False)
    assert host in str(caught.value)
    check_binding(Settings(host=host), lambda settings: settings.host == host)
    check_binding(Settings(host=host, api_keys=("k",)), no_store)
    check_binding(Settings(host=host, allow_remote_without_keys=True), no_store)


def test_the_table_describes_every_setting_with_a_default_the_environment_accepts() -> None:
    rows = describe_settings()
    assert tuple(row.name for row in rows) == Settings.__struct_fields__
    assert all(row.help.endswith(".") and row.allowed for row in rows)
    environ = {row.variable: row.default for row in rows}
    assert load_settings(None, {**HOME, **environ}, {}).max_pending_characters == 100_000
