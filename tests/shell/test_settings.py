"""Settings: who wins, what is refused in words, and where each value came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.shell.settings import Settings, SettingsError, read


def refusal(flags: dict[str, object] | None = None, **environment: str) -> str:
    """The words a wrong setting is refused with."""
    with pytest.raises(SettingsError) as refused:
        read(flags or {}, environment)
    return str(refused.value)


def file(directory: Path, text: str) -> dict[str, object]:
    """A data directory with this file, as the flag that leads there."""
    (directory / "tocsin.toml").write_text(text)
    return {"data_dir": str(directory)}


def test_without_anything_the_defaults_hold() -> None:
    configured = read({}, {})
    assert configured.settings == Settings()
    assert set(configured.origins.values()) == {"default"}


def test_file_gives_way_to_environment_and_environment_to_flags(tmp_path: Path) -> None:
    flags = file(tmp_path, 'smtp_host = "file"\nsmtp_port = 1\nlog_level = "debug"\n')
    environment = {"TOCSIN_SMTP_PORT": "2", "TOCSIN_LOG_LEVEL": "error", "PATH": "/bin"}
    configured = read(flags | {"log_level": "warning", "listen": None}, environment)
    settings = configured.settings
    assert (settings.smtp_host, settings.smtp_port, settings.log_level) == ("file", 2, "warning")
    found = {name: origin for name, origin in configured.origins.items() if origin != "default"}
    assert found == {"data_dir": "flag", "smtp_host": "file", "smtp_port": "environment", "log_level": "flag"}


def test_the_file_is_looked_for_where_the_environment_says(tmp_path: Path) -> None:
    file(tmp_path, "link_lifetime_s = 60\n")
    assert read({}, {"TOCSIN_DATA_DIR": str(tmp_path)}).settings.link_lifetime_s == 60


def test_the_environment_gives_lists_and_truth() -> None:
    environment = {"TOCSIN_OUTGOING_ALLOW": "10.0.0.0/8, fd00::/8,", "TOCSIN_METRICS_PUBLIC": "true"} | {
        "TOCSIN_TRUSTED_PROXIES": "127.0.0.1"
    }
    settings = read({}, environment).settings
    assert settings.outgoing_allow == ("10.0.0.0/8", "fd00::/8")
    assert settings.trusted_proxies == ("127.0.0.1",)
    assert settings.metrics_public


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    assert read({}, {"TOCSIN_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}).settings.smtp_password == "hush"
    words = refusal(TOCSIN_SMTP_PASSWORD_FILE=str(tmp_path / "none"))
    assert "TOCSIN_SMTP_PASSWORD_FILE names a file that cannot be read" in words


def test_only_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    assert "'smtp_host_file' (environment) is not known" in refusal(TOCSIN_SMTP_HOST_FILE=str(tmp_path))


def test_an_unknown_setting_is_named_with_its_nearest(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, "lisen = 1\n")) == "the setting 'lisen' (file) is not known; did you mean 'listen'?"
    assert refusal(TOCSIN_QWERTZ="1") == "the setting 'qwertz' (environment) is not known"


def test_what_belongs_to_the_client_is_no_setting() -> None:
    environment = {"TOCSIN_URL": "http://x", "TOCSIN_KEY": "k", "TOCSIN_OUTPUT": "json", "TOCSIN_LANG": "zh"}
    assert read({}, environment).settings == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("listen = ", "is not TOML"),
        ("smtp_port = 'many'", "a setting cannot be read"),
        ("outgoing_allow = '10.0.0.0/8'", "a setting cannot be read"),
        ("outgoing_allow = ['ten']", "outgoing_allow takes networks such as 10.1.0.0/16, not 'ten'"),
        ("trusted_proxies = ['*']", "trusted_proxies takes networks such as 10.1.0.0/16, not '*'"),
        ("listen = 'here'", "listen must be HOST:PORT"),
        ("listen = 'here:'", "listen must be HOST:PORT"),
        ("listen = '127.0.0.1:65536'", "listen must be HOST:PORT with a port up to 65535"),
        ("language = 'fr'", "language must be one of en, zh, not 'fr'"),
        ("log_format = 'xml'", "log_format must be one of auto, json, console"),
        ("log_level = 'loud'", "log_level must be one of debug, info, warning, error"),
        ("smtp_security = 'ssl'", "smtp_security must be one of none, starttls, tls"),
        ("smtp_port = 0", "smtp_port must be 1 to 65535, not 0"),
        ("body_max_bytes = 0", "body_max_bytes must be 1024 to 67108864, not 0"),
        ("snapshot_every_events = 0", "snapshot_every_events must be 1000 to"),
        ("link_lifetime_s = -1", "link_lifetime_s must be 60 to"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(file(tmp_path, text + "\n"))


def test_a_file_that_is_no_text_or_no_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "tocsin.toml").write_bytes(b"\xff\xfe")
    assert "is not TOML" in refusal({"data_dir": str(tmp_path)})
    (tmp_path / "tocsin.toml").unlink()
    (tmp_path / "tocsin.toml").mkdir()
    assert "cannot be read" in refusal({"data_dir": str(tmp_path)})


@pytest.mark.parametrize(
    ("listen", "host", "port", "url"),
    [
        ("0.0.0.0:80", "0.0.0.0", 80, "http://0.0.0.0:80"),
        ("[::1]:8080", "::1", 8080, "http://[::1]:8080"),
        (":9000", "127.0.0.1", 9000, "http://127.0.0.1:9000"),
    ],
)
def test_where_it_listens_is_read_from_one_word(listen: str, host: str, port: int, url: str) -> None:
    settings = Settings(listen=listen)
    assert (settings.host, settings.port, settings.url) == (host, port, url)


def test_links_begin_with_the_public_address_without_a_slash() -> None:
    assert Settings(public_url="https://tocsin.example/").url == "https://tocsin.example"
