"""The only reader of the environment and of configuration files: defaults < file < environment < flags.

Law: an unknown key is an error with the nearest known one; a secret may come from a file (`*_FILE`); the result is
frozen and knows where each value came from.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

PREFIX = "TOCSIN_"
FILE_NAME = "tocsin.toml"
PORT_MAX = 65_535


class SettingsError(Exception):
    """A setting is unknown or cannot be read; the text says which, where and how to mend it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process runs. Names are the keys of `tocsin.toml`; in the environment `TOCSIN_<NAME>`."""

    data_dir: str = "data"
    """Where the journal, snapshots and the key file live."""
    listen: str = "127.0.0.1:8080"
    """HOST:PORT to listen on; an IPv6 host stands in brackets."""
    public_url: str = ""
    """What links in messages begin with; empty: http://<listen>."""
    language: str = "en"
    """The language of messages to nobody in particular: `en` or `zh`."""
    log_level: str = "info"
    """The least important lines that are written: `debug`, `info`, `warning` or `error`."""
    log_format: str = "auto"
    """`json`, `console`, or `auto`: console on a terminal."""
    smtp_host: str = ""
    """Empty: the channel `email` is off and says so in its receipts."""
    smtp_port: int = 25
    """The mail server's port: usually 25 (`none`), 587 (`starttls`) or 465 (`tls`)."""
    smtp_from: str = "tocsin@localhost"
    """The sender of every mail; many servers take only one of their own domain."""
    smtp_user: str = ""
    """The name to log in with at the mail server; empty: no log-in."""
    smtp_password: str = ""
    """The password to log in with; better kept in a file named by `TOCSIN_SMTP_PASSWORD_FILE`."""
    smtp_security: str = "none"
    """How the way to the mail server is kept private: `none`, `starttls` or `tls`."""
    outgoing_allow: tuple[str, ...] = ()
    """Networks (CIDR) outgoing webhooks may reach although they are private; empty: none."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) of the proxies in front whose `X-Forwarded-For` says who calls; empty: nobody's is believed."""
    body_max_bytes: int = 4_194_304
    """The largest body of a request; a larger one is answered 413, and so is what unpacks to more than 32 MB."""
    snapshot_every_events: int = 200_000
    """How many new events make a new snapshot worth its work; a start reads the last snapshot and the events since."""
    link_lifetime_s: int = 86_400
    """How long a signed link in a page may act."""
    drain_delay_s: int = 0
    """How long a stopping process still takes requests while `/-/ready` answers 503, so that a load balancer sends no
    more before the door closes; 0 where nothing stands in front."""
    metrics_public: bool = False
    """Whether /metrics answers without a key."""

    @property
    def host(self) -> str:
        """The address to listen on."""
        return self.listen.rpartition(":")[0].strip("[]") or "127.0.0.1"

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.listen.rpartition(":")[2])

    @property
    def url(self) -> str:
        """What links begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    def path(self, name: str) -> Path:
        """A file of the installation."""
        return Path(self.data_dir) / name


SECRET_NAMES = ("smtp_password",)
NETWORKS = ("outgoing_allow", "trusted_proxies")
LIMITS = {
    "smtp_port": (1, PORT_MAX),
    "body_max_bytes": (1_024, 67_108_864),
    "snapshot_every_events": (1_000, 100_000_000),
    "link_lifetime_s": (60, 2_592_000),
    "drain_delay_s": (0, 300),
}
"""The least and the most of each number: below, nothing works; above, memory or a lost link is at risk."""


class Configured(msgspec.Struct, frozen=True):
    """The settings and the origin of each: `default`, `file`, `environment` or `flag`."""

    settings: Settings
    origins: dict[str, str]


def read(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Configured:
    """The settings of this process. `flags` are those given on the command line. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    origins = dict.fromkeys(Settings.__struct_fields__, "default")
    given = {name: value for name, value in flags.items() if value is not None}
    layers = (("environment", _from_environment(environment)), ("flag", given))
    data_dir = next((str(layer["data_dir"]) for _, layer in reversed(layers) if "data_dir" in layer), "data")
    for origin, layer in (("file", _from_file(Path(data_dir) / FILE_NAME)), *layers):
        for name, value in layer.items():
            _known(name, origin)
            values[name] = value
            origins[name] = origin
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a setting cannot be read: {error}") from None
    _check(settings)
    return Configured(settings, origins)


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, text in environment.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX).lower()
        if name.endswith("_file") and name.removesuffix("_file") in SECRET_NAMES:
            found[name.removesuffix("_file")] = _secret(key, Path(text))
        elif name in NETWORKS:
            found[name] = tuple(part.strip() for part in text.split(",") if part.strip())
        elif name not in CLIENT_NAMES:
            found[name] = text
    return found


def _secret(key: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{key} names a file that cannot be read: {error}") from None


CLIENT_NAMES = ("url", "key", "output", "lang")
"""`TOCSIN_URL`, `TOCSIN_KEY`, `TOCSIN_OUTPUT`, `TOCSIN_LANG` belong to the client side of the command line."""


def _from_file(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None


def _known(name: str, origin: str) -> None:
    if name in Settings.__struct_fields__:
        return
    near = difflib.get_close_matches(name, Settings.__struct_fields__, 1)
    if near:
        raise SettingsError(f"the setting {name!r} ({origin}) is not known; did you mean {near[0]!r}?")
    raise SettingsError(f"the setting {name!r} ({origin}) is not known")


def _check(settings: Settings) -> None:
    _, colon, port = settings.listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > PORT_MAX:
        raise SettingsError(f"listen must be HOST:PORT with a port up to {PORT_MAX}, not {settings.listen!r}")
    for name in NETWORKS:
        for network in getattr(settings, name):
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError:
                raise SettingsError(f"{name} takes networks such as 10.1.0.0/16, not {network!r}") from None
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingsError(f"{name} must be {least} to {most}, not {getattr(settings, name)!r}")
    for name, allowed in (
        ("language", ("en", "zh")),
        ("log_format", ("auto", "json", "console")),
        ("log_level", ("debug", "info", "warning", "error")),
        ("smtp_security", ("none", "starttls", "tls")),
    ):
        if getattr(settings, name) not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {getattr(settings, name)!r}")
