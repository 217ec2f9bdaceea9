"""Telling voices apart again, with another number of them in mind, without transcribing again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.engines import Engines
from pipeline.folder import MeetingFolder
from pipeline.hinted import meant
from pipeline.lock import alone
from pipeline.review import draft_of
from pipeline.run import Report, meeting_of, perform
from redaction import ledger
from redaction.decision import Accepted, Corrected, Merged, Named, Reassigned, Rediarized
from redaction.draft import Draft
from speakers.error import RecordError


@dataclass(frozen=True, slots=True)
class Redone:
    """What telling voices apart again left of a review.

    Attributes:
        before: voices there were.
        after: voices there are.
        void: each a sentence, about what no longer counts.
    """

    before: int
    after: int
    void: tuple[str, ...]


def rediarize(
    folder: MeetingFolder,
    who: str,
    bounds: tuple[int | None, int | None],
    engines_of: Callable[[], Engines],
    report: Report,
    *,
    voiceprint_key: Path | None = None,
) -> Redone:
    """Diarize a meeting again; its words stay, every approval and everything said of its voices is void.

    The hint goes into the ledger before anything is done, so that a run that was killed goes on with it, and a later
    `zhuzi run` keeps it until `speakers` in `meeting.toml` is changed.

    Args:
        folder: a meeting that was heard.
        who: the reviewer.
        bounds: at least and at most so many voices; equal for exactly so many, None where it is open.
        engines_of: gives what hears it.
        report: told about progress.
        voiceprint_key: see `pipeline.run.run`.

    Raises:
        RecordError: If the bounds are no number of voices.
        ZhuziError: As `pipeline.run.run`.
    """
    least, most = bounds
    if any(b is not None and b < 1 for b in bounds) or (least or 1) > (most or least or 1):
        raise RecordError("That is no number of voices.", "Give --speakers 5, or --min 3 --max 8.")
    before = draft_of(folder)
    engines = engines_of()
    data = folder.root.parent.parent
    with (
        alone(data, lambda: report("wait", "another job is running", 0, 0)),
        alone(folder.root, lambda: report("wait", "this meeting is being released", 0, 0)),
    ):
        was = ledger.in_force(ledger.read(folder.ledger))
        act = Rediarized(least, most, meant(meeting_of(folder)))
        ledger.append(folder.ledger, who, (act,), how="zhuzi rediarize")
        perform(folder, engines, report, voiceprint_key=voiceprint_key)
    after = draft_of(folder)
    return Redone(
        len(before.record.diarization.speakers),
        len(after.record.diarization.speakers),
        _void(was, before, after),
    )


def _void(was: tuple[ledger.Entry, ...], before: Draft, after: Draft) -> tuple[str, ...]:
    """What counted before and does not now, a sentence each."""
    counts = {
        "approval": len(before.approvals),
        "naming of a voice": len({a.act.speaker for a in was if isinstance(a.act, Named)}),
        "merger of voices": sum(isinstance(a.act, Merged) for a in was),
        "statement given to a voice": sum(isinstance(a.act, Reassigned) for a in was),
        "decision about a mark": len(set(before.decisions) - set(after.decisions)),
    }
    corrected = {e.act.statement_id for e in was if isinstance(e.act, Corrected | Accepted)}
    texts = {s.text for s in after.record.statements}
    counts["correction"] = sum(s.id in corrected and s.text not in texts for s in before.record.statements)
    return tuple(f"No longer counts: {what} ({count})." for what, count in counts.items() if count)
