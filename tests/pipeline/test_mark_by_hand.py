"""Marks by hand: what was selected, here or wherever the same words stand and no mark sees to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline import mark_by_hand
from pipeline.folder import MeetingFolder
from pipeline.mark_by_hand import Selected
from pipeline.review import decide, draft_of
from redaction.decision import Decided, Verdict
from redaction.draft import Draft
from speakers.error import NotFoundError, RecordError


def selected(draft: Draft, words: str) -> Selected:
    statement = next(s for s in draft.record.statements if words in s.text)
    at = statement.text.index(words)
    return Selected(statement.id, at, at + len(words), "", statement.digest)


def test_spaces_around_a_selection_are_not_part_of_it(undecided: MeetingFolder) -> None:
    draft = draft_of(undecided)
    wide = selected(draft, "大家好")
    assert mark_by_hand.here(draft, wide).char_end == wide.end
    with pytest.raises(RecordError):
        mark_by_hand.here(draft, replace(wide, end=wide.start))


@pytest.mark.parametrize(
    ("field", "value"), [("text_digest", "0"), ("statement_id", "a99"), ("subject", "p99")]
)
def test_what_is_not_there_is_refused(undecided: MeetingFolder, field: str, value: str) -> None:
    draft = draft_of(undecided)
    with pytest.raises(NotFoundError):
        mark_by_hand.here(draft, replace(selected(draft, "大家好"), **{field: value}))


def test_a_single_character_is_hidden_here_only(undecided: MeetingFolder) -> None:
    draft = draft_of(undecided)
    one = mark_by_hand.here(draft, selected(draft, "大"))
    with pytest.raises(RecordError, match="single"):
        mark_by_hand.everywhere(draft, one)


def test_where_a_mark_sees_to_the_words_nothing_is_added_unless_it_was_kept(undecided: MeetingFolder) -> None:
    draft = draft_of(undecided)
    name = mark_by_hand.here(draft, selected(draft, "蔡佩珊"))
    assert name not in mark_by_hand.everywhere(draft, name).acts
    mark = next(m for m in draft.marks_in(name.statement_id) if m.char_start <= name.char_start < m.char_end)
    kept = decide(undecided, "林審閱", (Decided(mark.id, Verdict.KEEP, "known"),))
    assert name in mark_by_hand.everywhere(kept, name).acts
