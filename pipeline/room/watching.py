"""Whether the room answers, whether it can work, and its figures: for those who watch over machines."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from pipeline.outside.metrics import CONTENT_TYPE
from pipeline.room.asked import Asked, page
from pipeline.room.tokens import ROLES, Scope


@page("/healthz", roles=None)
def alive(asked: Asked) -> Response:
    """That this process answers."""
    del asked
    return JSONResponse({"ok": True})


@page("/readyz", roles=None)
def ready(asked: Asked) -> Response:
    """What works and what does not, by name; 503 if anything does not."""
    checks = asked.room.readiness()
    return JSONResponse({"ok": all(checks.values()), "checks": checks}, 200 if all(checks.values()) else 503)


@page("/metrics", roles=ROLES[Scope.STATUS], scope=Scope.STATUS)
def metrics(asked: Asked) -> Response:
    """Every figure, as Prometheus reads it."""
    return Response(asked.room.metrics.text(), media_type=CONTENT_TYPE)


ROUTES = (alive, ready, metrics)
