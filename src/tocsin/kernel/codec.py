"""Events to stored text and back, by class name and version.

Law: a released (name, version) is read for ever. Old versions reach today's class through upcasters, one
step each; an unknown or newer one is refused with words, never skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from tocsin.kernel.message import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the plain body of version n into the plain body of version n + 1."""


class UnknownEvent(Exception):
    """The journal holds an event this release cannot read."""


class Codec:
    """Knows every event class of a world. Bodies are JSON (UTF-8), so that anyone can read the journal."""

    def __init__(
        self, classes: Iterable[type[Event]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None
    ) -> None:
        self.classes: dict[str, type[Event]] = {}
        for cls in classes:
            assert cls.__name__ not in self.classes, f"two events are called {cls.__name__}"
            self.classes[cls.__name__] = cls
        self._upcasters = dict(upcasters or {})
        self._decoders = {name: msgspec.json.Decoder(cls) for name, cls in self.classes.items()}
        self.encode: Callable[[Event], bytes] = msgspec.json.Encoder().encode
        """The stored body of an event."""

    def decode(self, name: str, version: int, body: bytes | str) -> Event:
        """The event stored under this name and version, brought to today's version."""
        cls = self.classes.get(name)
        if cls is None:
            raise UnknownEvent(f"event {name} v{version} is not known to this release; install a newer Tocsin")
        if version == cls.version:
            return self._decoders[name].decode(body)
        if version > cls.version:
            raise UnknownEvent(f"event {name} v{version} is newer than v{cls.version}; install a newer Tocsin")
        plain = msgspec.json.decode(body)
        for step in range(version, cls.version):
            upcaster = self._upcasters.get((name, step))
            if upcaster is None:
                raise UnknownEvent(f"event {name} v{step} has no upcaster")
            plain = upcaster(plain)
        return msgspec.convert(plain, cls)
