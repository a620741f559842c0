"""What has happened to items: services, who owns them, what they depend on. The storage format."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.message import Event

IMPACTS = ("high", "medium", "low")


class ServiceSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service as configured. `team` owns it; `impact` is how much the business feels its loss
    (`high`, `medium`, `low`); `depends_on` are ids of services; `calendar` its support hours, empty for always."""

    name: str
    team: str = ""
    description: str = ""
    impact: str = "medium"
    depends_on: tuple[str, ...] = ()
    runbook: str = ""
    calendar: str = ""


class ServiceSet(Event, frozen=True):
    """A service was created or changed."""

    room: ClassVar[str] = "items"
    about: ClassVar[str] = "service"
    service: str
    spec: ServiceSpec


class ServiceRemoved(Event, frozen=True):
    """A service was removed."""

    room: ClassVar[str] = "items"
    about: ClassVar[str] = "service"
    service: str


ItemsEvent: TypeAlias = ServiceSet | ServiceRemoved
