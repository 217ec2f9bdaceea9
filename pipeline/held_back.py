"""Which approved turns no personal link shows any more, because of what was done to the record since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.shown import Shown, ShownTurn, whose
from speakers.record import SpeakerId, Statement


def held_back(draft: Draft, approved: Shown) -> frozenset[str]:
    """Ids of statements whose approved turns would show what is hidden by now, or what is somebody else's.

    Of a statement that is as it was, the hidden words themselves are looked for. One that was corrected, cut or joined
    is another one now: what was approved of it may say in other words what is hidden, so it is held back wherever
    anything is hidden in what came of it.
    """
    hidden = _hidden(draft)
    voices: dict[SpeakerId, str] = {}

    def speaks(statement: Statement) -> str:
        return voices.setdefault(statement.speaker, whose(draft, statement.speaker))

    now = {s.id: s for s in draft.record.statements}
    before = {turn.statement_id: turn.statement for turn in approved.turns}
    became = _becoming([s for s in now.values() if before.get(s.id) != s.digest])
    held = set()
    for turn in approved.turns:
        statement = now.get(turn.statement_id)
        if statement is not None and statement.digest == turn.statement:
            shows = speaks(statement) != turn.whose or any(
                w in turn.text for w in hidden.get(statement.id, ())
            )
        else:
            parts = became(turn)
            shows = not parts or any(speaks(s) != turn.whose or s.id in hidden for s in parts)
        if shows:
            held.add(turn.statement_id)
    return frozenset(held)


def _hidden(draft: Draft) -> dict[str, list[str]]:
    """What is hidden now, by the statement that it is hidden in."""
    decided = {d.mark_id: d.verdict for d in draft.decisions}
    texts = {s.id: s.text for s in draft.record.statements}
    found: dict[str, list[str]] = {}
    for mark in draft.marks:
        if decided.get(mark.id, Verdict.KEEP) is not Verdict.KEEP:
            words = texts[mark.statement_id][mark.char_start : mark.char_end].strip()
            found.setdefault(mark.statement_id, []).append(words)
    return found


def _becoming(changed: Sequence[Statement]) -> Callable[[ShownTurn], Iterable[Statement]]:
    """Finds those of the changed statements that a turn became: of its id, or spoken when it is."""
    by_id = {s.id: s for s in changed}
    in_time = sorted(changed, key=lambda s: s.span.start)
    starts = [s.span.start for s in in_time]
    longest = max((s.span.length for s in changed), default=0)

    def found(turn: ShownTurn) -> list[Statement]:
        first = bisect_left(starts, turn.span.start - longest)
        meeting = in_time[first : bisect_left(starts, turn.span.end)]
        same = [by_id[turn.statement_id]] if turn.statement_id in by_id else []
        return same + [s for s in meeting if s.span.overlap(turn.span)]

    return found
