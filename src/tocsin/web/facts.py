"""Events for readers: as they are stored, without secrets. Instants are milliseconds, as in the journal."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin.kernel.message import Event

SECRETS = frozenset({"address", "body", "code_hash", "code_sealed", "key_hash", "password_hash", "query", "token_hash"})
"""Fields that are secrets, their hashes, or foreign payloads that may hold some."""
PRIVATE_ROOMS = ("people", "kernel")
"""Rooms whose facts are for administrators."""


def facts(event: Event) -> dict[str, Any]:
    """The event's fields, secrets left out."""
    return open_facts(msgspec.to_builtins(event))


def is_private(event: Event) -> bool:
    """Whether its facts are for administrators: of private rooms, and what a person has set for themselves."""
    return event.room in PRIVATE_ROOMS or event.about == "user"


def open_facts(body: dict[str, Any]) -> dict[str, Any]:
    """A stored body, secrets left out."""
    return {name: value for name, value in body.items() if name not in SECRETS}
