"""The first page: where every meeting stands."""

from __future__ import annotations

from starlette.responses import Response

from pipeline.folder import meetings
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.pages import html
from pipeline.status import details


@page("/", roles=EVERYBODY)
def first(asked: Asked) -> Response:
    """Every meeting, newest first."""
    room = asked.room
    chosen = room.settings
    rows = [
        details(folder, chosen.approvers, chosen.correction_days) for folder in reversed(meetings(room.data))
    ]
    return html(asked, "meetings.html", rows=rows)


ROUTES = (first,)
