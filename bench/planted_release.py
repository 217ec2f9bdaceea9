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
from redaction.decision import Act, Approved, Decided, Verdict
from redaction.draft import Draft, replay
from redaction.forbidden import forbidden
from redaction.ledger import Entry
from redaction.release import release
from redaction.scan import scan
from speakers.error import NotReleasableError

_AT = "2026-01-01T00:00:00+08:00"


@dataclass
class Outcome:
    """Of meetings that were taken all the way.

    Attributes:
        mentions: that were planted.
        leaks: of these, those that stand in a published file as they stood in the record.
        alike: of these, those that are spelt or sound like the name, as far as the usual confusions go.
        listed: of these, those that are spelt as a name or alias that staff wrote down.
        refused: meetings that the gate did not release.
        hits: findings of the scanner.
        files: that were written.
        stopped: leaks in meetings that the scanner found anything in, so that they would not be published.
        people: who are mentioned.
        whole: of these, people of whom no mention leaks.
    """

    mentions: int = 0
    leaks: int = 0
    alike: int = 0
    listed: int = 0
    refused: int = 0
    hits: int = 0
    files: int = 0
    stopped: int = 0
    people: int = 0
    whole: int = 0


def outcome(meetings: Iterable[Planted]) -> Outcome:
    """Take meetings all the way."""
    total = Outcome()
    for planted in meetings:
        _one(planted, total)
    return total


def _one(planted: Planted, total: Outcome) -> None:
    total.mentions += len(planted.mentions)
    everybody = {m.subject for m in planted.mentions}
    total.people += len(everybody)
    draft = _reviewed(planted)
    try:
        released = release(draft)
    except NotReleasableError:
        total.refused += 1
        return
    with tempfile.TemporaryDirectory() as folder:
        written = files.write(released, Path(folder), None)
        total.files += len(written)
        sought = forbidden(draft)
        hits = scan(Path(folder), sought.terms, allowed=sought.allowed, public=sought.public)
        published = next(p for p in written if p.suffix == ".txt").read_text(encoding="utf-8")
    total.hits += len(hits)
    leaks = list(_leaks(planted, [s.text for s in released.statements], published))
    total.leaks += len(leaks)
    total.alike += sum(mention.written != "outside" for mention, _ in leaks)
    names = {p.id: p.names for p in planted.meeting.protected}
    total.listed += sum(surface in names[mention.subject] for mention, surface in leaks)
    total.whole += len(everybody - {mention.subject for mention, _ in leaks})
    total.stopped += len(leaks) if hits else 0


def _reviewed(planted: Planted) -> Draft:
    """The draft after everything proposed was masked, also what is only proposed because of that, and approved."""
    entries: list[Entry] = []

    def enter(*acts: Act) -> Draft:
        entries.extend(
            Entry(len(entries) + n, _AT, "reviewer", "by hand", act, "", "") for n, act in enumerate(acts)
        )
        return replay(planted.meeting, planted.record, tuple(entries))

    draft = enter()
    while draft.undecided:
        draft = enter(*(Decided(m.id, Verdict.MASK) for m in draft.undecided))
    return enter(Approved(draft.digest))


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
