"""Where meetings stand, as rows for people and programs."""

from __future__ import annotations

from typing import Any

from pipeline import microphones, register
from pipeline.folder import MeetingFolder
from pipeline.intake import warnings
from pipeline.review import draft_of, questions, standing
from pipeline.run import meeting_of
from pipeline.settings import exposed
from pipeline.uses import changed_since, people_of
from speakers.error import RegisterError, ZhuziError

_STALE = "released, changed since"


def details(folder: MeetingFolder, approvers: int) -> dict[str, Any]:
    """One meeting; a damaged one says what is wrong with it instead of hiding the others."""
    row: dict[str, Any] = {"id": folder.id, "folder": str(folder.root)}
    try:
        row["title"] = meeting_of(folder).title
        row["stages"] = {
            name: {k: stage.get(k) for k in ("file", "finished", "attempts", "seconds")}
            for name, stage in folder.manifest()["stages"].items()
        }
        row["notes"] = list(notes_of(folder))
        row["warnings"] = list(warnings_of(folder))
        row["state"] = standing(folder, approvers=approvers)
        if row["state"] == _STALE:
            row["why"] = why_stale(folder)
        if row["stages"].get("attribute", {}).get("finished"):
            draft = draft_of(folder)
            row["marks"] = len(draft.marks)
            row["undecided"] = len(draft.undecided)
            row["questions"] = list(questions(draft))
    except ZhuziError as error:
        # What cannot be compared with what it was made from counts as made from something else.
        stale = isinstance(error, RegisterError) and folder.public.exists()
        row["state"] = _STALE if stale else "damaged"
        row["error"] = str(error)
    return row


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
    key = exposed(folder.root.parent.parent)
    return (*warnings(meeting_of(folder)), *([key] if key else []))


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
    for name, stage in in_order(row.get("stages", {})):
        took = "" if stage["seconds"] is None else f", {stage['seconds']:.1f} s"
        parts.append(f"    {name:<12}{'done' if stage['finished'] else 'not done'}{took}")
    parts += [f"    ! {note}" for note in (*row.get("notes", ()), *row.get("warnings", ()))]
    if "marks" in row:
        parts.append(f"    {row['undecided']} of {row['marks']} marks undecided")
    parts += [f"    ? {question}" for question in row.get("questions", ())]
    return "\n".join(parts)


def in_order(stages: dict[str, Any]) -> list[tuple[str, Any]]:
    """The stages of a manifest in the order of the work, which is that of their files' numbers."""
    return sorted(stages.items(), key=lambda item: str(item[1].get("file")))
