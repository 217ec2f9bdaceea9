"""Meetings and their correction windows, over HTTP."""

from __future__ import annotations

from typing import Any

from pipeline import window as windows
from pipeline.api import Zhuzi
from pipeline.glances import beside_jobs
from pipeline.room.accounts import Role
from pipeline.room.api import bodies
from pipeline.room.api.bodies import Nothing
from pipeline.room.api.operation import operation
from pipeline.room.asked import Asked
from pipeline.room.tokens import Scope
from pipeline.seat import seat
from redaction.release import refuse
from speakers.meeting import Wish

_ONE = "/meetings/{meeting_id}"

_FOR_STAFF = ("id", "title", "stages", "state", "marks", "undecided", "window", "error", "why")
"""What of a row the room shows whoever signed in; questions and warnings are about who is protected."""

WITHIN_S = 5.0


@operation("GET", "/meetings", Scope.STATUS, command="status")
def listed(asked: Asked, _: Zhuzi, __: Nothing) -> Any:
    """Where every meeting stands; `pending` says how many are still being looked at."""
    from pipeline.folder import meetings

    found = asked.room.glances.rows(meetings(asked.room.data), within_s=WITHIN_S)
    rows = beside_jobs((row for row in found if row is not None), asked.room.work.jobs())
    return {"meetings": [_row(asked, row) for row in rows], "pending": found.count(None)}


@operation("GET", _ONE, Scope.STATUS, command="status")
def one(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Where one stands."""
    return _row(asked, api.meeting(asked.folder().id))


def _row(asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    """A row as its reader may see it; paths of the machine are nobody's business."""
    known = asked.visitor.roles & {Role.REVIEWER, Role.ADMIN}
    return {k: v for k, v in row.items() if k != "folder" and (known or k in _FOR_STAFF)}


def _seen(asked: Asked) -> str:
    """The meeting's id, for who may see what was decided of it: a second reader may not yet.

    Raises:
        NotReleasableError: If they may not.
    """
    folder = asked.folder()
    seat(asked.room.live(folder), asked.visitor.name, approvers=asked.room.settings.approvers).refuse_blind()
    return folder.id


@operation("GET", _ONE + "/record", Scope.READ, command="show")
def record(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """The private draft with its marks."""
    return api.show(_seen(asked))


@operation("GET", _ONE + "/risk", Scope.READ, command="risk")
def risk(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """What is probably still unmarked, and where to read in full."""
    return api.risk(_seen(asked))


@operation("GET", _ONE + "/suggestions", Scope.READ, command="suggestions")
def suggestions(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Corrections that names, roles and glossary suggest."""
    return api.suggestions(_seen(asked))


@operation("POST", _ONE + "/suggestions", Scope.REVIEW, command="suggestions", body=bodies.Answers)
def answer_suggestions(asked: Asked, api: Zhuzi, given: bodies.Answers) -> Any:
    """Answer some of them."""
    return api.suggestions(
        _seen(asked), asked.visitor.name, accept=given.accept, reject=given.reject, alike=given.alike
    )


@operation("POST", _ONE + "/review", Scope.REVIEW, command="review", body=bodies.Decisions)
def review(asked: Asked, api: Zhuzi, given: bodies.Decisions) -> Any:
    """Decide marks, voices and texts; it approves nothing: that is for a person to do."""
    return api.review(
        _seen(asked),
        asked.visitor.name,
        digest=given.digest,
        names=[f"{voice}={who}" for voice, who in given.names.items()],
        mergers=[f"{voice}={other}" for voice, other in given.mergers.items()],
        absent=given.absent,
        correct=[(one.statement, one.text) for one in given.correct],
        hide=[(one.statement, one.words) for one in given.hide],
        mask=given.mask,
        keep=[(one.mark, one.reason) for one in given.keep],
    )


@operation("POST", _ONE + "/release", Scope.RELEASE, status=202)
def release(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Have the public files written of exactly what people approved: a job; refused while anything is in the way."""
    folder, chosen = asked.folder(), asked.room.settings
    draft = asked.room.live(folder).draft()
    refuse(draft, approvers=chosen.approvers)
    windows.refuse(windows.of(folder), draft, chosen.correction_days)
    return api.release_later(folder.id, asked.visitor.account)


@operation("POST", _ONE + "/revoke", Scope.REVOKE, command="revoke", body=bodies.Reason)
def revoke(asked: Asked, api: Zhuzi, given: bodies.Reason) -> Any:
    """Take down what is public, and list every file that was ever released; look at `failures`."""
    taken = api.revoke(asked.folder().id, asked.visitor.name, given.reason)
    return {**taken, "withdrawn": bool(taken["withdrawn"])}


@operation("POST", _ONE + "/scan", Scope.READ, command="scan")
def scan(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Look through what is public of it for those whom it protects."""
    return api.scan_public(asked.folder().id)


@operation("GET", _ONE + "/window", Scope.WINDOW, command="window list")
def window(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """How its correction window stands, who has a link, and what participants suggested."""
    return api.window(_seen(asked))


@operation("POST", _ONE + "/window", Scope.WINDOW, command="window open", body=bodies.Opening)
def open_window(asked: Asked, api: Zhuzi, given: bodies.Opening) -> Any:
    """Open it, once somebody approved the meeting."""
    return api.open_window(_seen(asked), asked.visitor.name, days=given.days, until=given.until)


@operation("POST", _ONE + "/window/move", Scope.WINDOW, command="window move", body=bodies.Moving)
def move_window(asked: Asked, api: Zhuzi, given: bodies.Moving) -> Any:
    """Have it end on another day."""
    return api.move_window(asked.folder().id, asked.visitor.name, given.until, given.reason)


@operation("POST", _ONE + "/window/close", Scope.WINDOW, command="window close", body=bodies.Closing)
def close_window(asked: Asked, api: Zhuzi, given: bodies.Closing) -> Any:
    """Close it; before it is over, that cancels it."""
    return api.close_window(asked.folder().id, asked.visitor.name, given.reason)


@operation("POST", _ONE + "/window/links", Scope.WINDOW, command="window link", body=bodies.Invited)
def link(asked: Asked, api: Zhuzi, given: bodies.Invited) -> Any:
    """Make somebody's personal link; it is shown this once."""
    return api.link(_seen(asked), asked.visitor.name, given.participant)


@operation("POST", _ONE + "/window/unlink", Scope.WINDOW, command="window unlink", body=bodies.Invited)
def unlink(asked: Asked, api: Zhuzi, given: bodies.Invited) -> Any:
    """Revoke somebody's personal link."""
    return api.unlink(asked.folder().id, asked.visitor.name, given.participant)


@operation("POST", _ONE + "/window/answers", Scope.REVIEW, command="window answer", body=bodies.Reply)
def answer(asked: Asked, api: Zhuzi, given: bodies.Reply) -> Any:
    """Answer a participant's suggestion; they see how, and why."""
    return api.answer(
        _seen(asked),
        given.number,
        asked.visitor.name,
        given.how,
        text=given.text,
        reason=given.reason,
        wish=Wish(given.wish),
    )


ROUTES = (
    listed,
    one,
    record,
    risk,
    suggestions,
    answer_suggestions,
    review,
    release,
    revoke,
    scan,
    window,
    open_window,
    move_window,
    close_window,
    link,
    unlink,
    answer,
)
