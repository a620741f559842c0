"""What may be asked of items."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.items.events import ServiceSpec
from tocsin.kernel.message import Command
from tocsin.kernel.permission import CONFIGURE


class SetService(Command, frozen=True):
    """Create a service or bring one to this description."""

    needs: ClassVar[str] = CONFIGURE
    service: str
    spec: ServiceSpec


class RemoveService(Command, frozen=True):
    """Remove a service that no other service needs."""

    needs: ClassVar[str] = CONFIGURE
    service: str


ItemsCommand: TypeAlias = SetService | RemoveService
