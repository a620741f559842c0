"""The house's own plain doors: health, readiness and metrics (Prometheus management API names)."""

from __future__ import annotations

from tocsin.kernel.permission import READ
from tocsin.shell.engine import Engine
from tocsin.shell.gateway import replies
from tocsin.shell.gateway.wire import TEXT, Reply, Scope
from tocsin.shell.keys import Keys
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry


class HouseDoors:
    """Answers `/-/healthy`, `/-/ready` and `/metrics`."""

    def __init__(self, engine: Engine, settings: Settings, telemetry: Telemetry) -> None:
        self._engine = engine
        self._keys = Keys(engine)
        self._settings = settings
        self._telemetry = telemetry
        self.is_leaving = False

    async def take(self, scope: Scope) -> Reply:
        """One request."""
        if scope["method"] not in {"GET", "HEAD"}:
            return replies.problem(405, "method not allowed", "use GET or HEAD", headers=((b"allow", b"GET, HEAD"),))
        match scope["path"]:
            case "/-/healthy":
                return Reply(200, b"OK", TEXT)
            case "/-/ready":
                if self._engine.failed is not None:
                    return Reply(503, b"the engine has stopped", TEXT)
                return Reply(503, b"stopping", TEXT) if self.is_leaving else Reply(200, b"OK", TEXT)
            case "/metrics":
                return self._metrics(scope)
            case path:
                return replies.problem(404, "not found", f"there is nothing at {path}")

    def _metrics(self, scope: Scope) -> Reply:
        if not self._settings.metrics_public and not self._may_read(scope):
            return replies.problem(
                401,
                "unauthorized",
                "show an API key as bearer token, or set metrics_public = true",
                headers=((b"www-authenticate", b"Bearer"),),
            )
        return Reply(200, self._telemetry.exposition(), b"text/plain; version=0.0.4; charset=utf-8")

    def _may_read(self, scope: Scope) -> bool:
        shown = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        token = shown.partition(" ")[2].strip()
        found = self._keys.shown(token)
        return found is not None and READ in self._engine.look.people.permissions_of(f"key:{found.id}")
