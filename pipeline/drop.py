"""A recording that was dropped, with what was typed about it, becomes a job; so does a change of what was typed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import brought, meeting_toml, register
from pipeline.drop_written import brought_along, refuse_meanwhile, twice
from pipeline.folder import MeetingFolder, find
from pipeline.jobs.copies import microphone
from pipeline.jobs.hand_in import one_at_a_time, submit_described
from pipeline.jobs.order import Job, Run, State
from pipeline.jobs.spool import Jobs
from pipeline.microphones import originals
from pipeline.run import meeting_of
from pipeline.toml_values import tables
from pipeline.uploads import Upload, Uploads
from speakers.error import BusyError, NotFoundError, RecordError, ZhuziError
from speakers.meeting import Wish


@dataclass(frozen=True, slots=True)
class Known:
    """The meeting that a recording is already.

    Attributes:
        meeting_id: its id.
        title: as staff gave it; empty if nobody did, or it has not been taken in.
        job_id: what is being done with it; empty if it is in a meeting's folder.
    """

    meeting_id: str
    title: str = ""
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody of the consent register, as the form shows them.

    Attributes:
        label: their pseudonym; empty for the usual one.
        wish: in this meeting.
        name: empty for whoever may not see it.
    """

    label: str
    wish: Wish
    name: str = ""


def known(data: Path, work: Jobs, upload: Upload) -> Known | None:
    """The meeting that a file is already, by its content; as its recording or as a microphone of it."""
    meeting_id = upload.sha256[:12]
    try:
        return Known(meeting_id, meeting_of(find(data, meeting_id)).title)
    except NotFoundError:
        pass
    except ZhuziError:  # it is there, and damaged
        return Known(meeting_id)
    for job in work.jobs():
        if isinstance(job.order, Run) and job.meeting_id == meeting_id and job.state is not State.DONE:
            return Known(meeting_id, job_id=job.id)
    return None


def hand_over(
    work: Jobs,
    uploads: Uploads,
    data: Path,
    *,
    owner: int,
    recording: str,
    microphones: tuple[str, ...],
    text: str,
) -> Job:
    """Have a dropped recording taken as far as people have to look at it.

    Who is to be hidden is in the consent register afterwards, and what waits for its turn holds their ids only.

    Args:
        work: does it.
        uploads: where the files are.
        data: where meetings live.
        owner: number of the account that dropped them.
        recording: id of the upload that is the recording.
        microphones: ids of further microphones, in the order in which `text` names them: "microphone-01.wav", ….
        text: what was typed, as TOML; it names the files of what was written during the meeting by their uploads.

    Raises:
        BusyError: If the recording is here already, or has not arrived.
        MeetingError: If what was typed cannot be; nothing was kept of it then.
        ZhuziError: As `pipeline.intake.take_in`, `pipeline.uploads.Uploads.look` and `pipeline.jobs.spool.Jobs.submit`.
    """
    dropped = uploads.look(owner, recording)
    others = tuple(uploads.look(owner, one) for one in microphones)
    for one in (dropped, *others):
        if one.written:
            raise RecordError("That is no recording.", "Choose the recording among the files.")
    along = brought_along(text, uploads, owner)
    digests = (dropped.sha256, *(u.sha256 for u in others), *along.digests)
    if len(set(digests)) != len(digests):
        raise twice()
    files = {f"recording{dropped.ending}": uploads.path(dropped), **along.files}
    files |= {microphone(n, u.ending): uploads.path(u) for n, u in enumerate(others, start=1)}
    with one_at_a_time(data):
        if here := known(data, work, dropped):
            busy = "This recording is being worked on already."
            raise BusyError(
                busy if here.job_id else f"This recording is meeting {here.meeting_id} already.",
                "Look at it on the first page.",
            )
        job = submit_described(work, data, Run(dropped.sha256[:12]), files, along.text, by=owner)
    for one in (dropped, *others, *along.uploads):
        uploads.remove(owner, one.id)
    return job


def change(
    work: Jobs,
    uploads: Uploads,
    folder: MeetingFolder,
    owner: int,
    text: str,
    *,
    removed: Collection[str] = (),
) -> Job:
    """Have what is known about a meeting changed; every approval of it is void with that.

    What was written during it stays with it, unless it is said to be removed.

    Args:
        work: does it.
        uploads: where files are that are added.
        folder: the meeting's.
        owner: number of the account that asks.
        text: what is known now, as TOML; it names the files as `table_of` does, and those that are added by the ids of
            their uploads.
        removed: sha256 of files that the meeting brought along and is to have no longer.

    Raises:
        BusyError: If such files are just being added or removed.
        KeepingError: If one is removed of a meeting that is under hold.
        MeetingError: If what was typed cannot be; nothing was kept of it then.
        ZhuziError: As `pipeline.intake.take_in` and `pipeline.jobs.spool.Jobs.submit`.
    """
    data = folder.root.parent.parent
    files = {f"recording{folder.original.suffix}": folder.original}
    files |= {microphone(n, p.suffix): p for n, p in enumerate(originals(folder), start=1)}
    with one_at_a_time(data):
        refuse_meanwhile(work, folder)
        along = brought_along(
            text,
            uploads,
            owner,
            there=brought.kept(folder),
            before=tables(table_of(folder).get("brought", []), "brought"),
            removed=removed,
        )
        brought.refuse_to_lose(folder, along.digests)
        job = submit_described(work, data, Run(folder.id), {**files, **along.files}, along.text, by=owner)
    for one in along.uploads:
        uploads.remove(owner, one.id)
    return job


def table_of(folder: MeetingFolder) -> dict[str, Any]:
    """What is kept of a meeting's file, with a block for every microphone that has a file.

    What was written during the meeting is named by its content.

    Raises:
        MeetingError: If it cannot be read.
    """
    text = meeting_toml.text_of(folder.meeting_toml) if folder.meeting_toml.exists() else ""
    table = meeting_toml.table_of(text)
    blocks = table.get("microphones", [])
    files = [b for b in blocks if b.get("file")]
    there = originals(folder)
    files += [{} for _ in there[len(files) :]]
    for number, (block, path) in enumerate(zip(files, there, strict=False), start=1):
        block["file"] = microphone(number, path.suffix)
    for block, along in zip(tables(table.get("brought", []), "brought"), brought.kept(folder), strict=False):
        block["file"] = along.sha256
    table["microphones"] = [*(b for b in blocks if not b.get("file")), *files]
    return table


def registered(folder: MeetingFolder, ids: Iterable[str], *, names: bool) -> dict[str, Registered]:
    """Those of a meeting whom the consent register knows, by their ids.

    Args:
        folder: the meeting's.
        ids: whose; one that the register does not know is left out.
        names: whether whoever looks may see names.

    Raises:
        RegisterError: If the register cannot be opened.
    """
    people = register.of(folder.root.parent.parent)
    seen, there = people.seen_from(folder.id, "form"), frozenset(people.ids)
    found = {i: seen.person(i) for i in ids if i in there}
    return {i: Registered(p.label, p.wish, p.name if names else "") for i, p in found.items()}
