"""The public text beside the private one, and its pieces by how marks were decided."""

from __future__ import annotations

from pipeline import public_text
from pipeline.folder import MeetingFolder
from pipeline.public_text import Piece, pieces
from pipeline.review import draft_of
from redaction.decision import Verdict
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.release import preview
from tests.conftest import SECRETS


def mark(start: int, end: int) -> Mark:
    return Mark("a1", start, end, "p1", Kind.NAME, Tier.B, Evidence("mentions", "1", "exact"), 1.0, "g", "d")


def test_of_marks_that_overlap_what_hides_most_counts() -> None:
    kept, masked, open_ = mark(0, 4), mark(2, 6), mark(5, 8)
    verdicts = {kept.id: Verdict.KEEP, masked.id: Verdict.EDIT}
    found = pieces("一二三四五六七八九", (kept, masked, open_), verdicts)
    assert [(p.text, p.state) for p in found] == [
        ("一二", "keep"),
        ("三四", "mask"),
        ("五", "mask"),
        ("六", "mask"),
        ("七八", "open"),
        ("九", ""),
    ]


def test_a_text_without_marks_is_one_piece() -> None:
    assert pieces("大家好", (), {}) == (Piece("大家好"),)


def test_the_public_side_is_exactly_what_would_be_published(approved: MeetingFolder) -> None:
    draft = draft_of(approved)
    published = [(i, label, text) for i, label, text in preview(draft)]
    blind = public_text.pairs(draft, blind=True)
    assert [(p.id, p.label, p.public) for p in blind] == published
    told = str(public_text.table(blind))
    assert not any(name in told for name in SECRETS if name not in {"沈立言", "林志明"})
    both = public_text.pairs(draft, blind=False)
    assert [p.id for p in both] == [s.id for s in draft.record.statements]
    assert ["".join(piece.text for piece in p.private) for p in both] == [
        s.text for s in draft.record.statements
    ]
