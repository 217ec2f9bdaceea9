"""What a reviewer does, as functions: every door to a review calls these, and they write to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pipeline import window, window_steps
from pipeline.folder import MeetingFolder
from pipeline.keeping import shown
from pipeline.material import material_of
from pipeline.public import Public, state_of
from pipeline.stages import whole
from pipeline.validity import Standing, valid
from pipeline.window import Stage
from redaction import ledger
from redaction.decision import Act, Approved, Decided, Named, Released, Verdict
from redaction.draft import Draft
from redaction.labels import telling
from redaction.release import Obstacle, approvals_needed, obstacles
from speakers.error import BusyError, NotReleasableError
from speakers.meeting import Wish
from speakers.record import UNKNOWN, Span, SpeakerId, clock
from speakers.transcribe import unheard

_AMISS = {
    Public.EARLIER: "release interrupted",
    Public.GONE: "release interrupted",
    Public.ALTERED: "public files altered",
    Public.STILL: "revoked, still public",
}
"""Where what is public is not what was released."""

_WAITS = {
    Stage.MISSING: "approved, window to open",
    Stage.UNANSWERED: "suggestions to answer",
    Stage.OPEN: "in the correction window",
}
"""What an approved meeting waits for."""

_TRIES = 5
"""How often somebody else may be quicker before a decision is refused."""

_SHOWN = 6
"""Moments that a question names; the record has them all."""


def draft_of(folder: MeetingFolder) -> Draft:
    """The draft of a meeting as it stands now.

    Raises:
        NotReleasableError: If it has not been heard yet.
        ZhuziError: If an artifact, `meeting.toml` or the ledger is damaged.
    """
    material, entries = material_of(folder), ledger.read(folder.ledger)
    return material.draft(material.reviewed(entries), entries)


def decide(
    folder: MeetingFolder,
    who: str,
    acts: tuple[Act, ...],
    *,
    how: str = "by hand",
    seen: Draft | None = None,
    expected: Mapping[str, Verdict | None] | None = None,
    after: int | None = None,
) -> Draft:
    """Record what somebody decided, after checking that there is such a thing to decide.

    Each act is about the record that those before it leave. New statements and voices get their ids here where the
    acts leave them empty.

    Args:
        folder: the meeting.
        who: the reviewer.
        acts: all of them are recorded, or none.
        how: "by hand", or the option that did it.
        seen: what the reviewer was shown; None if they did not say.
        expected: how the marks were decided that they saw, by id; None where one was not.
        after: so many entries the ledger had when they looked; None if it may have grown since.

    Returns:
        The draft afterwards.

    Raises:
        NotFoundError: If an act is about something that is not there.
        BusyError: If somebody else changed or decided the same meanwhile.
        RecordError: If an act makes no sense, or somebody is said not to speak who has a voice.
        NotReleasableError: If it is about voices, and others than were shown are there now; if it undoes something
            that others build on; or if it approves something else than is there.
    """
    for tries in range(_TRIES):
        material, entries = material_of(folder), ledger.read(folder.ledger)
        if after is not None and after != len(entries):
            raise ledger.grown()
        reviewed = material.reviewed(entries)
        before = material.draft(reviewed, entries)
        standing = Standing(reviewed, entries, before, partial(_itself, before))
        whole, _ = valid(standing, who, acts, seen=seen, expected=expected)
        try:
            ledger.append(folder.ledger, who, whole, how=how, after=len(entries))
        except BusyError:  # somebody else was quicker; what they decided may be nothing to this
            if tries == _TRIES - 1:
                raise
        else:
            break
    draft = draft_of(folder)
    if any(isinstance(act, Approved) for act in acts):
        window_steps.present(folder, draft, who)
    return draft


def _itself(draft: Draft) -> Draft:
    return draft


def accept_proposed(folder: MeetingFolder, who: str) -> Draft:
    """Do everything as proposed: confirm the proposed names, mask every undecided mark, approve.

    Recorded in the ledger as just that.
    """
    how = "--accept proposed"
    draft = draft_of(folder)
    acts: tuple[Act, ...] = (
        *(Named(n.speaker, n.participant_id) for n in draft.unconfirmed),
        *(Decided(m.id, Verdict.MASK) for m in draft.undecided),
    )
    if acts:
        draft = decide(folder, who, acts, how=how, seen=draft)
    if draft.undecided:  # a confirmed name can bring no new mark today; if it ever does, somebody has to look
        raise NotReleasableError(
            f"{len(draft.undecided)} marks are undecided.", "Review them: zhuzi review ID."
        )
    return approve(folder, who, how=how, seen=draft.digest)


def approve(folder: MeetingFolder, who: str, *, how: str = "by hand", seen: str | None = None) -> Draft:
    """Approve exactly what is there now.

    Args:
        folder: the meeting.
        who: the reviewer.
        how: as `decide`.
        seen: digest of what the reviewer was shown; None to approve whatever is there.

    Raises:
        NotReleasableError: If marks are undecided, a label tells who somebody is, or the content is not what was shown.
    """
    draft = draft_of(folder)
    approvable(draft)
    return decide(folder, who, (Approved(seen or draft.digest),), how=how)


def approvable(draft: Draft) -> None:
    """Refuse to let a draft be approved that is not ready for it.

    Raises:
        NotReleasableError: If marks are undecided, or a label tells who somebody is.
    """
    if draft.undecided:
        raise NotReleasableError(
            f"{len(draft.undecided)} of {len(draft.marks)} marks are undecided.", "Decide them first."
        )
    for reason in telling(draft.meeting):
        raise NotReleasableError(reason, "Choose another label: zhuzi register set ENTRY --from FILE.")


def outcome(
    draft: Draft, meeting_id: str, *, approvers: int = 1, waits: tuple[Obstacle, ...] = ()
) -> tuple[str, ...]:
    """What an approval came to, for whoever gave it, each as a sentence.

    Args:
        draft: after the approval.
        meeting_id: whose draft it is.
        approvers: as in `redaction.release.obstacles`.
        waits: why its correction window still keeps it (`pipeline.window.reasons`).
    """
    shut = obstacles(draft, approvers=approvers)
    if waits and not shut:
        return ("已核可。Approved.", *(f"{o.what} {o.cure}" for o in waits))
    if not shut:
        return (f"已核可。Approved. Release it: zhuzi release {meeting_id}",)
    have, needed = len(draft.approvals), approvals_needed(draft, approvers)
    if have >= needed:
        return (
            "已核可，但還不能公開。Approved, but it cannot be released yet.",
            *(f"{o.what} {o.cure}" for o in shut),
        )
    return (
        f"已有 {have} 人核可，需要 {needed} 人：還要由另一個人讀過。"
        f"{have} of {needed}; somebody else must read it too.",
        *(f"{o.what} {o.cure}" for o in shut[:-1]),
    )


def questions(draft: Draft) -> tuple[str, ...]:
    """What only a person can answer, each as a sentence: voices and people that nobody has brought together."""
    found = draft.namings
    asked = [
        f"Voice {speaker}: the evidence is at odds, so nobody is linked to it{_whom(draft, speaker)}."
        for speaker in found.conflicts
    ]
    asked += [
        f"Nobody speaks at {moment}, where {person} was to be heard (heard_at)."
        for person, moment in found.misses
    ]
    asked += [
        f"Voice {n.speaker} seems to be {n.participant_id} ({n.why}, {n.at}): is that right?"
        for n in draft.unconfirmed
    ]
    asked += [
        f"Voice {speaker}: too little speaks for anybody{_whom(draft, speaker)}. Who is it?"
        for speaker in found.weak
        if speaker not in draft.nobodies
    ]
    for person in draft.unheard:
        consequence = (
            "nothing can be released" if person.wish is Wish.NOT_RECORDED else "the sound cannot be released"
        )
        asked.append(f"Which voice is {person.id} ({person.wish})? Until somebody says so, {consequence}.")
    return (*asked, *_nobodys(draft), *_unheard(draft), *draft.notices)


def _nobodys(draft: Draft) -> tuple[str, ...]:
    spans = tuple(s.span for s in draft.record.statements if s.speaker == UNKNOWN)
    if not spans:
        return ()
    return (
        f"What is said at {_where(spans)} is nobody's, and would be published as an unknown speaker's. Whose is it?",
    )


def _unheard(draft: Draft) -> tuple[str, ...]:
    spans = unheard(draft.record)
    if not spans:
        return ()
    seconds = sum(s.length for s in spans) / 1000
    return (
        f"{len(spans)} places ({seconds:.0f} s) were not understood and stand as （聽不清）: {_where(spans)}. "
        "Listen there.",
    )


def _where(spans: Sequence[Span]) -> str:
    return ", ".join(clock(s.start) for s in spans[:_SHOWN]) + (", …" if len(spans) > _SHOWN else "")


def _whom(draft: Draft, speaker: SpeakerId) -> str:
    people = dict.fromkeys(r.participant_id for r in draft.namings.about(speaker) if not r.against)
    return f" ({', '.join(people)})" if people else ""


def standing(
    folder: MeetingFolder,
    *,
    approvers: int = 1,
    correction_days: int = 0,
    draft: Callable[[], Draft] | None = None,
) -> str:
    """Where a meeting stands, in a few words.

    Args:
        folder: the meeting.
        approvers: how many different people have to approve it.
        correction_days: how many working days its participants have to suggest corrections, as `window.stage`.
        draft: gives its draft, for who has it already.
    """
    if (state := shown.state(folder)) is not None:
        return state
    stages = folder.manifest()["stages"]
    if not stages.get("attribute", {}).get("finished"):
        begun = [name for name, stage in stages.items() if not stage.get("finished")]
        return f"interrupted in {whole(begun[0])}" if begun else "not transcribed"
    now = draft() if draft else draft_of(folder)
    entries = ledger.read(folder.ledger)
    public = state_of(folder, entries)
    if public in _AMISS:
        return _AMISS[public]
    if public is Public.WHOLE:
        last = next(e.act for e in reversed(entries) if isinstance(e.act, Released))
        return "released" if last.digest == now.digest else "released, changed since"
    if not obstacles(now, approvers=approvers):
        return _WAITS.get(window.stage(window.of(folder), now, correction_days), "approved")
    return "revoked" if public is Public.REVOKED else "awaiting review"


def voice(name: str) -> SpeakerId:
    """A voice as people type it.

    >>> voice("s2")
    'S2'
    """
    return SpeakerId(name.strip().upper())
