"""A first installation: one administrator, one source, and a ladder that leads to the administrator.

Law: whatever arrives from the first minute on pages somebody.
"""

from __future__ import annotations

import hashlib
import zlib

import msgspec

from tocsin.core.intake.commands import SetSource
from tocsin.core.intake.events import SourceSpec
from tocsin.core.oncall.commands import SetLadder
from tocsin.core.oncall.events import LadderSpec, Step, Target
from tocsin.core.people.commands import AddKey, SetTeam, SetUser
from tocsin.core.people.events import TeamSpec, UserSpec
from tocsin.kernel.message import Command, Moment, Rejected
from tocsin.kernel.moment import DAY_MS, HOUR_MS
from tocsin.shell.engine import Engine
from tocsin.shell.ports import Entropy
from tocsin.shell.vault import SetupLink, Vault

ADMIN = "admin"
SOURCE = "default"
LADDER = "default"
TEAM = "operations"
SETUP_LINK_LIFETIME_MS = 7 * DAY_MS
RESET_LINK_LIFETIME_MS = HOUR_MS


class Installation(msgspec.Struct, frozen=True):
    """What a first run hands out, once."""

    admin_user: str
    admin_key: str
    source: str
    source_key: str
    setup_path: str


def is_new(engine: Engine) -> bool:
    """Whether nothing was ever journaled here."""
    return engine.seq == 0


async def install(engine: Engine, vault: Vault, entropy: Entropy) -> Installation:
    """Make the first installation of an empty journal."""
    assert is_new(engine), "there is an installation already"
    admin_key, source_key = make_key("tocsin", entropy), make_key("src", entropy)
    steps: tuple[Command, ...] = (
        SetUser(ADMIN, UserSpec(name="Administrator", role="admin")),
        AddKey(ADMIN, "first", "made at installation", hash_key(admin_key)),
        SetTeam(TEAM, TeamSpec(name="Operations", members=(ADMIN,))),
        SetLadder(LADDER, LadderSpec(name="Default", steps=(Step((Target("team", TEAM),)),))),
        SetSource(SOURCE, SourceSpec(name="Default"), hash_key(source_key)),
    )
    for command in steps:
        decision = await engine.submit(command, "init")
        if isinstance(decision, Rejected):
            raise AssertionError(f"{command} was refused: {decision}")
    setup_path = make_setup_path(ADMIN, vault, entropy, engine.clock.now(), SETUP_LINK_LIFETIME_MS)
    return Installation(ADMIN, admin_key, SOURCE, source_key, setup_path)


def make_setup_path(user: str, vault: Vault, entropy: Entropy, at: Moment, lifetime_ms: int) -> str:
    """The path under which this user may set a password, once. Whoever reads the key file may make one."""
    return f"/setup/{vault.sign(SetupLink(user, entropy.token(), Moment(at + lifetime_ms), at))}"


def make_key(prefix: str, entropy: Entropy) -> str:
    """A key people can recognise: `<prefix>_<random>_<crc>`; the checksum shows typing errors before asking."""
    body = f"{prefix}_{entropy.token().replace('-', 'A').replace('_', 'B')}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def hash_key(key: str) -> str:
    """What is kept of a key: SHA-256, in hex. Keys are 256 bits of chance, so a slow hash adds nothing."""
    return hashlib.sha256(key.encode()).hexdigest()
