"""Who did what, for admins."""

from __future__ import annotations

from starlette.responses import Response

from pipeline.audit import deed_of, outcome_of, shown, verify
from pipeline.room.asked import Asked, page
from pipeline.room.pages import html
from pipeline.room.people import ADMINS
from speakers.error import RecordError


@page("/audit", roles=ADMINS)
def show(asked: Asked) -> Response:
    """The newest lines, of somebody or of a meeting where that is asked for."""
    before = asked.one("before")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 16):
        raise RecordError("There is no such page of the audit.", "Begin with its first page.")
    who, meeting = asked.one("who"), asked.one("meeting").strip()
    found = shown(asked.room.data, who=who, meeting=meeting, before=int(before) if before else None)
    people = asked.room.accounts.everybody()
    lines = [(line, deed_of(line), outcome_of(line)) for line in found.lines]
    return html(
        asked, "audit.html", lines=lines, earlier=found.earlier, people=people, chosen=who, meeting=meeting
    )


@page("/audit/verify", roles=ADMINS)
def check(asked: Asked) -> Response:
    """Whether the audit and every ledger is whole; reading changes nothing."""
    verdicts = verify(asked.room.data)
    return html(asked, "audit_verified.html", verdicts=verdicts)


ROUTES = (show, check)
