"""What is known of an incident beyond its title: for pages on a phone, and for pages in a browser.

Law: the person who opened it is asked first, then its service, then its oldest open alert; a link is one a browser may
follow, or nothing.
"""

from __future__ import annotations

from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.views import Incident
from tocsin.core.world import Views

DESCRIPTION_MAX = 1_000
"""Characters that still are a brief, not a report."""


def description_of(look: Views, incident: Incident) -> str:
    """What the person who opened it wrote, else what its oldest open alert says beyond its title."""
    return incident.details or _annotation(look, incident, "description")[:DESCRIPTION_MAX]


def runbook_of(look: Views, incident: Incident) -> str:
    """Where to read what to do: the service's runbook, else that of its oldest open alert."""
    service = look.items.service(incident.service) if incident.service else None
    return safe_link(service.spec.runbook if service else "") or safe_link(_annotation(look, incident, "runbook_url"))


def dashboard_of(look: Views, incident: Incident) -> str:
    """Where its curves are drawn, as its oldest open alert says."""
    return safe_link(_annotation(look, incident, "dashboard_url"))


def source_of(look: Views, incident: Incident) -> str:
    """Where its sender shows its oldest open alert."""
    alert = _oldest(look, incident)
    return safe_link(alert.content.url) if alert is not None else ""


def safe_link(url: str) -> str:
    """The link if a browser may follow it, else nothing: `javascript:` is a link too."""
    return url if url.startswith(("https://", "http://")) else ""


def _annotation(look: Views, incident: Incident, name: str) -> str:
    alert = _oldest(look, incident)
    return alert.content.annotations.get(name, "") if alert is not None else ""


def _oldest(look: Views, incident: Incident) -> Alert | None:
    number = next((number for number, one in incident.alerts.items() if not one.is_over), 0)
    return look.alerts.alert(number)
