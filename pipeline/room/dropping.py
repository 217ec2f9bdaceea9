"""Dropping a recording, with the form for what is known about it; and the same form of a meeting that is there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline import brought, drop, roster
from pipeline.form import AGENDA, BROUGHT, LINK, MICROPHONE, PERSON, Field, field_of, fields_of, rows, text_of
from pipeline.jobs.copies import microphone
from pipeline.room.accounts import Role
from pipeline.room.asked import Asked, page
from pipeline.room.outcome import status_of
from pipeline.room.pages import html, said_of
from pipeline.room.uploading import DROPPERS
from speakers.error import MeetingError, RecordError, ZhuziError

_UPLOAD = re.compile("[0-9a-f]{32}")


@page("/drop", roles=DROPPERS)
def show(asked: Asked) -> Response:
    """Where recordings are dropped."""
    return _form(asked, "drop.html", ())


@page("/drop", roles=DROPPERS, methods=("POST",))
def hand_over(asked: Asked) -> Response:
    """Take what was dropped and typed, or say what is wrong with it; nothing typed is lost."""
    fields, microphones = asked.fields, []
    if asked.one("act"):
        return _more(asked, "drop.html")
    renamed: list[Field] = []
    for name, value in fields:
        if name == "microphone-file" and value:
            if not _UPLOAD.fullmatch(value):
                raise RecordError("That is no microphone's file.", "Choose the files again.")
            microphones.append(value)
    try:
        recording = asked.one("recording")
        if not _UPLOAD.fullmatch(recording):
            raise RecordError(
                "No recording was dropped.", "Choose its file first, and wait until it has arrived."
            )
        endings = {m: asked.room.uploads.upload(asked.visitor.account, m).ending for m in microphones}
        names = {m: microphone(n, endings[m]) for n, m in enumerate(microphones, start=1)}
        renamed = [(n, names.get(v, v) if n == "microphone-file" else v) for n, v in fields]
        job = drop.hand_over(
            asked.room.work,
            asked.room.uploads,
            asked.room.data,
            owner=asked.visitor.account,
            recording=recording,
            microphones=tuple(microphones),
            text=text_of(renamed),
        )
    except ZhuziError as error:
        return _refused(asked, "drop.html", error)
    return _go_to(asked, f"/work/{job.id}")


@page("/drop/roster", roles=DROPPERS, methods=("POST",))
def read_roster(asked: Asked) -> Response:
    """The people of a pasted list or a spreadsheet, to be looked at."""
    return JSONResponse({"people": [asdict(p) for p in _listed(asked.said)]})


@page("/meetings/{meeting_id}/about", roles=DROPPERS)
def show_about(asked: Asked) -> Response:
    """What is known about a meeting."""
    return _form(asked, "about.html", fields_of(drop.table_of(asked.folder())))


@page("/meetings/{meeting_id}/about", roles=DROPPERS, methods=("POST",))
def change_about(asked: Asked) -> Response:
    """Have it changed."""
    if asked.one("act"):
        return _more(asked, "about.html")
    try:
        job = drop.change(
            asked.room.work,
            asked.room.uploads,
            asked.folder(),
            asked.visitor.account,
            text_of(asked.fields),
            removed=[value for name, value in asked.fields if name == "brought-removed"],
        )
    except ZhuziError as error:
        return _refused(asked, "about.html", error)
    return _go_to(asked, f"/work/{job.id}")


def _listed(said: Any) -> Sequence[roster.Listed]:
    if sheet := said.get("sheet"):
        try:
            return roster.sent(base64.b64decode(str(sheet), validate=True))
        except (binascii.Error, ValueError) as error:
            raise MeetingError("The spreadsheet did not arrive whole.", "Choose it again.") from error
    return roster.pasted(str(said.get("text", "")))


def _more(asked: Asked, template: str) -> Response:
    """The form as it was typed with more rows, which a button asked for without a script."""
    found = [(n, v) for n, v in asked.fields if n not in {"act", "csrf", "roster"}]
    if (act := asked.one("act")) != "roster":
        return _form(asked, template, found, blank=act.removeprefix("more-"))
    for person in roster.pasted(asked.one("roster")):
        found += [(f"person-{key}", str(getattr(person, key, ""))) for key in PERSON]
    return _form(asked, template, found)


def _refused(asked: Asked, template: str, error: ZhuziError) -> Response:
    """What is wrong, beside its field where that is known."""
    field = field_of(error.what) if isinstance(error, MeetingError) else ""
    if "text/html" not in asked.request.headers.get("accept", ""):
        return JSONResponse({**said_of(error), "field": field}, status_of(error))
    found = [(n, v) for n, v in asked.fields if n not in {"act", "csrf"}]
    return _form(asked, template, found, problem=error, field=field)


def _go_to(asked: Asked, path: str) -> Response:
    if "text/html" not in asked.request.headers.get("accept", ""):
        return JSONResponse({"go_to": path})
    return RedirectResponse(path, status_code=303)


def _form(
    asked: Asked,
    template: str,
    fields: Sequence[Field],
    *,
    problem: ZhuziError | None = None,
    field: str = "",
    blank: str = "",
) -> Response:
    shown = {
        kind: [*rows(fields, kind, keys), *([{}] if kind == blank else [])]
        for kind, keys in (
            ("person", PERSON),
            ("link", LINK),
            ("agenda", AGENDA),
            ("microphone", MICROPHONE),
            ("brought", BROUGHT),
        )
    }
    people: list[dict[str, str]] = shown["person"]
    values: dict[str, Any] = {"folder": None, "registered": {}, "kept": {}}
    if "meeting_id" in asked.request.path_params:
        folder = asked.folder()
        ids = [row["person"] for row in people if row.get("person")]
        values["folder"] = folder
        values["kept"] = {k.sha256: k for k in brought.kept(folder)}
        values["registered"] = drop.registered(folder, ids, names=Role.REVIEWER in asked.visitor.roles)
    return html(
        asked,
        template,
        status=status_of(problem) if problem else 200,
        one=dict(fields),
        people=people,
        links=shown["link"],
        agenda=shown["agenda"],
        microphones=shown["microphone"],
        written=shown["brought"],
        removed=[v for n, v in fields if n == "brought-removed"],
        endings=",".join(sorted(brought.ENDINGS)),
        uploads=[u for u in asked.room.uploads.of(asked.visitor.account) if not u.whole],
        problem=problem,
        field=field,
        **values,
    )


ROUTES = (show, hand_over, read_roster, show_about, change_about)
