"""Deciding: the queue of marks, by hand and in groups, with the sound at each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from pipeline import deciding, excerpt, mark_by_hand, mark_queue
from pipeline.deciding import Outcome
from pipeline.mark_answers import Answer
from pipeline.mark_by_hand import Selected
from pipeline.mark_queue import Row
from pipeline.remembered import Remembered
from pipeline.room.accounts import Role
from pipeline.room.asked import Asked, page
from pipeline.room.pages import html, refusal
from pipeline.seat import Seat, seat
from redaction.decision import Verdict
from speakers.error import RecordError
from speakers.record import Span

REVIEWERS = frozenset({Role.REVIEWER})


def here(asked: Asked, *, settled: bool = True) -> Seat:
    """Whoever asks, before the meeting that they ask about; see `pipeline.seat.seat`."""
    approvers = asked.room.settings.approvers
    return seat(asked.live(), asked.visitor.name, approvers=approvers, settled=settled)


@page("/meetings/{meeting_id}/marks", roles=REVIEWERS)
def show(asked: Asked) -> Response:
    """The page; its marks come as an object."""
    now = here(asked, settled=False)
    people = (*now.draft.meeting.participants, *now.draft.meeting.elsewhere)
    return html(
        asked, "marks.html", id=asked.folder().id, title=now.draft.meeting.title, people=people, seat=now
    )


@page("/meetings/{meeting_id}/marks.json", roles=REVIEWERS)
def listed(asked: Asked) -> Response:
    """Every mark; only that nothing changed, for who has this version already."""
    now = here(asked, settled=False)
    if asked.one("have") == now.version:
        return JSONResponse({"version": now.version, "same": True})
    return JSONResponse(_table(asked, now))


@page("/meetings/{meeting_id}/marks", roles=REVIEWERS, methods=("POST",))
def decide(asked: Asked) -> Response:
    """Answers about marks; refused, with how they stand now, where somebody else was faster."""
    answers = tuple(_answer(values) for values in _list(asked, "answers"))
    done = deciding.answer(asked.live(), asked.visitor.name, answers, approvers=asked.room.settings.approvers)
    return _changed(asked, done)


@page("/meetings/{meeting_id}/marks/settled", roles=REVIEWERS, methods=("POST",))
def settle(asked: Asked) -> Response:
    """A second reader leaves marks as they were decided."""
    ids = tuple(str(mark_id) for mark_id in _list(asked, "marks"))
    done = deciding.give_in(asked.live(), asked.visitor.name, ids, approvers=asked.room.settings.approvers)
    return _changed(asked, done)


@page("/meetings/{meeting_id}/marks/undone", roles=REVIEWERS, methods=("POST",))
def undo(asked: Asked) -> Response:
    """Take back what whoever asks decided last."""
    done = deciding.undo(asked.live(), asked.visitor.name, approvers=asked.room.settings.approvers)
    return _changed(asked, done)


@page("/meetings/{meeting_id}/marks/elsewhere", roles=REVIEWERS)
def elsewhere(asked: Asked) -> Response:
    """Where the selected words stand unmarked; they are told by their place, never by themselves."""
    draft = here(asked).draft
    found = mark_by_hand.everywhere(draft, mark_by_hand.here(draft, _selected(asked.request.query_params)))
    return JSONResponse({"places": len(found.acts), "contexts": found.contexts})


@page("/meetings/{meeting_id}/marks/by-hand", roles=REVIEWERS, methods=("POST",))
def by_hand(asked: Asked) -> Response:
    """A mark of what was selected: here, or everywhere."""
    done = deciding.mark(
        asked.live(),
        asked.visitor.name,
        _selected(asked.said),
        places=number(asked.said, "places") if "places" in asked.said else None,
        replacement=str(asked.said.get("replacement", "")).strip(),
        approvers=asked.room.settings.approvers,
    )
    return _changed(asked, done)


@page("/meetings/{meeting_id}/excerpt.wav", roles=REVIEWERS)
def sound(asked: Asked) -> Response:
    """A stretch of the sound as it was."""
    return _wav(excerpt.private(asked.folder(), _stretch(asked)))


@page("/meetings/{meeting_id}/masked.wav", roles=REVIEWERS)
def masked(asked: Asked) -> Response:
    """The same stretch as it would be published."""
    now = here(asked)
    now.refuse_blind()
    return _wav(excerpt.public(asked.folder(), now.draft, _stretch(asked)))


def _wav(data: bytes) -> Response:
    return Response(data, media_type="audio/wav")


def _stretch(asked: Asked) -> Span:
    query = asked.request.query_params
    return excerpt.stretch(number(query, "from"), number(query, "to"))


_plain = Remembered(mark_queue.plain)


def _rows(asked: Asked, now: Seat) -> tuple[Row, ...]:
    plain = _plain.of(asked.folder().id, now.found)
    return mark_queue.rows(plain, now.draft, now.entries, now.who, now.reading)


def _table(asked: Asked, now: Seat) -> dict[str, Any]:
    found = _rows(asked, now)
    return {
        **_about(now),
        "rows": mark_queue.table(found),
        "kinds": [{"id": kind, **words._asdict()} for kind, words in mark_queue.kinds(found)],
        "people": [{"id": i, "name": name} for i, name in mark_queue.people(found)],
    }


def _about(now: Seat) -> dict[str, Any]:
    return {
        "version": now.version,
        "second": now.reading is not None,
        "blind": now.blind,
        "reasons": [] if now.blind else mark_queue.reasons(now.entries),
    }


def _changed(asked: Asked, done: Outcome) -> Response:
    """What is another way now; and what somebody else decided meanwhile, where that is why nothing was recorded."""
    before = {row.id: row for row in _rows(asked, done.before)}
    if done.overtaken:
        wanted = set(done.overtaken)
        rows = mark_queue.table(tuple(row for i, row in before.items() if i in wanted))
        said = refusal(
            "Somebody else decided this while you looked at it: nothing of yours was recorded.",
            "Look at how it stands now, then decide again.",
        )
        return JSONResponse({**said, "overtaken": rows, "gone": sorted(wanted - before.keys())}, 409)
    after = _rows(asked, done.after)
    order = [row.id for row in after]
    return JSONResponse(
        {
            **_about(done.after),
            "was": done.before.version,
            "rows": mark_queue.table(tuple(row for row in after if before.get(row.id) != row)),
            "order": None if order == list(before) else order,
        }
    )


def _list(asked: Asked, name: str) -> list[Any]:
    values = asked.said.get(name)
    if not isinstance(values, list) or not values:
        raise RecordError("Nothing was answered.", "Load the page again.")
    return values


def _answer(values: Any) -> Answer:
    match values:
        case {"mark": str(mark_id), "verdict": ("mask" | "keep" | "edit") as verdict, "seen": int(seen)}:
            reason, words = str(values.get("reason", "")), str(values.get("replacement", ""))
            return Answer(mark_id, Verdict(verdict), reason.strip(), words.strip(), seen)
    raise RecordError("An answer cannot be read.", "Load the page again.")


def _selected(values: Mapping[str, Any]) -> Selected:
    return Selected(
        str(values.get("statement", "")),
        number(values, "start"),
        number(values, "end"),
        str(values.get("subject", "")),
        str(values.get("digest", "")),
    )


def number(values: Mapping[str, Any], name: str) -> int:
    """A number that was sent.

    Raises:
        RecordError: If it is none.
    """
    try:
        return int(values.get(name, ""))
    except (TypeError, ValueError, OverflowError) as error:
        raise RecordError("A number is missing.", "Load the page again.") from error


ROUTES = (show, listed, decide, settle, undo, elsewhere, by_hand, sound, masked)
