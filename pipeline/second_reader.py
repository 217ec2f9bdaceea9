"""The second reader: decides every mark blind to the first one, then settles where both differ, and only then approves.

Whoever sees the first one's answers only nods at them. So a second reader says of every mark what they would decide
(`Judged`, which changes nothing), before they are shown what was decided. Where both differ they either give in (they
judge again, as it was decided) or decide otherwise (`Decided`, which voids what was approved before).
"""

from __future__ import annotations

from dataclasses import dataclass

from redaction.approval import person
from redaction.decision import Approved, Decided, Judged, Released, Verdict
from redaction.draft import Draft
from redaction.ledger import Entry, in_force
from redaction.mark import Mark
from redaction.release import approvals_needed
from speakers.error import NotReleasableError


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a second reader came.

    Attributes:
        judged: (n_marks,) what they would do with each mark that they answered: mask or keep.
        left: (n_marks,) marks that they have not answered, in reading order.
        differences: (n_marks,) marks that stand decided otherwise; known only once none is left.
    """

    judged: tuple[tuple[str, Verdict], ...]
    left: tuple[Mark, ...]
    differences: tuple[Mark, ...]

    @property
    def blind(self) -> bool:
        """Whether they must not see yet what was decided."""
        return bool(self.left)

    @property
    def may_approve(self) -> bool:
        """Whether they answered everything, and every difference is settled."""
        return not self.left and not self.differences


def is_second(draft: Draft, entries: tuple[Entry, ...], who: str, *, approvers: int = 1) -> bool:
    """Whether somebody else approved first, where more than one has to.

    The first one is who approved first since something was last released, and stays it even if that approval is void by
    now: it was they who decided what is to be read blind. Taking down does not change that; anybody may, at any time.

    Args:
        draft: as it is now.
        entries: the whole ledger, in order.
        who: by their own name for themselves.
        approvers: as in `redaction.release.obstacles`.
    """
    if approvals_needed(draft, approvers) < 2:
        return False
    first = ""
    for entry in entries:
        match entry.act:
            case Released():
                first = ""
            case Approved() if not first:
                first = person(entry.who)
    return bool(first) and first != person(who)


def reading(draft: Draft, entries: tuple[Entry, ...], who: str) -> Reading:
    """How far somebody came as a second reader.

    What they decided themselves need not be judged as well; if somebody decided it otherwise since, both differ.

    Args:
        draft: as it is now.
        entries: the whole ledger, in order.
        who: by their own name for themselves.
    """
    said: dict[str, Verdict] = {}
    for entry in in_force(entries):
        match entry.act:
            case Judged(mark_id, verdict) if person(entry.who) == person(who):
                said[mark_id] = verdict
            case Decided(mark_id, verdict) if person(entry.who) == person(who):
                said[mark_id] = _plain(verdict)
            case _:
                pass
    stands = {d.mark_id: _plain(d.verdict) for d in draft.decisions}
    marks = {m.id: m for m in draft.marks}
    left = tuple(m for i, m in marks.items() if i not in said)
    differences = tuple(m for i, m in marks.items() if i in said and stands.get(i, said[i]) != said[i])
    judged = tuple((i, verdict) for i, verdict in said.items() if i in marks)
    return Reading(judged, left, () if left else differences)


def is_blind(draft: Draft, entries: tuple[Entry, ...], who: str, *, approvers: int = 1) -> bool:
    """Whether somebody is a second reader who must not know yet what was decided; arguments as `is_second`."""
    return is_second(draft, entries, who, approvers=approvers) and reading(draft, entries, who).blind


def refuse(draft: Draft, entries: tuple[Entry, ...], who: str, *, approvers: int = 1) -> None:
    """Refuse the approval of a second reader who has not judged everything, or left a difference open.

    Raises:
        NotReleasableError: With how much is left.
    """
    if not is_second(draft, entries, who, approvers=approvers):
        return
    so_far = reading(draft, entries, who)
    if so_far.left:
        raise NotReleasableError(
            f"A second reader decides every mark blind before they approve: {len(so_far.left)} of "
            f"{len(draft.marks)} are left.",
            "Judge them first, on the page of marks.",
        )
    if so_far.differences:
        raise NotReleasableError(
            f"{len(so_far.differences)} marks were decided otherwise than the second reader judged them.",
            "Settle each: leave it as it was decided, or decide it otherwise.",
        )


def _plain(verdict: Verdict) -> Verdict:
    """Hidden or not: by which words is no question of the second reader's."""
    return Verdict.KEEP if verdict is Verdict.KEEP else Verdict.MASK
