"""Listening, reading and correcting: the page of one meeting, and what it fetches. Private throughout."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.responses import FileResponse, JSONResponse, Response

from pipeline import chinese, corrections, history, second_reader, suggestions, who
from pipeline.corrections import Stale
from pipeline.reader import ROWS, Look, pieces, reader
from pipeline.remembered import Remembered
from pipeline.review import questions
from pipeline.room.accounts import Role
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.pages import html, refusal
from pipeline.run import SOUND
from pipeline.search import search
from pipeline.status import details
from pipeline.waveform import waveform
from redaction.decision import to_json
from redaction.ledger import Entry
from speakers.error import NotFoundError

READERS = frozenset({Role.REVIEWER, Role.ADMIN})
"""Who may see and hear what is private."""

_APART = frozenset({"text", "hidden"})
"""Of an act: what stands in `after` already, and what others decided of marks, which a second reader must not know."""

FIRST = 30
"""Statements in the page itself: readable at once, and without a script."""


_suggested = Remembered(suggestions.written)


@page("/meetings/{meeting_id}", roles=EVERYBODY)
def meeting(asked: Asked) -> Response:
    """The record with its sound; for staff, and while it is being made, only how far it is."""
    folder = asked.folder()
    heard = folder.manifest()["stages"].get("attribute", {}).get("finished")
    if not asked.visitor.roles & READERS or not heard:
        chosen = asked.room.settings
        row = details(folder, chosen.approvers, chosen.correction_days, asked.live().draft)
        return html(asked, "meeting_status.html", id=folder.id, row=row, heard=bool(heard))
    look = _look(asked)
    ids = look.ids(asked.one("from"), FIRST)
    order = list(look.shown)
    start = order.index(ids[0]) if ids else 0
    return html(
        asked,
        "meeting.html",
        id=folder.id,
        title=look.draft.meeting.title,
        rows=[{**row, "pieces": pieces(row)} for row in look.rows(ids)],
        voices=look.voices(),
        start=start,
        count=len(order),
        before=order[max(0, start - FIRST)] if start else "",
        next=order[start + FIRST] if start + FIRST < len(order) else "",
        airtimes=look.airtimes,
        together=look.overlaps,
        silences=look.silences,
        duration=look.record.diarization.duration,
    )


@page("/meetings/{meeting_id}/outline", roles=READERS)
def outline(asked: Asked) -> Response:
    """Every statement as a short row, and the voices."""
    look = _look(asked)
    return JSONResponse({**look.outline(), **_steps(look, asked)})


@page("/meetings/{meeting_id}/statements", roles=READERS)
def statements(asked: Asked) -> Response:
    """Some statements, with their words."""
    look = _look(asked)
    count = asked.one("count", str(ROWS))
    wanted = int(count) if count.isdecimal() and len(count) < 6 else ROWS
    return JSONResponse({"version": look.version, "rows": look.window(asked.one("from"), wanted)})


@page("/meetings/{meeting_id}/changes", roles=READERS)
def changes(asked: Asked) -> Response:
    """What changed since a version that the page has."""
    look = _look(asked)
    said = look.since(asked.one("since"))
    return JSONResponse({**said, **_steps(look, asked)})


@page("/meetings/{meeting_id}/picture", roles=READERS)
def picture(asked: Asked) -> Response:
    """Who speaks when, and when nobody does; in milliseconds."""
    look = _look(asked)
    turns = look.record.diarization.overlapping or look.record.diarization.exclusive
    return JSONResponse(
        {
            "turns": [[t.speaker, t.span.start, t.span.end] for t in turns],
            "silences": [[s.start, s.end] for s in look.silences],
        }
    )


@page("/meetings/{meeting_id}/waveform", roles=READERS)
def peaks(asked: Asked) -> Response:
    """A byte for every 50 ms of the sound."""
    return Response(waveform(asked.folder()), media_type="application/octet-stream")


@page("/meetings/{meeting_id}/sound", roles=READERS)
def sound(asked: Asked) -> Response:
    """The sound that the models heard, all of it or a range."""
    path = asked.folder().root / SOUND
    if not path.is_file():
        raise NotFoundError("This meeting has no sound yet.", "Wait until it is decoded.")
    return FileResponse(path, media_type="audio/wav")


@page("/meetings/{meeting_id}/search", roles=READERS, methods=("POST",))
def find(asked: Asked) -> Response:
    """Where a text stands. Asked for by POST, so that no address holds a name; it changes nothing."""
    look = _look(asked)
    hits = search(look.record.statements, str(asked.said.get("text", "")))
    return JSONResponse({"version": look.version, "count": hits.count, "places": hits.places})


@page("/meetings/{meeting_id}/suggestions", roles=READERS)
def suggested(asked: Asked) -> Response:
    """Corrections that nobody answered, the likeliest first; only that nothing changed, for who has these already."""
    found = _suggested.of(asked.folder().id, _look(asked).draft)
    if asked.one("have") == found.version:
        return JSONResponse({"version": found.version, "same": True})
    return Response(found.body, media_type="application/json")


@page("/meetings/{meeting_id}/voices", roles=READERS)
def voices(asked: Asked) -> Response:
    """Who could be whom, with all that speaks for it and against it, and what is still open."""
    look = _look(asked)
    draft = look.draft
    return JSONResponse(
        {
            "evidence": who.evidence(draft, look.speakers),
            "times": [asdict(a) for a in look.airtimes],
            "people": who.people(draft),
            "typed": {voice: name for voice in look.speakers if (name := who.typed(draft, voice))},
            "questions": [chinese.in_the_room(question)._asdict() for question in questions(draft)],
        }
    )


@page("/meetings/{meeting_id}/history", roles=READERS)
def past(asked: Asked) -> Response:
    """Who changed what and when: of one statement, or of the meeting, the newest first."""
    live, statement = asked.live(), asked.one("statement")
    reviewed = live.heard()
    heard = reviewed.statement(statement)
    found = history.changes(reviewed, live.entries(), statement)
    return JSONResponse(
        {
            "heard": heard.text if heard else None,
            "changes": [
                {
                    **_entry(c.entry),
                    "statements": c.statements,
                    "before": c.before,
                    "after": c.after,
                    "counts": c.counts,
                    "act": {k: v for k, v in to_json(c.entry.act).items() if k not in _APART},
                }
                for c in reversed(found[-500:])
            ],
        }
    )


@page("/meetings/{meeting_id}/acts", roles=READERS, methods=("POST",))
def act(asked: Asked) -> Response:
    """Change something; what is not any more as it was seen is shown instead."""
    live = asked.live()
    look = reader(live).look()
    draft = live.draft() if corrections.about_voices(asked.said) else look.draft
    acts = corrections.acts_of(asked.said, draft, look.statements, look.entries, asked.visitor.name)
    if isinstance(acts, Stale):
        return JSONResponse(_conflict(_look(asked), acts), 409)
    if acts:
        live.decide(asked.visitor.name, acts, seen=draft)
    look = _look(asked)
    since = str(asked.said.get("since", ""))
    return JSONResponse({**look.since(since), **_steps(look, asked)})


def _look(asked: Asked) -> Look:
    """The meeting as whoever asks may see it."""
    look = reader(asked.live()).look()
    visitor, approvers = asked.visitor, asked.room.settings.approvers
    if Role.REVIEWER not in visitor.roles:
        return look
    blind = second_reader.is_blind(look.draft, look.entries, visitor.name, approvers=approvers)
    return look.blinded if blind else look


def _steps(look: Look, asked: Asked) -> dict[str, Any]:
    """What this person could take back, and bring back."""
    name = asked.visitor.name
    back, forward = history.back(look.entries, name), history.forward(look.entries, name)
    return {
        "undo": _entry(back.of) if back else None,
        "redo": _entry(forward.of) if forward else None,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "who": entry.who,
        "how": entry.how,
        "kind": type(entry.act).__name__.lower(),
        "statement": next(iter(history.touched(entry.act)), ""),
        "by_hand": entry.how in history.BY_HAND,
    }


def _conflict(look: Look, stale: Stale) -> dict[str, Any]:
    """What is there now in place of what was seen, and who made it so."""
    rows = look.rows([stale.statement_id])
    last = next(
        (e for e in reversed(look.entries) if stale.statement_id in history.touched(e.act)),
        None,
    )
    return {
        **refusal(
            "Somebody else changed this while you looked at it.",
            "Look at both, then choose; nothing was recorded.",
        ),
        "conflict": {
            "statement": stale.statement_id,
            "voice": stale.voice,
            "now": rows[0] if rows else None,
            "by": _entry(last) if last else None,
        },
        "voices": look.voices(),
    }


ROUTES = (
    meeting,
    outline,
    statements,
    changes,
    picture,
    peaks,
    sound,
    find,
    suggested,
    voices,
    past,
    act,
)
