"""A recording on this machine becomes a job: who is to be hidden goes into the register, the rest into the job."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import intake, register, uses
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, find
from pipeline.jobs.copies import Brought, Copied, bring
from pipeline.jobs.order import Failure, Job, Run, State
from pipeline.jobs.spool import Jobs
from pipeline.lock import alone
from pipeline.run import meeting_beside
from pipeline.settings import Settings
from speakers.error import BusyError, StageError, ZhuziError

_PAUSE_S = 0.5


class AlreadyHereError(BusyError):
    """The recording was taken in before, nothing new is said about it, and no job is known any more."""

    def __init__(self, meeting_id: str) -> None:
        super().__init__(f"This recording is meeting {meeting_id} already.", "Look at it: zhuzi status ID.")
        self.meeting_id = meeting_id


def hand_in(
    jobs: Jobs,
    settings: Settings,
    recording: Path,
    meeting_file: Path | None,
    more: tuple[Path, ...] = (),
    *,
    by: int = 0,
    office: str = "",
    backlog: bool = False,
    inside: Path | None = None,
    copied: Copied = lambda *_: None,
) -> Job:
    """Have a recording taken as far as people have to look at it; the same content twice is one job.

    Who is to be hidden is in the consent register afterwards, and what waits for its turn holds their ids only. A job
    of the same content that failed or was cancelled is begun again. The files stay where they are.

    Args:
        jobs: does it.
        settings: in force.
        recording: any audio or video file.
        meeting_file: what is known about it; None for nothing: nobody looks beside the recording here.
        more: files of further microphones, besides those that the meeting's file names.
        by: number of the account that asks.
        office: whose it is.
        backlog: whether it may wait until nothing else does.
        inside: a folder out of which no link may lead; None where whoever names the files may read them anyway.
        copied: told how much is copied.

    Raises:
        AlreadyHereError: If it was taken in, and no job is known any more.
        RecordingError: If it cannot be read, or changes while it is copied.
        MeetingError: If what is said about it cannot be; nothing was kept of it then.
        ZhuziError: As `pipeline.intake.take_in` and `pipeline.jobs.spool.Jobs.submit`.
    """
    with bring(settings.data, recording, meeting_file, more, inside=inside, copied=copied) as brought:
        return enter(jobs, settings.data, brought, by=by, office=office, backlog=backlog)


def hand_in_all(
    jobs: Jobs,
    settings: Settings,
    recordings: tuple[Path, ...],
    meeting_file: Path | None,
    *,
    microphones: tuple[Path, ...] = (),
    office: str = "",
    backlog: bool = False,
) -> list[dict[str, Any]]:
    """Hand in several recordings, each with what lies beside it; one that fails stops no other.

    Args:
        jobs: do them.
        settings: in force.
        recordings: any audio or video files.
        meeting_file: what is known about the only one; None to look beside each.
        microphones: of the only one.
        office: whose they are.
        backlog: whether they may wait until nothing else does.

    Returns:
        A row of each: its number, job, meeting and state, or the error.
    """
    rows = []
    for number, recording in enumerate(recordings, start=1):
        beside = meeting_file or meeting_beside(recording)
        try:
            made = hand_in(jobs, settings, recording, beside, microphones, office=office, backlog=backlog)
            rows.append(_row(number, made))
        except AlreadyHereError as error:
            rows.append(_row(number, None, meeting=error.meeting_id, failure=Failure.of(error)))
        except ZhuziError as error:
            rows.append(_row(number, None, failure=Failure.of(error)))
    return rows


def waited(jobs: Jobs, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows once their jobs have ended."""
    while any(jobs.job(row["job"]).open for row in rows if row["job"]):
        time.sleep(_PAUSE_S)
    return [_row(row["number"], jobs.job(row["job"])) if row["job"] else row for row in rows]


def _row(
    number: int, job: Job | None, *, meeting: str = "", failure: Failure | None = None
) -> dict[str, Any]:
    said = failure or (job.failure if job else None)
    stopped = job is not None and job.state is State.CANCELLED
    return {
        "number": number,
        "job": job.id if job else "",
        "meeting": job.meeting_id if job else meeting,
        "state": job.state.value if job else "",
        "error": said.what if said else None,
        "cure": said.cure if said else None,
        "exit_code": said.exit_code if said else StageError.exit_code if stopped else 0,
    }


def enter(
    jobs: Jobs, data: Path, brought: Brought, *, by: int = 0, office: str = "", backlog: bool = False
) -> Job:
    """Make a job of what was brought, unless it is one.

    Args:
        jobs: does it.
        data: where meetings live.
        brought: from `bring`.
        by: as for `hand_in`, like the others.
        office: likewise.
        backlog: likewise.

    Raises:
        ZhuziError: As `hand_in`.
    """
    order = Run(brought.meeting_id)
    beside = (*brought.microphones, *brought.along)
    files = {brought.recording.name: brought.recording, **{p.name: p for p, _ in beside}}
    with one_at_a_time(data):
        taken = None
        if brought.text is not None:
            taken = intake.take_in(brought.text, order.meeting_id, register.of(data))
        kept = taken.kept if taken else None
        same = _same(jobs, data, order, kept, frozenset(sha256 for _, sha256 in beside))
        if same is not None:
            again = same.state in {State.FAILED, State.CANCELLED}
            return jobs.retry(same.id) if again else same
        told = (*taken.notes, *uses.stale(data, taken.changed, but=order.meeting_id)) if taken else ()
        return jobs.submit(
            order, by=by, files=files, described=kept, told=told, office=office, backlog=backlog
        )


def submit_described(
    jobs: Jobs, data: Path, order: Run, files: Mapping[str, Path], text: str, *, by: int
) -> Job:
    """Have a meeting done about which somebody typed something; call it within `one_at_a_time`.

    Args:
        jobs: does it.
        data: where meetings live.
        order: which meeting.
        files: "recording.wav" and "microphone-01.wav" with where each lies now.
        text: what was typed, as TOML; it calls the microphones so.
        by: number of the account that asks.

    Raises:
        MeetingError: If what was typed cannot be; nothing was kept of it then.
        ZhuziError: As `pipeline.intake.take_in` and `pipeline.jobs.spool.Jobs.submit`.
    """
    taken = intake.take_in(text, order.meeting_id, register.of(data), typed=True)
    told = (*taken.notes, *uses.stale(data, taken.changed, but=order.meeting_id))
    return jobs.submit(order, by=by, files=files, described=taken.kept, told=told)


@contextmanager
def one_at_a_time(data: Path) -> Iterator[None]:
    """Be the only one, of all doors, who finds out whether a recording is here already and hands it over if not.

    Raises:
        StorageError: If the data directory cannot be written.
    """
    with alone(data / "work", name="handing.lock"):
        yield


def _same(jobs: Jobs, data: Path, order: Run, kept: bytes | None, digests: frozenset[str]) -> Job | None:
    """The newest job of a meeting, if it is of the same content; whoever says nothing new means what is known."""

    def same(described: Path, beside: frozenset[str]) -> bool:
        says = kept is None or (described.is_file() and described.read_bytes() == kept)
        return says and (digests == beside or (kept is None and not digests))

    try:
        folder = find(data, order.meeting_id)
        manifest = folder.manifest()
        listed = (*manifest.get("microphones", ()), *manifest.get("brought", ()))
        in_folder = same(folder.meeting_toml, frozenset(str(m["sha256"]) for m in listed))
        heard = _heard(folder)
    except ZhuziError:  # it is not there, or damaged: `pipeline.run` says so
        in_folder = heard = False
    newest = next(
        (j for j in jobs.jobs() if isinstance(j.order, Run) and j.meeting_id == order.meeting_id), None
    )
    if newest is None or newest.state is State.DONE:
        if not (in_folder and heard):
            return None
        if newest is None:
            raise AlreadyHereError(order.meeting_id)
        return newest
    spool = jobs.folder(newest.id)
    waiting = frozenset(sha256_of(p) for kind in ("microphone-*", "brought-*") for p in spool.glob(kind))
    return newest if same(spool / "meeting.toml", waiting) else None


def _heard(folder: MeetingFolder) -> bool:
    return bool(folder.manifest()["stages"].get("attribute", {}).get("finished"))
