"""What is sealed opens only here; what is signed says what was signed, and nothing else."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import msgspec
import pytest

from tocsin.kernel.message import Moment
from tocsin.shell.vault import IncidentLink, SetupLink, Vault, VaultBroken

KEY = b"a key for tests, thirty-two long"
LINK = IncidentLink("INC-1", "ann", Moment(1_790_000_000_000))


class Older(msgspec.Struct, frozen=True):
    """What an incident link was in a release that did not know whom it was for."""

    incident: str


Older.__name__ = "IncidentLink"


def test_a_sealed_text_opens_with_its_key_and_no_other() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("https://hooks.example/秘密")
    assert "秘密" not in sealed and "hooks" not in sealed
    assert vault.seal("same") != vault.seal("same")
    assert Vault(KEY).open(sealed) == "https://hooks.example/秘密"
    with pytest.raises(VaultBroken):
        Vault(b"another key, just as long as that").open(sealed)
    with pytest.raises(VaultBroken):
        vault.open("no sealed text")


def test_a_signed_fact_is_read_again() -> None:
    token = Vault(KEY).sign(LINK)
    assert Vault(KEY).verify(token, IncidentLink) == LINK
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum(), "it goes into a link as it is"


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "=.=", "é.é", "." * 5_000, "e30.e30"])
def test_what_was_not_made_here_is_nothing(token: str) -> None:
    assert Vault(KEY).verify(token, IncidentLink) is None


def test_a_token_changed_anywhere_is_nothing() -> None:
    vault = Vault(KEY)
    token = vault.sign(LINK)
    other = "B" if token[4] == "A" else "A"
    assert vault.verify(token[:4] + other + token[5:], IncidentLink) is None
    assert vault.verify(token[:-2], IncidentLink) is None
    assert Vault(b"another key, just as long as that").verify(token, IncidentLink) is None


def test_a_link_of_one_kind_is_none_of_another() -> None:
    vault = Vault(KEY)
    assert vault.verify(vault.sign(SetupLink("ann", "n", Moment(1), Moment(0))), IncidentLink) is None
    assert vault.verify(vault.sign(LINK), SetupLink) is None


def test_a_token_of_an_older_shape_is_nothing_rather_than_a_fault() -> None:
    vault = Vault(KEY)
    assert vault.verify(vault.sign(Older("INC-1")), IncidentLink) is None


def test_a_webhook_secret_is_the_contacts_own_and_stays() -> None:
    secret = Vault(KEY).webhook_secret("c1")
    assert secret == Vault(KEY).webhook_secret("c1")
    assert secret != Vault(KEY).webhook_secret("c2")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    sealed = Vault.at(path).seal("text")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Vault.at(path).open(sealed) == "text"


@pytest.mark.parametrize("body", [b"", b"c2hvcnQ=", b"no base64 at all!", base64.b64encode(b"x" * 33)])
def test_a_file_that_holds_no_key_is_refused_and_left_as_it_is(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(body)
    with pytest.raises(VaultBroken, match="does not hold a key; restore it from the backup"):
        Vault.at(path)
    assert path.read_bytes() == body
