"""What the web needs of the shell, handed over by the composition root."""

from __future__ import annotations

import msgspec

from tocsin.shell.engine import Engine
from tocsin.shell.jobs import Jobs
from tocsin.shell.passwords import Passwords
from tocsin.shell.ports import Entropy
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry
from tocsin.shell.vault import Vault
from tocsin.shell.vitals import Vitals


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the shell the web may use."""

    engine: Engine
    settings: Settings
    vault: Vault
    passwords: Passwords
    entropy: Entropy
    telemetry: Telemetry = msgspec.field(default_factory=Telemetry)
    vitals: Vitals = msgspec.field(default_factory=Vitals)
    jobs: Jobs | None = None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by TLS, so that cookies may be `Secure`."""
        return self.settings.url.startswith("https://")
