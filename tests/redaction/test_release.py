"""The gate: what is refused, what is published in place of what is hidden, and attempts to leak."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from redaction.decision import (
    Absent,
    Act,
    Added,
    Corrected,
    Decided,
    Merged,
    Named,
    Rediarized,
    Revoked,
    Verdict,
)
from redaction.draft import Draft, replay
from redaction.ledger import ORIGIN, Entry
from redaction.mark import Kind
from redaction.release import kept, obstacles, release
from redaction.released import Released
from speakers.error import NotReleasableError
from speakers.meeting import Link, Meeting, Wish
from speakers.record import Record, SpeakerId, Statement
from tests.scenes import approved, entries, hidden, masked, shown, span, spoken, unrecorded, word

S1, S2, S3 = map(SpeakerId, ("S1", "S2", "S3"))
ANON, CHAIR = hidden(1, "陳筱明", "筱明", heard_at=100), shown(2, "王大明", role="主席")
MEETING = Meeting(title="會議", participants=(ANON, CHAIR))
RECORD = spoken(("S1", "我是陳筱明。"), ("S2", "謝謝筱明，"), ("S3", "打0912345678。"))


def texts(released: Released) -> list[tuple[str, str]]:
    return [(released.speakers[s.speaker].label, s.text) for s in released.statements]


def said(*statements: str, acts: tuple[Act, ...] = (), meeting: Meeting = MEETING) -> list[str]:
    record = spoken(*(("S2", text) for text in statements))
    return [s.text for s in release(approved(meeting, record, Absent("p1"), *acts)).statements]


def decided(
    record: Record, surface: str, verdict: Verdict, *, text: str = "", meeting: Meeting = MEETING
) -> Act:
    """What a reviewer decides about the first mark that reads so."""
    for mark in replay(meeting, record, ()).marks:
        statement = record.statement(mark.statement_id)
        if statement is not None and statement.text[mark.char_start : mark.char_end] == surface:
            return Decided(mark.id, verdict, "consent", text)
    raise AssertionError(surface)


def refused(draft: Draft, **options: int) -> str:
    with pytest.raises(NotReleasableError) as error:
        release(draft, **options)
    assert "筱" not in str(error.value), "no word of the record in an error"
    return error.value.what


# The gate.


def test_what_is_published_of_a_meeting() -> None:
    released = release(approved(MEETING, RECORD, Named(S2, "p2")))
    assert texts(released) == [
        ("參與者 1", "我是參與者 1。"),
        ("王大明", "謝謝參與者 1，"),
        ("發言者 1", "打（聯絡資料）。"),
    ]
    assert [(s.key, s.role, s.named) for s in released.speakers] == [
        ("參與者1", "", False),
        ("王大明", "主席", True),
        ("發言者1", "", False),
    ]
    assert released.hidden == (("alias", 1), ("contact", 1), ("name", 1))
    assert (released.title, released.language, released.approvers) == ("會議", "zh", 1)


def test_undecided_marks_shut_the_gate() -> None:
    draft = approved(MEETING, RECORD, mask=False)
    assert "3 of 3 marks are undecided" in refused(draft)


def test_without_an_approval_the_gate_is_shut() -> None:
    assert "0 of 1 approvals" in refused(approved(MEETING, RECORD, by=()))
    assert "0 of 1 approvals" in refused(approved(MEETING, RECORD, by=()), approvers=0)


def test_two_approvers_are_two_people() -> None:
    assert "1 of 2 approvals" in refused(approved(MEETING, RECORD, by=("amy", "Amy ")), approvers=2)
    both = release(approved(MEETING, RECORD, by=("amy", "bob")), approvers=2)
    assert (both.approvers, both.approved_at) == (2, "2024-05-20T11:30:00+08:00")


@pytest.mark.parametrize("other", ["AMY CHEN", "chen  amy", "Ａｍｙ－Ｃｈｅｎ", "Amy\u200b Chén", "Аmy Chen"])
def test_the_second_approver_is_not_the_first_in_another_spelling(other: str) -> None:
    said = refused(approved(MEETING, RECORD, by=("Amy Chen", other)), approvers=2)
    assert "1 of 2 approvals" in said
    assert "Two approvals are one person's" in said
    assert release(approved(MEETING, RECORD, by=("Amy Chen", "Amy Cheng")), approvers=2)


def test_a_sensitive_meeting_asks_for_two_by_itself() -> None:
    meeting = replace(MEETING, approvers=2)
    draft = approved(meeting, RECORD)
    assert "1 of 2 approvals" in refused(draft)
    assert [o.cure for o in obstacles(draft)] == [
        "Somebody else has to read and approve it: zhuzi review ID."
    ]
    assert release(approved(meeting, RECORD, by=("amy", "bob")))


CHANGED = {
    "What somebody asked for": replace(MEETING, participants=(replace(ANON, wish=Wish.UNNAMED), CHAIR)),
    "What meeting.toml says": replace(MEETING, title="另一場"),
}


@pytest.mark.parametrize("said", CHANGED)
def test_an_approval_that_lapsed_says_which_part_changed_and_not_what(said: str) -> None:
    signed = Entry(
        99, "2024-05-20T12:00:00+08:00", "amy", "by hand", approved(MEETING, RECORD).approval, ORIGIN, ORIGIN
    )
    draft = replay(CHANGED[said], RECORD, (*entries(*masked(CHANGED[said], RECORD)), signed))
    assert said in refused(draft)
    assert "0 of 1 approvals" in refused(draft)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (Revoked("asked for it"), "was revoked since"),
        (Rediarized(None, None, ""), "told apart again since"),
        (Absent("p1"), "Something was decided"),
        (Corrected("a1", RECORD.statements[0].digest, "我是誰。"), "The text changed"),
    ],
)
def test_whatever_is_decided_after_an_approval_voids_it(act: Act, said: str) -> None:
    done = (*masked(MEETING, RECORD), approved(MEETING, RECORD).approval)
    assert obstacles(replay(MEETING, RECORD, entries(*done))) == ()
    after = replay(MEETING, RECORD, entries(*done, act, *masked(MEETING, RECORD)))
    assert said in refused(after)


def test_a_decision_that_was_taken_back_does_not_revive_an_approval() -> None:
    done = (*masked(MEETING, RECORD), approved(MEETING, RECORD).approval)
    (mark, *_) = replay(MEETING, RECORD, ()).marks
    again = (Decided(mark.id, Verdict.KEEP, "no name"), Decided(mark.id, Verdict.MASK))
    draft = replay(MEETING, RECORD, entries(*done, *again))
    assert draft.approval == done[-1]
    assert "Something was decided" in refused(draft)


def test_the_rules_and_the_policy_are_part_of_what_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    done = (*masked(MEETING, RECORD), approved(MEETING, RECORD).approval)
    for name in ("redaction.draft.POLICY", "redaction.propose.VERSION"):
        with monkeypatch.context() as patch:
            patch.setattr(name, "another")
            assert "The rules" in refused(replay(MEETING, RECORD, entries(*done)))


def test_each_obstacle_has_its_cure() -> None:
    meeting = replace(MEETING, participants=(ANON, unrecorded(2, "林大同")))
    found = obstacles(replay(meeting, RECORD, ()))
    assert [o.what.split()[-1] for o in found] == ["undecided.", "recorded.", "approval."]
    assert all("zhuzi review ID" in o.cure for o in found)


def test_somebody_not_to_be_recorded_has_to_be_known() -> None:
    meeting = replace(MEETING, participants=(ANON, unrecorded(2, "林大同")))
    assert "belongs to p2" in refused(approved(meeting, RECORD))
    assert release(approved(meeting, RECORD, Named(S3, "p2")))
    assert release(approved(meeting, RECORD, Absent("p2")))


def test_what_somebody_unrecorded_says_is_one_note() -> None:
    meeting = Meeting(participants=(unrecorded(1, "林大同", heard_at=100),))
    record = spoken(("S1", "祕密一"), ("S1", "祕密二"), ("S2", "好"), ("S1", "祕密三"))
    released = release(approved(meeting, record))
    assert texts(released) == [("林大同", "（不列入紀錄）"), ("發言者 1", "好"), ("林大同", "（不列入紀錄）")]
    assert "祕密" not in repr(released)


def test_labels_are_in_the_record_s_language() -> None:
    record = spoken(("S1", ["I", " am", " Sheila"]), ("S2", ["hello"]), ("S0", ["yes"]), language="en")
    released = release(approved(Meeting(participants=(hidden(1, "Sheila", heard_at=100),)), record))
    assert texts(released) == [
        ("Participant 1", "I am Participant 1"),
        ("Speaker 1", "hello"),
        ("Unknown speaker", "yes"),
    ]
    assert release(approved(Meeting(), replace(record, language="fr"))).language == "en"


def test_one_person_with_two_voices_is_one_label() -> None:
    record = spoken(("S1", "大家好"), ("S3", "謝謝"))
    released = release(approved(MEETING, record, Named(S3, "p1")))
    assert [label for label, _ in texts(released)] == ["參與者 1", "參與者 1"]
    assert len(released.speakers) == 1


# The sound.


def heard(released: Released, start: int, end: int) -> bool:
    return any(all(not s.start <= m < s.end for s in released.sound.replaced) for m in range(start, end))


def test_a_mention_is_replaced_with_a_margin() -> None:
    meeting = Meeting(participants=(shown(2, "王大明"),))
    record = spoken(("S1", "請打0912345678"))
    assert release(approved(meeting, record)).sound.replaced == (span(600, 6400),)


def test_protected_unrecorded_and_unnamed_voices_are_replaced() -> None:
    record = spoken(("S1", "好好好"), ("S2", "好好好好好好"), ("S3", "好好好"), ("S0", "好好好"))
    meeting = Meeting(participants=(ANON, CHAIR, unrecorded(3, "林大同")))
    released = release(approved(meeting, record, Named(S2, "p2"), Named(S3, "p3")))
    # Of S2's words, those beside somebody who is not to be recorded are masked as perhaps theirs.
    assert released.sound.replaced == (span(0, 2250), span(3100, 8250))


def test_nobody_s_voice_is_removed_where_nobody_asked() -> None:
    record = spoken(("S1", "好好好"), ("S2", "好好好"))
    assert release(approved(Meeting(participants=(CHAIR,)), record)).sound.replaced == ()


def test_overlapped_speech_is_removed_with_its_turn() -> None:
    record = spoken(("S1", "好"), ("S2", "好好好"))
    turns = record.diarization
    late = replace(turns.overlapping[0], span=span(0, 1600))
    record = replace(record, diarization=replace(turns, overlapping=(late, turns.overlapping[1])))
    assert release(approved(MEETING, record, Named(S2, "p2"))).sound.replaced == (span(0, 2350),)


def test_without_the_voice_of_somebody_anonymous_there_is_text_but_no_sound() -> None:
    meeting = Meeting(participants=(hidden(7, "陳筱明"),))
    released = release(approved(meeting, spoken(("S1", "謝謝大家"))))
    assert released.sound.allowed is False
    assert released.sound.replaced == ()
    assert "p7" not in repr(released), "an id tells the order in which people were written down"
    assert texts(released) == [("發言者 1", "謝謝大家")]


def test_somebody_declared_absent_does_not_stop_the_sound() -> None:
    meeting = Meeting(participants=(hidden(1, "陳筱明"),))
    released = release(approved(meeting, spoken(("S1", "謝謝大家")), Absent("p1")))
    assert released.sound.allowed is True
    assert released.sound.replaced == (span(0, 2750),), "a voice without a name may still be anybody's"


def test_a_corrected_name_is_replaced_where_it_may_be_heard() -> None:
    record = spoken(("S2", "然後評語覺得好"))
    act = Corrected("a1", record.statements[0].digest, "接著筱明認為好")
    released = release(
        approved(Meeting(participants=(ANON, CHAIR)), record, Absent("p1"), Named(S2, "p2"), act)
    )
    assert [s.text for s in released.statements] == ["接著參與者 1 認為好"]
    assert not heard(released, 0, 3250)


# Captions.


def test_captions_hold_the_text_once() -> None:
    record = spoken(("S2", "大家好，今天我們談的是開放政府，" * 6 + "謝謝筱明。"))
    (statement,) = release(approved(MEETING, record, Absent("p1"))).statements
    assert "".join(c.text for c in statement.cues).replace(" ", "") == statement.text.replace(" ", "")
    assert all(a.span.end <= b.span.start for a, b in zip(statement.cues, statement.cues[1:], strict=False))
    assert len(statement.cues) > 3
    assert sum("參與者 1" in c.text for c in statement.cues) == 1


def test_a_rewritten_statement_keeps_readable_captions() -> None:
    record = spoken(("S2", "一二三四五" * 8))
    act = Corrected("a1", record.statements[0].digest, "甲乙丙丁戊" * 8)
    (statement,) = release(approved(Meeting(), record, act)).statements
    assert all(c.span.length >= 1000 for c in statement.cues)
    assert all(len(c.text) <= 41 for c in statement.cues)


# Attempts to leak. Each one was thought of as a way through the gate.


def test_a_mark_may_begin_and_end_inside_words() -> None:
    record = spoken(("S2", ["謝謝陳", "筱", "明你好"]))
    released = release(approved(MEETING, record, Absent("p1")))
    assert [s.text for s in released.statements] == ["謝謝參與者 1 你好"]


def test_two_marks_in_one_word_keep_its_order() -> None:
    record = spoken(("S2", ["對筱明和筱明說", " and", " x筱明"]))
    released = release(approved(MEETING, record, Absent("p1")))
    assert [s.text for s in released.statements] == ["對參與者 1 和參與者 1 說 and x參與者 1"]


def test_overlapping_marks_hide_what_either_covers() -> None:
    statement = spoken(("S2", "我姓陳筱明啦")).statements[0]
    assert said(statement.text, acts=(Added("a1", 1, 4, "", statement.digest),)) == ["我（隱去）啦"]
    assert said(statement.text, acts=(Added("a1", 3, 6, "", statement.digest),)) == ["我姓參與者 1"]


def test_a_mark_that_begins_at_a_space_keeps_its_placeholder() -> None:
    record = spoken(("S2", ["at", " Acme", " now"]))
    act = Added("a1", 2, 8, "", record.statements[0].digest)
    assert [s.text for s in release(approved(Meeting(), record, act)).statements] == ["at （隱去） now"]


def test_a_statement_of_a_name_only_is_a_placeholder() -> None:
    assert said("陳筱明") == ["參與者 1"]


def test_a_statement_of_unseen_characters_is_none() -> None:
    assert said("好", "\u200b\u200b", "\x00") == ["好"]


def test_unseen_characters_do_not_part_a_name() -> None:
    assert said("陳\u200b\u200b\u200b\u200b筱\x00明好") == ["參與者 1 好"]


def test_a_compatibility_character_is_the_character_it_becomes() -> None:
    meeting = Meeting(participants=(hidden(1, "李大華"),))
    assert said("\uf9e1大華好", meeting=meeting) == ["參與者 1 好"]


def test_a_name_that_a_change_of_speaker_cuts_is_hidden_on_both_sides() -> None:
    record = spoken(("S2", "我是陳筱"), ("S3", "明，對"))
    released = release(approved(MEETING, record, Absent("p1")))
    assert [s.text for s in released.statements] == ["我是參與者 1", "參與者 1，對"]


def test_a_name_inside_something_kept_is_still_hidden() -> None:
    meeting = Meeting(participants=(hidden(1, "Sheila"),))
    record = spoken(("S2", ["寫給", "sheila@example.org"]))
    keep = decided(record, "sheila@example.org", Verdict.KEEP, meeting=meeting)
    draft = approved(meeting, record, Absent("p1"), keep)
    assert [s.text for s in release(draft).statements] == ["寫給參與者 1@example.org"]


def test_another_s_name_inside_a_kept_name_is_still_hidden() -> None:
    meeting = Meeting(participants=(hidden(1, "王大", "小魚乾"), hidden(2, "李小", "小魚")))
    record = spoken(("S2", "小魚乾"))
    keep = decided(record, "小魚乾", Verdict.KEEP, meeting=meeting)
    assert [s.text for s in release(approved(meeting, record, keep)).statements] == ["參與者 2 乾"]


def test_keeping_an_added_mark_keeps_no_name_under_it() -> None:
    record = spoken(("S2", "我是陳筱明啦"))
    add = Added("a1", 0, 6, "", record.statements[0].digest)
    manual = replay(MEETING, record, entries(add)).marks[0]
    draft = approved(MEETING, record, Absent("p1"), add, Decided(manual.id, Verdict.KEEP, "a slip"))
    assert [s.text for s in release(draft).statements] == ["我是參與者 1 啦"]


@pytest.mark.parametrize("text", ["陳筱明", "那位筱明先生", "陈筱明", "陳，筱明", "筱\u200b明"])
def test_a_replacement_may_not_name_anybody(text: str) -> None:
    record = spoken(("S2", "謝謝筱明"))
    act = decided(record, "筱明", Verdict.EDIT, text=text)
    assert "Statement a1" in refused(approved(MEETING, record, Absent("p1"), act))


def test_a_replacement_may_not_complete_a_name() -> None:
    record = spoken(("S2", "甲打0912345678明"))
    meeting = Meeting(participants=(hidden(1, "筱明"),))
    act = decided(record, "0912345678", Verdict.EDIT, text="筱", meeting=meeting)
    assert "Statement a1" in refused(approved(meeting, record, Absent("p1"), act))


def test_an_unseen_replacement_may_not_bring_a_name_together() -> None:
    record = spoken(("S2", "陳0912345678筱明"))
    meeting = Meeting(participants=(hidden(1, "陳筱明", "z"),))
    act = decided(record, "0912345678", Verdict.EDIT, text="\u200b", meeting=meeting)
    keep = decided(record, "筱明", Verdict.KEEP, meeting=meeting)
    assert "Statement a1" in refused(approved(meeting, record, Absent("p1"), act, keep))


def test_a_correction_may_not_bring_a_name_past_its_marks() -> None:
    record = spoken(("S2", "明筱陳"))
    act = Corrected("a1", record.statements[0].digest, "陳筱明")
    draft = replay(MEETING, record, entries(act))
    assert len(draft.undecided) == 1
    assert [s.text for s in release(approved(MEETING, record, Absent("p1"), act)).statements] == ["參與者 1"]


def test_what_is_kept_may_stand_as_often_as_it_was_kept() -> None:
    record = spoken(("S2", "筱明和筱明"))
    first = decided(record, "筱明", Verdict.KEEP)
    draft = approved(MEETING, record, Absent("p1"), first)
    assert [s.text for s in release(draft).statements] == ["筱明和參與者 1"]
    assert kept(draft) == {"筱明": 1}


@pytest.mark.parametrize(
    ("meeting", "what"),
    [
        (replace(MEETING, title="陳筱明案協作會議"), "The title"),
        (replace(MEETING, title="与陈筱明的会议"), "The title"),
        (replace(MEETING, title="陳\u200b筱明"), "The title"),
        (replace(MEETING, date="筱明"), "The date"),
        (replace(MEETING, place="筱明家"), "The place"),
        (replace(MEETING, case="筱明-1"), "The case"),
        (replace(MEETING, links=(Link("筱明的網頁", "https://x"),)), "A link"),
        (replace(MEETING, links=(Link("x", "https://x/筱明"),)), "A link"),
        (replace(MEETING, links=(Link("x", "https://x/%E7%AD%B1%E6%98%8E"),)), "A link"),
        (
            replace(MEETING, participants=(ANON, replace(CHAIR, role="陳筱明的律師"))),
            "A speaker's name or role",
        ),
        (replace(MEETING, participants=(ANON, replace(CHAIR, name="王筱明"))), "A speaker's name or role"),
    ],
)
def test_a_name_outside_what_was_said_shuts_the_gate(meeting: Meeting, what: str) -> None:
    draft = approved(meeting, RECORD, Named(S2, "p2"))
    reason = refused(draft)
    assert what in reason
    assert "p1" in reason
    assert obstacles(draft)


def test_the_role_of_somebody_who_does_not_speak_is_not_published() -> None:
    meeting = replace(MEETING, participants=(ANON, replace(CHAIR, role="陳筱明的律師")))
    assert release(approved(meeting, RECORD))


def test_the_role_of_somebody_anonymous_is_not_published() -> None:
    meeting = replace(MEETING, participants=(replace(ANON, role="唯一的獸醫"), CHAIR))
    assert "獸醫" not in repr(release(approved(meeting, RECORD)))


def test_a_merger_does_not_put_words_under_a_wrong_name() -> None:
    draft = approved(MEETING, RECORD, Named(S2, "p2"), Merged(S1, S2))
    assert {label for label, _ in texts(release(draft))} == {"發言者 1", "發言者 2"}
    assert release(draft).sound.allowed is False


def test_the_order_of_words_is_reading_order_whatever_their_times() -> None:
    row = (word("筱", 900), word("明", 100), word("好", 500))
    record = Record("zh", (Statement("a1", S2, row),), spoken(("S2", "好")).diarization)
    assert [s.text for s in release(approved(MEETING, record, Absent("p1"))).statements] == ["參與者 1 好"]


def test_a_placeholder_says_nothing_of_what_it_hides() -> None:
    meeting = Meeting(participants=(hidden(1, "陳筱明", "明"), hidden(2, "歐陽大文先生")))
    assert said("陳筱明、歐陽大文先生、明", meeting=meeting, acts=(Absent("p2"),)) == [
        "參與者 1、參與者 2、參與者 1"
    ]


def test_a_named_participant_is_not_hidden() -> None:
    assert said("謝謝王大明") == ["謝謝王大明"]


def test_kinds_are_counted_but_not_told() -> None:
    released = release(approved(MEETING, RECORD))
    assert dict(released.hidden).keys() == {Kind.NAME, Kind.ALIAS, Kind.CONTACT}


def test_released_holds_only_what_may_be_told() -> None:
    text = re.sub("[0-9a-f]{64}", "", repr(release(approved(MEETING, RECORD, Named(S2, "p2")))))
    for secret in ("筱", "0912", "p1", "p2", "S1", "S2", "a1", "0.5", "amy", "heard_at", "confidence"):
        assert secret not in text, secret


@pytest.mark.parametrize("before", range(8, 15))
def test_a_caption_never_cuts_what_was_kept(before: int) -> None:
    meeting = Meeting(participants=(hidden(1, "蔡佩珊"),))
    record = spoken(("S1", "好" * before + "蔡佩珊的書" + "嗎" * 20))
    acts = (
        Absent("p1"),
        *(Decided(m.id, Verdict.KEEP, "another") for m in replay(meeting, record, ()).marks),
    )
    (statement,) = release(approved(meeting, record, *acts)).statements
    assert len(statement.cues) > 1
    assert sum("蔡佩珊" in cue.text for cue in statement.cues) == 1


def test_a_revocation_is_no_reason_once_somebody_approved_after_it() -> None:
    done = (*masked(MEETING, RECORD), approved(MEETING, RECORD).approval, Revoked("asked for it"))
    revoked = entries(*done)
    assert "was revoked since" in refused(replay(MEETING, RECORD, revoked))
    now = approved(MEETING, RECORD).approval
    at = "2024-05-21T10:00:00+08:00"
    again = (*revoked, Entry(len(done), at, "bob", "by hand", now, ORIGIN, ORIGIN))
    assert obstacles(replay(MEETING, RECORD, again)) == ()
    later = Entry(len(done) + 1, at, "bob", "by hand", Absent("p1"), ORIGIN, ORIGIN)
    said = refused(replay(MEETING, RECORD, (*again, later)))
    assert "revoked" not in said
    assert said.startswith("Something was decided")
