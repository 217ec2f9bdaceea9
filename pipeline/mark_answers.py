"""Answers about marks from a page: what somebody saw, what they said, and what became of both meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.mark_queue import answered
from pipeline.second_reader import Reading
from redaction.decision import Act, Decided, Judged, Verdict
from redaction.draft import Draft
from redaction.ledger import Entry
from speakers.error import NotReleasableError


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said of a mark.

    Attributes:
        mark_id: which.
        verdict: what is to become of it.
        reason: why it is kept.
        replacement: other words that are to stand there.
        seen: number of the entry that had decided it when they looked, as `Row.seq`; -1 if none had.
    """

    mark_id: str
    verdict: Verdict
    reason: str = ""
    replacement: str = ""
    seen: int = -1

    @property
    def act(self) -> Decided:
        """As a decision."""
        return Decided(self.mark_id, self.verdict, self.reason, self.replacement)


def overtaken(draft: Draft, entries: tuple[Entry, ...], answers: Iterable[Answer]) -> tuple[str, ...]:
    """Ids of marks that somebody decided otherwise since they were looked at, or that are gone.

    Args:
        draft: as it is now.
        entries: the whole ledger, in order.
        answers: what is about to be decided.
    """
    said = answered(entries)
    stands = {d.mark_id: d for d in draft.decisions}
    there = {m.id for m in draft.marks}

    def other(answer: Answer) -> bool:
        if answer.mark_id not in there:
            return True
        now, standing = said.get(answer.mark_id), stands.get(answer.mark_id)
        if standing is None or now is None or now.entry.seq == answer.seen:
            return False
        return (standing.verdict, standing.replacement) != (answer.verdict, answer.replacement)

    return tuple(dict.fromkeys(a.mark_id for a in answers if other(a)))


def acts(answers: Iterable[Answer], draft: Draft, reading: Reading | None) -> tuple[Act, ...]:
    """What answers mean: decisions; of a second reader who must not know yet, judgements.

    Saying again what stands already decides nothing, so that it voids no approval; a second reader who says so of a
    mark that they judged otherwise gives in.

    Args:
        answers: of one person.
        draft: as it is now.
        reading: how far they came as a second reader; None if they are none.
    """
    if reading is not None and reading.blind:
        return tuple(judgement(answer.mark_id, answer.verdict) for answer in answers)
    stands = {d.mark_id: d for d in draft.decisions}
    differing = {m.id for m in reading.differences} if reading else set()
    found: list[Act] = []
    for answer in answers:
        now, act = stands.get(answer.mark_id), answer.act
        same = now is not None and (now.verdict, now.replacement) == (act.verdict, act.replacement)
        if same and answer.mark_id in differing:
            found.append(judgement(answer.mark_id, answer.verdict))
        elif not same or (now is not None and act.reason and now.reason != act.reason):
            found.append(act)
    return tuple(found)


def judgement(mark_id: str, verdict: Verdict) -> Judged:
    """What a second reader would do: hide it, or not."""
    return Judged(mark_id, Verdict.KEEP if verdict is Verdict.KEEP else Verdict.MASK)


def given_in(draft: Draft, reading: Reading | None, mark_ids: Iterable[str]) -> tuple[Act, ...]:
    """A second reader leaves marks as they were decided: they judge again, and nothing changes.

    Raises:
        NotReleasableError: If they may not know yet how these were decided, or do not differ.
    """
    wanted = tuple(dict.fromkeys(mark_ids))
    differing = {m.id for m in reading.differences} if reading else set()
    if not differing.issuperset(wanted):
        raise NotReleasableError("There is nothing to settle about this mark.", "Load the page again.")
    stands = {d.mark_id: d.verdict for d in draft.decisions}
    return tuple(judgement(mark_id, stands[mark_id]) for mark_id in wanted)
