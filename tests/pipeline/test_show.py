"""The draft as reviewers read it."""

from __future__ import annotations

from pipeline import review, show
from pipeline.folder import MeetingFolder
from redaction.decision import Added, Corrected, Decided, Verdict
from redaction.release import stand_ins


def test_overlapping_marks_are_all_shown(undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    mark = draft.undecided[0]
    statement = draft.record.statement(mark.statement_id)
    assert statement is not None
    wide = Added(statement.id, 0, len(statement.text), "", statement.digest)
    draft = review.decide(undecided, "R", (wide,))
    outer = next(m for m in draft.marks if m.tier == "manual")
    draft = review.decide(undecided, "R", (Decided(outer.id, Verdict.KEEP, "nobody"),))
    text = show.marked(draft, statement, stand_ins(draft)[statement.id])
    assert text.startswith("[□")
    assert text.endswith("]")
    assert "[?" in text
    assert text.count("[") == text.count("]") == sum(m.statement_id == statement.id for m in draft.marks)


def test_every_mark_has_a_line_with_its_id_and_none_of_its_words(undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    lines = list(show.lines(draft))
    for mark in draft.marks:
        (line,) = [text for text in lines if mark.id in text]
        assert "undecided" in line
        assert "佩珊" not in line


def test_names_that_belong_to_nobody_are_listed_with_where_they_stand(undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    statement = draft.record.statements[0]
    review.decide(undecided, "R", (Corrected(statement.id, statement.digest, "昨天王小明來過"),))
    draft = review.draft_of(undecided)
    assert any("王小明 (1, a1)" in line for line in show.lines(draft))
    assert {"surface": "王小明", "count": 1, "first": "a1"} in show.table(draft)["strangers"]
