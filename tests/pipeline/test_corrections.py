"""What a page may ask to be changed, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import corrections, history, review
from pipeline.corrections import Stale, acts_of
from pipeline.folder import MeetingFolder
from pipeline.material import material_of
from redaction import ledger
from redaction.decision import Absent, Act, Corrected, Joined, Merged, Named, Reassigned, Split, Undone
from redaction.draft import Draft
from speakers.error import NotFoundError, RecordError, ZhuziError
from speakers.record import SpeakerId, Statement


def statements(draft: Draft) -> dict[str, Statement]:
    return {s.id: s for s in draft.record.statements}


def asked(folder: MeetingFolder, *wanted: object, who: str = "林") -> tuple[Act, ...] | Stale:
    draft = review.draft_of(folder)
    return acts_of({"acts": list(wanted)}, draft, statements(draft), ledger.read(folder.ledger), who)


def done(folder: MeetingFolder, *wanted: object, who: str = "林") -> Draft:
    acts = asked(folder, *wanted, who=who)
    assert isinstance(acts, tuple)
    return review.decide(folder, who, acts)


def about(folder: MeetingFolder, statement: str, **given: Any) -> dict[str, Any]:
    found = review.draft_of(folder).statement(statement)
    assert found is not None
    return {"statement": statement, "digest": found.digest, **given}


def test_each_kind_becomes_its_act(job: MeetingFolder) -> None:
    draft = review.draft_of(job)
    a1, a2 = draft.record.statements[:2]
    was = draft.namings.person(a1.speaker)
    for wanted, act in (
        (about(job, "a1", act="correct", text="好。"), Corrected("a1", a1.digest, "好。")),
        (about(job, "a1", act="split", char=4), Split("a1", a1.digest, 4)),
        (about(job, "a1", act="reassign", voice="S2"), Reassigned("a1", a1.digest, a2.speaker)),
        (about(job, "a1", act="reassign", voice="new"), Reassigned("a1", a1.digest, SpeakerId(""))),
        ({"act": "name", "voice": "S1", "participant": "p2", "was": was}, Named(a1.speaker, "p2")),
        ({"act": "merge", "voice": "S2", "into": "S1"}, Merged(a2.speaker, a1.speaker)),
        ({"act": "absent", "participant": "p3"}, Absent("p3")),
    ):
        assert asked(job, wanted) == (act,)


def test_what_changes_nothing_is_no_act(job: MeetingFolder) -> None:
    text = review.draft_of(job).record.statements[0].text
    assert asked(job, about(job, "a1", act="correct", text=f" {text}\n")) == ()
    assert asked(job, about(job, "a1", act="reassign", voice="S1")) == ()


def test_a_text_that_was_typed_is_cut_in_one_go(job: MeetingFolder) -> None:
    cut = {"act": "split", "statement": "a1", "digest": "of before", "char": 3}
    draft = done(job, about(job, "a1", act="correct", text="各位好。我是主席。"), cut)
    assert [s.text for s in draft.record.statements[:2]] == ["各位好", "。我是主席。"]


def test_two_parts_are_joined_again(job: MeetingFolder) -> None:
    draft = done(job, about(job, "a1", act="split", char=4))
    first, second = draft.record.statements[:2]
    join = about(job, second.id, act="join", before=first.id, before_digest=first.digest)
    assert asked(job, join) == (Joined(first.id, first.digest, second.id, second.digest),)
    assert done(job, join).record.statements[0].text == "大家好，我是沈立言。"


def test_two_voices_are_not_joined(job: MeetingFolder) -> None:
    first = review.draft_of(job).record.statements[0]
    with pytest.raises(RecordError, match="another voice"):
        asked(job, about(job, "a2", act="join", before="a1", before_digest=first.digest))


def test_what_was_seen_and_is_another_now_is_stale(job: MeetingFolder) -> None:
    seen = about(job, "a1", act="correct", text="乙")
    cut = about(job, "a4", act="split", char=5)
    done(job, about(job, "a1", act="correct", text="甲"), who="王")
    assert asked(job, seen) == Stale("a1")
    part = done(job, cut).record.statements[-1]
    late = about(job, part.id, act="correct", text="丙")
    whole = review.draft_of(job).record.statements[-2]
    done(job, about(job, part.id, act="join", before="a4", before_digest=whole.digest))
    assert asked(job, late) == Stale(part.id), "it was joined to another one, and is gone"
    name = {"act": "name", "voice": "S1", "participant": "p3", "was": ""}
    assert asked(job, name) == Stale(voice="S1")


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ("correct", RecordError),
        ({}, RecordError),
        ({"act": "approved", "digest": ""}, RecordError),
        ({"act": ["correct"]}, RecordError),
        ({"act": "correct"}, RecordError),
        ({"act": "correct", "statement": "a1", "text": "x"}, RecordError),
        ({"act": "correct", "statement": "b1", "digest": "", "text": "x"}, NotFoundError),
        ({"act": "correct", "statement": "../a1", "digest": "", "text": "x"}, NotFoundError),
        ({"act": "reassign", "statement": "a1", "digest": 1, "voice": "S1"}, RecordError),
        ({"act": "merge", "voice": "S1", "into": "S1"}, RecordError),
        ({"act": "merge", "voice": "S1", "into": "S7"}, NotFoundError),
        ({"act": "merge", "voice": "S1"}, RecordError),
        ({"act": "name", "voice": "S0", "participant": "p1", "was": ""}, NotFoundError),
        ({"act": "name", "voice": "S1", "participant": "p9", "was": ""}, NotFoundError),
        ({"act": "absent", "participant": ""}, NotFoundError),
        ({"act": "accept", "suggestion": "c0"}, NotFoundError),
        ({"act": "accept", "suggestion": "c0", "alike": "yes"}, RecordError),
        ({"act": "undo"}, NotFoundError),
        ({"act": "redo"}, NotFoundError),
    ],
)
def test_what_makes_no_sense_is_refused(job: MeetingFolder, wanted: object, error: type[ZhuziError]) -> None:
    with pytest.raises(error):
        asked(job, wanted)


@pytest.mark.parametrize("char", [0, -1, 10_000, True, "4", 1.5, None])
def test_a_cut_has_something_on_either_side(job: MeetingFolder, char: object) -> None:
    with pytest.raises(RecordError):
        asked(job, about(job, "a1", act="split", char=char))


@pytest.mark.parametrize("text", ["", "  \n", "x" * (corrections.LONGEST + 1), "\ud800", 7])
def test_a_text_is_one(job: MeetingFolder, text: object) -> None:
    with pytest.raises(RecordError):
        asked(job, about(job, "a1", act="correct", text=text))


def test_one_request_asks_for_so_much_and_no_more(job: MeetingFolder) -> None:
    one = about(job, "a1", act="correct", text="好。")
    with pytest.raises(RecordError):
        asked(job, *[one] * (corrections.MOST + 1))
    with pytest.raises(RecordError):
        asked(job, {"act": "undo"}, one)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["act", "statement", "digest", "text", "char", "voice", "into", "participant", "was", "before"]
)
_VALUES = (
    st.sampled_from(["correct", "split", "join", "reassign", "name", "merge", "a1", "S1", "p1", "", 3])
    | _JSON
)


def test_no_json_breaks_it(job: MeetingFolder) -> None:
    draft = review.draft_of(job)

    @given(st.dictionaries(_KEYS, _VALUES, max_size=7) | _JSON)
    def tried(wanted: Any) -> None:
        try:
            acts = acts_of({"acts": [wanted]}, draft, statements(draft), (), "林")
        except ZhuziError:
            return
        assert isinstance(acts, tuple | Stale)

    tried()


def test_steps_back_and_forward_are_of_ones_own(job: MeetingFolder) -> None:
    def text(statement: str) -> str:
        found = review.draft_of(job).statement(statement)
        assert found
        return found.text

    first, last = text("a1"), text("a4")
    done(job, about(job, "a1", act="correct", text="甲"))
    done(job, about(job, "a4", act="correct", text="乙"))
    done(job, about(job, "a2", act="correct", text="丙"), who="王")
    done(job, {"act": "undo"})
    assert (text("a1"), text("a4"), text("a2")) == ("甲", last, "丙")
    done(job, {"act": "undo"})
    assert (text("a1"), text("a4")) == (first, last)
    done(job, {"act": "redo"})
    assert (text("a1"), text("a4")) == ("甲", last)
    done(job, {"act": "redo"})
    assert (text("a1"), text("a4")) == ("甲", "乙")
    with pytest.raises(NotFoundError):
        asked(job, {"act": "redo"})
    done(job, {"act": "undo"})
    done(job, about(job, "a3", act="correct", text="丁"))
    with pytest.raises(NotFoundError):
        asked(job, {"act": "redo"})


def test_a_step_that_would_lose_anothers_words_is_not_taken(job: MeetingFolder) -> None:
    done(job, about(job, "a1", act="correct", text="甲"))
    done(job, about(job, "a1", act="correct", text="乙"), who="王")
    assert asked(job, {"act": "undo"}) == Stale("a1")
    done(job, {"act": "undo"}, who="王")
    acts = asked(job, {"act": "undo"})
    assert acts == (Undone(0),)


def test_history_has_before_and_after_and_what_was_undone(job: MeetingFolder) -> None:
    heard = review.draft_of(job).record.statements[0].text
    done(job, about(job, "a1", act="correct", text="甲"))
    done(job, about(job, "a1", act="correct", text="乙丙"))
    done(job, {"act": "undo"})
    draft = done(job, about(job, "a4", act="split", char=5))
    part = draft.record.statements[-1]
    material = material_of(job)
    entries = ledger.read(job.ledger)
    of_first = history.changes(material.reviewed(()), entries, "a1")
    assert [(c.before, c.after, c.counts) for c in of_first] == [
        ((heard,), ("甲",), True),
        (("甲",), ("乙丙",), False),
    ]
    (cut,) = history.changes(material.reviewed(()), entries, part.id)
    assert cut.after == ("謝謝佩珊，", "散會。")
    assert len(history.changes(material.reviewed(()), entries)) == 3
    assert history.corrected(entries) == {"a1", "a4", part.id}
