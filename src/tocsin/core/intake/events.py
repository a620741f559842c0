"""What has happened at the doors. The storage format; also the words `Signal` and `Content` every door speaks."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.message import Event, Moment

MEMORY_DAYS = 30
"""For how many days what is over stays in memory where nobody said otherwise."""
SEVERITIES = ("critical", "high", "medium", "low", "info")
"""The one scale, worst first."""


class Content(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a firing alert says. `severity` is one of SEVERITIES, `severity_original` the sender's word.
    Two signals with equal content and key are a repeat."""

    title: str
    severity: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    url: str = ""
    severity_original: str = ""


class Signal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One item a sender told us, in our words, not yet judged.

    `key` identifies the alert within its source. `status` is `firing`, `resolved` or `acknowledged`. `at` is the
    event time the sender gave (the arrival when it gave none): of the firing, the recovery or the acknowledgement.
    `expires_at` is when a firing alert counts as resolved if it is not repeated, 0 for never.
    """

    key: str
    status: str
    at: Moment
    content: Content
    expires_at: Moment = Moment(0)


class MappingSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read any JSON. Every text is CEL over `body` (the whole document) and `item` (one element).

    `split` yields the list of items (empty: the document is the one item); `key`, `title`, `status`, `severity`,
    `time`, `url` yield text; `labels` a map. `firing`, `resolved`, `acknowledged` list the values of `status`; a value
    in none of them is an error, never a fire. `severities` maps words to the one scale, `severity_default` the rest.
    `zone` is for times without one."""

    key: str
    title: str
    status: str = ""
    firing: tuple[str, ...] = ("firing", "problem", "alerting", "critical", "down", "trigger", "1")
    resolved: tuple[str, ...] = ("resolved", "ok", "up", "normal", "recovery", "cleared", "0")
    acknowledged: tuple[str, ...] = ("acknowledged", "acknowledge")
    split: str = ""
    severity: str = ""
    severities: dict[str, str] = {}
    severity_default: str = "medium"
    time: str = ""
    zone: str = "UTC"
    labels: str = ""
    url: str = ""


class SourceSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source as configured. `door` names its protocol (one of DOORS). `labels` are added to every signal.
    For a heartbeat, `every_s` is the expected beat and `grace_s` the patience."""

    name: str
    door: str = "any"
    team: str = ""
    zone: str = "UTC"
    labels: dict[str, str] = {}
    severity_default: str = "medium"
    resolve_after_s: int = 300
    mapping: MappingSpec | None = None
    every_s: int = 0
    grace_s: int = 60


DOORS = (
    "any", "alertmanager", "alertmanager_webhook", "grafana", "pagerduty", "zabbix", "nagios", "nrdp",
    "openfalcon", "cloudevents", "heartbeat", "generic",
)  # fmt: skip
"""`any` takes every protocol that has a fixed form; `generic` needs a mapping; `heartbeat` only beats."""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change somebody made to a system: a deployment, a new configuration. `at` is when, as the sender says."""

    title: str
    at: Moment
    labels: dict[str, str] = {}
    url: str = ""


class _IntakeEvent(Event, frozen=True):
    room: ClassVar[str] = "intake"
    about: ClassVar[str] = "source"


class SourceSet(_IntakeEvent, frozen=True):
    """A source was created or changed; `revision` counts its changes from 1."""

    source: str
    revision: int
    spec: SourceSpec


class SourceRemoved(_IntakeEvent, frozen=True):
    """A source was removed; its keys are void."""

    source: str


class SourceKeySet(_IntakeEvent, frozen=True):
    """A source got a new key; only the SHA-256 is known. The previous one stays valid until `old_until`."""

    source: str
    key_hash: str
    old_until: Moment = Moment(0)


class DeadLetterKept(_IntakeEvent, frozen=True):
    """A payload could not be understood and is kept as it came (UTF-8 text, or base64 when `encoded`).
    `letter` is `DL-<n>`. `cut`: the end of a huge body is missing, so it cannot be replayed. `thin`: many came within
    the hour, so of this one only the beginning was to be kept."""

    source: str
    letter: str
    door: str
    body: str
    error: str
    content_type: str = ""
    query: str = ""
    encoded: bool = False
    cut: bool = False
    thin: bool = False


class DeadLetterClosed(_IntakeEvent, frozen=True):
    """A dead letter was replayed (`how` = `replayed`) or put away by a person (`discarded`)."""

    source: str
    letter: str
    how: str
    by: str


class BeatReceived(_IntakeEvent, frozen=True):
    """A heartbeat came; without the next before `due_at` it counts as missed (the patience is in it)."""

    source: str
    due_at: Moment


class BeatMissed(_IntakeEvent, frozen=True):
    """A heartbeat did not come in time."""

    source: str


class BeatResumed(_IntakeEvent, frozen=True):
    """A heartbeat came again after a miss, or is not expected any more."""

    source: str


class BeatAwaited(_IntakeEvent, frozen=True):
    """The house itself was away when the heartbeat was due and may have missed it; it is expected anew."""

    source: str
    due_at: Moment


class ChangeNoted(_IntakeEvent, frozen=True):
    """A sender told of a change: nothing to page about, worth knowing when something breaks soon after."""

    source: str
    change: Change


class MemorySet(Event, frozen=True):
    """Resolved alerts and incidents stay in memory for so many days; older ones are only in the journal. A setting of
    the installation, in the lowest room whose matter it is: what came in. The rooms above hear it."""

    room: ClassVar[str] = "intake"
    days: int

    def subject(self) -> str:
        return "memory"


IntakeEvent: TypeAlias = (
    SourceSet
    | SourceRemoved
    | SourceKeySet
    | DeadLetterKept
    | DeadLetterClosed
    | BeatReceived
    | BeatMissed
    | BeatResumed
    | BeatAwaited
    | ChangeNoted
    | MemorySet
)
