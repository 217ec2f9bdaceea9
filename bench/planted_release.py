"""Planted meetings taken all the way: proposed, masked, released into every format, and scanned.

Every proposal is masked, as a reviewer would; nobody reads the whole of it, so whatever is not proposed goes out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.planted import Mention, Planted
from output import files
from redaction.decision import Approved, Decided, Verdict
from redaction.draft import replay
from redaction.ledger import Entry
from redaction.mark import Tier
from redaction.release import kept, release
from redaction.scan import scan, terms_of
from speakers.error import NotReleasableError

_AT = "2026-01-01T00:00:00+08:00"


@dataclass
class Outcome:
    """Of meetings that were taken all the way.

    Attributes:
        mentions: that were planted.
        leaks: of these, those that stand in a published file as they stood in the record.
        listed: of these, those that are spelt as a name or alias that staff wrote down.
        refused: meetings that the gate did not release.
        hits: findings of the scanner.
        files: that were written.
        agreed: leaks that the scanner knew of, by meeting: leaks of meetings with a finding.
    """

    mentions: int = 0
    leaks: int = 0
    listed: int = 0
    refused: int = 0
    hits: int = 0
    files: int = 0
    agreed: int = 0


def outcome(meetings: Iterable[Planted]) -> Outcome:
    """Take meetings all the way."""
    total = Outcome()
    for planted in meetings:
        _one(planted, total)
    return total


def _one(planted: Planted, total: Outcome) -> None:
    total.mentions += len(planted.mentions)
    draft = replay(planted.meeting, planted.record, ())
    acts = [Decided(m.id, Verdict.MASK) for m in draft.marks if m.tier is not Tier.MANUAL]
    entries = [Entry(n, _AT, "reviewer", "by hand", act, "", "") for n, act in enumerate(acts)]
    masked = replay(planted.meeting, planted.record, tuple(entries))
    entries.append(Entry(len(entries), _AT, "reviewer", "by hand", Approved(masked.digest), "", ""))
    draft = replay(planted.meeting, planted.record, tuple(entries))
    try:
        released = release(draft)
    except NotReleasableError:
        total.refused += 1
        return
    with tempfile.TemporaryDirectory() as folder:
        written = files.write(released, Path(folder), None)
        total.files += len(written)
        hits = scan(Path(folder), terms_of(planted.meeting.protected), allowed=kept(draft))
        published = next(p for p in written if p.suffix == ".txt").read_text(encoding="utf-8")
    total.hits += len(hits)
    leaks = list(_leaks(planted, [s.text for s in released.statements], published))
    total.leaks += len(leaks)
    names = {p.id: p.names for p in planted.meeting.protected}
    total.listed += sum(surface in names[mention.subject] for mention, surface in leaks)
    total.agreed += len(leaks) if hits else 0


def _leaks(planted: Planted, statements: list[str], published: str) -> Iterator[tuple[Mention, str]]:
    """Mentions that stand in what was published, as often as they stood in the record or less."""
    if len(statements) != len(planted.record.statements):
        raise SystemExit("Statements were lost on the way: leaks cannot be counted.")
    for mention in planted.mentions:
        at = int(mention.statement_id[1:]) - 1
        surface = planted.record.statements[at].text[mention.start : mention.end]
        if surface in statements[at]:
            if surface not in published:
                raise SystemExit("A statement is not in the published text as it was released.")
            yield mention, surface
