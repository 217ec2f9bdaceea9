"""Where meetings stand, as rows for people and programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from pipeline import microphones, models, register, window
from pipeline.engines import READING
from pipeline.folder import MeetingFolder
from pipeline.hearing import progress_of
from pipeline.intake import warnings
from pipeline.keeping import shown
from pipeline.public import NEXT, Public, state_of
from pipeline.review import draft_of, questions, standing
from pipeline.run import meeting_of
from pipeline.settings import exposed
from pipeline.uses import changed_since, people_of
from redaction import ledger
from redaction.decision import Released
from redaction.draft import Draft
from redaction.release import obstacles
from speakers.error import RegisterError, ZhuziError
from speakers.meeting import Medium, Meeting, Stand

_STALE = "released, changed since"


def details(
    folder: MeetingFolder,
    approvers: int,
    correction_days: int = 0,
    draft_now: Callable[[], Draft] | None = None,
) -> dict[str, Any]:
    """One meeting; a damaged one says what is wrong with it instead of hiding the others.

    Args:
        folder: the meeting.
        approvers: how many different people have to approve it.
        correction_days: as `pipeline.window.stage`.
        draft_now: gives its draft, for who keeps it up to date already.
    """
    row: dict[str, Any] = {"id": folder.id, "folder": str(folder.root), "title": "", "stages": {}}
    try:
        row |= shown.row(folder)
        row["title"] = meeting_of(folder).title
        row["stages"] = progress_of(folder)
        if (state := shown.state(folder)) is not None:
            row["state"] = state
            return row
        row["notes"] = list(notes_of(folder))
        row["warnings"] = list(warnings_of(folder))
        draft = cache(draft_now or partial(draft_of, folder))  # replayed once, where something needs it
        row["next"] = list(next_of(folder, approvers, draft, correction_days))
        row["state"] = standing(folder, approvers=approvers, correction_days=correction_days, draft=draft)
        if row["state"] == _STALE:
            row["why"] = why_stale(folder)
        elif why_not := folder.why_not():
            row["why"] = why_not
        if row["stages"].get("attribute", {}).get("finished"):
            row["marks"] = len(draft().marks)
            row["undecided"] = len(draft().undecided)
            row["questions"] = list(questions(draft()))
            row["window"] = window.row(window.of(folder), draft(), correction_days)
    except ZhuziError as error:
        row["state"] = "damaged"
        row["error"] = str(error)
        if isinstance(error, RegisterError):
            row["state"] = "register cannot be opened"
            row |= _without_register(folder)
    return row


def _without_register(folder: MeetingFolder) -> dict[str, Any]:
    """What can be said of what is public while nobody can look up who is to be hidden."""
    try:
        public = state_of(folder, ledger.read(folder.ledger))
    except ZhuziError:
        return {}
    if public is Public.WHOLE:
        return {"why": "Whether anything changed since its release cannot be told until then."}
    return {"next": [NEXT[public]]} if public in NEXT else {}


def why_stale(folder: MeetingFolder) -> str:
    """Why a release is no longer what would be released, as a sentence."""
    people = register.of(folder.root.parent.parent)
    ids = (*people_of(folder), *people.everywhere())
    changed = changed_since(folder, tuple(people.read(i, "status", folder.id) for i in dict.fromkeys(ids)))
    if changed:
        return f"Of the consent register, {', '.join(sorted(changed))} changed since it was approved."
    return "The meeting's file, a decision or the program changed since it was approved."


def notes_of(folder: MeetingFolder) -> tuple[str, ...]:
    """What people should know about a meeting's recording and microphones, each as a sentence."""
    return microphones.notes(folder, meeting_of(folder))


def warnings_of(folder: MeetingFolder) -> tuple[str, ...]:
    """What people should know about who is protected in a meeting, and by which key, each as a sentence."""
    key, meeting = exposed(folder.root.parent.parent), meeting_of(folder)
    return (*warnings(meeting), *([key] if key else []), *_lacking(folder, meeting))


def _lacking(folder: MeetingFolder, meeting: Meeting) -> Iterator[str]:
    """What was asked for and is not there, so that nobody hears of it only at the release."""
    reads = meeting.publish is not Medium.TEXT and meeting.hide_with is Stand.VOICE and meeting.protected
    if reads and not any(
        m.model.name == READING and m.present for m in models.status(models.models_directory())
    ):
        yield (
            'A voice is to read what protected people said (hide_with = "voice"): its model is not here: nothing '
            f'can be released. Fetch it (zhuzi models fetch {READING}), or write hide_with = "tone" into meeting.toml.'
        )
    if meeting.publish is not Medium.VIDEO:
        return
    from pipeline.publish import pictureless  # every writer of a format comes with it

    if pictureless(folder):
        yield 'The recording has no picture: publish = "video" gives its sound alone.'


def next_of(
    folder: MeetingFolder, approvers: int, draft_now: Callable[[], Draft], correction_days: int = 0
) -> tuple[str, ...]:
    """What to do before this meeting can be released, or because of what is public of it; each as a sentence."""
    if not folder.manifest()["stages"].get("attribute", {}).get("finished"):
        return ()
    entries = ledger.read(folder.ledger)
    public = state_of(folder, entries)
    if public in NEXT:
        return (NEXT[public],)
    draft = draft_now()
    last = next((e.act for e in reversed(entries) if isinstance(e.act, Released)), None)
    if public is Public.WHOLE and last is not None and last.digest == draft.digest:
        return ()
    reasons = obstacles(draft, approvers=approvers) or window.reasons(
        window.of(folder), draft, correction_days
    )
    shut = tuple(f"{reason.what} {reason.cure}" for reason in reasons)
    if public is not Public.WHOLE:
        return shut
    return (
        "What is public was approved before this changed. Approve and release it again, or take it down: "
        "zhuzi revoke ID.",
        *shut,
    )


def pasteable(text: str, meeting_id: str) -> str:
    """The same text with commands that can be pasted into a terminal.

    >>> pasteable("Look at it: zhuzi show ID.", "0f3a9c27d1b4")
    'Look at it: zhuzi show 0f3a9c27d1b4.'
    """
    text = text.replace("zhuzi review ID", 'zhuzi review ID --reviewer "Your Name"')
    text = text.replace("zhuzi revoke ID", 'zhuzi revoke ID --reviewer "Your Name" --reason "…"')
    return re.sub(r"(zhuzi [a-z]+) ID\b", rf"\1 {meeting_id}", text)


def line(row: dict[str, Any], *, full: bool) -> str:
    """A row for people."""
    first = f"{row['id']}  {row['state']:<24}{row.get('title') or '(no title)'}"
    if "error" in row:
        first += f"\n    {row['error']}"
    if "why" in row:
        first += f"\n    {row['why']}"
    if not full:
        return first
    parts = [first, f"    {row['folder']}"]
    for name, stage in row.get("stages", {}).items():
        parts.append(f"    {name:<12}{stand_of(stage)}{took_of(stage)}")
    parts += [f"    ! {sentence}" for sentence in shown.lines(row)]
    parts += [f"    ! {note}" for note in (*row.get("notes", ()), *row.get("warnings", ()))]
    parts += [f"    → {pasteable(step, row['id'])}" for step in row.get("next", ())]
    if "marks" in row:
        parts.append(f"    {row['undecided']} of {row['marks']} marks undecided")
    if row.get("window", {}).get("last_day"):
        parts.append("    " + window.told(row["window"]))
    parts += [f"    ? {question}" for question in row.get("questions", ())]
    return "\n".join(parts)


def stand_of(stage: dict[str, Any]) -> str:
    """How far a stage is, for people.

    >>> stand_of({"finished": False, "sections": 18, "sections_done": 3})
    'not done, 3 of 18 sections are'
    """
    if stage["finished"]:
        return "done"
    sections = (
        f", {stage['sections_done']} of {stage['sections']} sections are" if "sections" in stage else ""
    )
    return f"not done{sections}"


def took_of(stage: dict[str, Any]) -> str:
    """How long a stage took, all its sections together."""
    return "" if stage["seconds"] is None else f", {stage['seconds']:.1f} s"
