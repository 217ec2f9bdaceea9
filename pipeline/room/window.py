"""The reviewers' side of the correction window: open it, make links, answer suggestions."""

from __future__ import annotations

import datetime

from starlette.responses import RedirectResponse, Response

from pipeline import answers, mail, register, window_steps, workdays
from pipeline import window as windows
from pipeline.inviting import invite
from pipeline.room.asked import Asked, page
from pipeline.room.marks import REVIEWERS, here
from pipeline.room.pages import html
from pipeline.window_list import people
from redaction.draft import Draft
from redaction.release import unfit
from speakers.error import RecordError
from speakers.meeting import Wish


@page("/meetings/{meeting_id}/window", roles=REVIEWERS)
def show(asked: Asked) -> Response:
    """How the window stands, who has a link, and what waits for an answer."""
    folder, draft = asked.folder(), _seen(asked)
    window, chosen = windows.of(folder), asked.room.settings
    considered = answers.considered(draft, window.suggestions if window else ())
    return html(
        asked,
        "window.html",
        id=folder.id,
        title=draft.meeting.title,
        window=window,
        row=windows.row(window, draft, chosen.correction_days),
        open=window is not None and window.takes(workdays.now()),
        ready=bool(draft.approvals) and not unfit(draft),
        people=people(window, draft),
        waiting=[one for one in considered if one.suggestion.answer is None],
        answered=[one for one in considered if one.suggestion.answer is not None],
        mails=mail.server() is not None,
    )


@page("/meetings/{meeting_id}/window/open", roles=REVIEWERS, methods=("POST",))
def open_(asked: Asked) -> Response:
    """Open it, and make the first links."""
    folder, draft = asked.folder(), _seen(asked)
    until = _date(asked.typed("until")) if asked.typed("until") else None
    window_steps.open_(folder, draft, asked.visitor.name, days=_number(asked.typed("days")), until=until)
    return _invited(asked) if asked.several("who") else _back(asked)


@page("/meetings/{meeting_id}/window/links", roles=REVIEWERS, methods=("POST",))
def links(asked: Asked) -> Response:
    """Make links for those who were chosen; they are shown this once."""
    return _invited(asked)


@page("/meetings/{meeting_id}/window/unlink", roles=REVIEWERS, methods=("POST",))
def unlink(asked: Asked) -> Response:
    """Revoke somebody's link."""
    folder, draft = asked.folder(), asked.live().draft()
    window_steps.unlink(folder, asked.visitor.name, window_steps.participant_of(draft, asked.typed("person")))
    return _back(asked)


@page("/meetings/{meeting_id}/window/move", roles=REVIEWERS, methods=("POST",))
def move(asked: Asked) -> Response:
    """Have it end on another day."""
    last = _date(asked.typed("until"))
    window_steps.move(asked.folder(), asked.visitor.name, last, asked.typed("reason"))
    return _back(asked)


@page("/meetings/{meeting_id}/window/close", roles=REVIEWERS, methods=("POST",))
def close(asked: Asked) -> Response:
    """Close it."""
    window_steps.close(asked.folder(), asked.live().draft(), asked.visitor.name, asked.typed("reason"))
    return _back(asked)


@page("/meetings/{meeting_id}/window/answer", roles=REVIEWERS, methods=("POST",))
def answer(asked: Asked) -> Response:
    """Accept a suggestion, say that it was followed by hand, or refuse it."""
    folder, who, number = asked.folder(), asked.visitor.name, _number(asked.typed("number"))
    match asked.typed("answer"):
        case "accept":
            _accepted(asked, number)
        case "done":
            answers.noted(folder, number, who, asked.typed("reason"))
        case "refuse":
            answers.refuse(folder, number, who, asked.typed("reason"))
        case _:
            raise RecordError("Nobody knows that answer.", "Load the page again.")
    return _back(asked)


def _seen(asked: Asked) -> Draft:
    """The draft, for who may know what was decided: suggestions and links show it."""
    now = here(asked)
    now.refuse_blind()
    return now.draft


def _accepted(asked: Asked, number: int) -> None:
    live, who = asked.live(), asked.visitor.name
    answers.accept(
        live.folder,
        live.draft(),
        number,
        who,
        decide=lambda acts, how: live.decide(who, acts, how=how),
        register=register.of(asked.room.data),
        seen=asked.typed("seen"),
        text=asked.typed("text").replace("\r\n", "\n"),
        wish=_wish(asked.typed("wish")),
    )


def _invited(asked: Asked) -> Response:
    folder, draft = asked.folder(), _seen(asked)
    made = invite(
        folder,
        draft,
        asked.visitor.name,
        asked.several("who"),
        room=asked.here,
        again=asked.typed("letter") == "reminder",
        to={name.removeprefix("to-"): to for name, to in asked.fields if name.startswith("to-")},
        through=mail.server(),
    )
    return html(
        asked,
        "window_links.html",
        id=folder.id,
        title=draft.meeting.title,
        made=made,
        here_only=asked.here_only,
    )


def _back(asked: Asked) -> Response:
    return RedirectResponse(f"/meetings/{asked.request.path_params['meeting_id']}/window", status_code=303)


def _number(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise RecordError("That is no number.", "Write it in digits.")
    return int(given)


def _date(given: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        raise RecordError("That is no date.", "Write it as 2026-12-04.") from None


def _wish(given: str) -> Wish:
    return Wish.UNNAMED if given == Wish.UNNAMED else Wish.ANONYMOUS


ROUTES = (show, open_, links, unlink, move, close, answer)
