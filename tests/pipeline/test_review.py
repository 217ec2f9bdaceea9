"""A review records exactly what was decided, all of it or nothing, and nobody approves unseen."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import review, show
from pipeline.folder import MeetingFolder
from pipeline.run import RECORD
from redaction import ledger
from redaction.decision import Absent, Act, Added, Approved, Corrected, Decided, Merged, Named, Verdict
from speakers.error import (
    BusyError,
    LedgerError,
    NotFoundError,
    NotReleasableError,
    RecordError,
    StorageError,
)
from speakers.record import UNKNOWN, clock


def acts(folder: MeetingFolder) -> list[Act]:
    return [entry.act for entry in ledger.read(folder.ledger)]


def test_accept_proposed_writes_exactly_that(undecided: MeetingFolder) -> None:
    before = review.draft_of(undecided)
    after = review.accept_proposed(undecided, "R")
    expected: list[Act] = [Named(n.speaker, n.participant_id) for n in before.unconfirmed]
    expected += [Decided(m.id, Verdict.MASK) for m in before.undecided]
    assert acts(undecided) == [*expected, Approved(after.digest)]
    assert {(e.who, e.how) for e in ledger.read(undecided.ledger)} == {("R", "--accept proposed")}
    assert review.standing(undecided) == "approved"


def test_undecided_marks_cannot_be_approved(undecided: MeetingFolder) -> None:
    with pytest.raises(NotReleasableError, match="undecided"):
        review.approve(undecided, "R")
    assert not undecided.ledger.exists()


def test_what_changed_since_it_was_shown_is_not_approved(approved: MeetingFolder) -> None:
    shown = review.draft_of(approved).digest
    title = approved.meeting_toml.read_text("utf-8").replace("寵物", "動物")
    approved.meeting_toml.write_text(title, encoding="utf-8")
    before = acts(approved)
    with pytest.raises(NotReleasableError, match="changed while it was looked at"):
        review.approve(approved, "R", seen=shown)
    assert acts(approved) == before


def test_acts_about_nothing_are_refused_together(undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    first, mark = draft.record.statements[0], draft.marks[0]
    good = Decided(mark.id, Verdict.MASK)
    wrong: list[Act] = [
        Decided("m000000000000", Verdict.MASK),
        Named(review.voice("S9"), "p1"),
        Named(review.voice("S1"), "p9"),
        Merged(review.voice("S1"), review.voice("S1")),
        Absent("p9"),
        Corrected(first.id, "stale", "x"),
        Corrected("a99", first.digest, "x"),
        Added(first.id, 0, 99, "", first.digest),
        Added(first.id, 2, 2, "", first.digest),
    ]
    for act in wrong:
        with pytest.raises((NotFoundError, BusyError)):
            review.decide(undecided, "R", (good, act))
    with pytest.raises(NotReleasableError):
        review.decide(undecided, "R", (good, Approved("stale")))
    assert not undecided.ledger.exists()


def test_nobody_decides_nothing(undecided: MeetingFolder) -> None:
    with pytest.raises(LedgerError, match="Say who you are"):
        review.accept_proposed(undecided, "  ")
    assert not acts(undecided)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"mask"', '"keep"', 1),
        lambda text: "\n".join(text.split("\n")[1:]),
        lambda text: text.replace("\n", "\nnot json\n", 1),
        lambda text: text.replace("\n", "\n[]\n", 1),
        lambda text: text + text.split("\n")[0] + "\n",
        lambda text: "\ud800".encode("utf-8", "surrogatepass").decode("latin-1") + text,
    ],
)
def test_a_ledger_changed_by_hand_stops_everything(approved: MeetingFolder, damage: object) -> None:
    assert callable(damage)
    changed = damage(approved.ledger.read_text("utf-8"))
    approved.ledger.write_text(
        changed, encoding="latin-1" if changed.startswith("í") else "utf-8", errors="ignore"
    )
    for attempt in (review.draft_of, review.standing, lambda f: review.accept_proposed(f, "R")):
        with pytest.raises(LedgerError, match="Restore it from a backup"):
            attempt(approved)


def test_half_a_line_at_the_end_was_never_decided(approved: MeetingFolder) -> None:
    before = acts(approved)
    with approved.ledger.open("ab") as file:
        file.write('{"seq": 99, "who": "林'.encode()[:-1])
    assert acts(approved) == before
    review.decide(approved, "R", (Named(review.voice("S3"), ""), Absent("p3")))
    assert acts(approved) == [*before, Named(review.voice("S3"), ""), Absent("p3")]


def test_a_full_disk_records_all_of_the_acts_or_none(
    undecided: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.decide(undecided, "R", (Named(review.voice("S3"), ""),))
    before = undecided.ledger.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match="was not recorded"):
            review.accept_proposed(undecided, "R")
    assert undecided.ledger.read_bytes() == before
    review.accept_proposed(undecided, "R")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"null", b'"text"', b"\xff\xfe", b'{"language": 1, "statements": [{}]}',
     b'{"language": "zh", "statements": [], "diarization": []}'],
)  # fmt: skip
def test_a_damaged_record_is_one_clear_error(job: MeetingFolder, content: bytes) -> None:
    (job.root / RECORD).write_bytes(content)
    with pytest.raises(StorageError, match="made anew"):
        review.draft_of(job)


def test_an_unheard_meeting_has_no_draft(tmp_path: Path) -> None:
    folder = MeetingFolder(tmp_path)
    assert review.standing(folder) == "not transcribed"
    with pytest.raises(NotReleasableError, match="zhuzi run"):
        review.draft_of(folder)


def test_questions_name_no_one(job: MeetingFolder) -> None:
    toml = job.meeting_toml.read_text("utf-8").replace('heard_at = "0:06"', 'heard_at = "9:59"')
    job.meeting_toml.write_text(toml, encoding="utf-8")
    asked = review.questions(review.draft_of(job))
    assert len(asked) == 2
    assert "Nobody speaks at 9:59" in asked[0]
    assert "nothing can be released" in asked[1]
    assert "林志明" not in " ".join(asked)


def test_what_was_said_of_a_person_moves_with_their_block(undecided: MeetingFolder) -> None:
    """Blocks of meeting.toml in another order give nobody's voice, and nobody's absence, to somebody else."""
    review.decide(
        undecided, "R", (Named(review.voice("S1"), "p2"), Named(review.voice("S3"), ""), Absent("p3"))
    )
    header, *blocks = undecided.meeting_toml.read_text(encoding="utf-8").split("[[participants]]")
    moved = "[[participants]]".join([header, *reversed(blocks)])
    undecided.meeting_toml.write_text(moved, encoding="utf-8")
    draft = review.draft_of(undecided)
    named = draft.meeting.participant(draft.namings.person(review.voice("S1")) or "")
    assert named is not None
    assert named.name == "蔡佩珊"
    assert {p.name for p in draft.meeting.participants if p.id in draft.absent} == {"林志明"}
    gone = "[[participants]]".join([header, *(b for b in blocks if "person = " not in b)])
    undecided.meeting_toml.write_text(gone, encoding="utf-8")
    assert review.draft_of(undecided).namings.person(review.voice("S1")) is None


def test_nobody_who_has_a_voice_is_said_not_to_speak(undecided: MeetingFolder) -> None:
    with pytest.raises(RecordError, match="p3 does speak: S3 is their voice"):
        review.decide(undecided, "R", (Absent("p3"),))
    assert not undecided.ledger.exists()
    review.decide(undecided, "R", (Named(review.voice("S3"), ""), Absent("p3")))
    assert not review.draft_of(undecided).unheard


def test_what_a_reviewer_said_is_nobody_is_not_asked_again(undecided: MeetingFolder) -> None:
    def about_s1() -> list[str]:
        return [q for q in review.questions(review.draft_of(undecided)) if "S1" in q]

    text = undecided.meeting_toml.read_text("utf-8").replace('heard_at = "0:01"', "")
    undecided.meeting_toml.write_text(text, encoding="utf-8")
    assert about_s1()
    draft = review.decide(undecided, "R", (Named(review.voice("S1"), ""),))
    assert not about_s1()
    assert "a reviewer said" in show.voice_label(draft, review.voice("S1"))
    draft = review.decide(undecided, "R", (Named(review.voice("S1"), "p1"),))
    assert "a reviewer said" not in show.voice_label(draft, review.voice("S1"))


def test_what_nobody_said_is_asked_for_before_it_is_published_as_an_unknown_speakers(
    undecided: MeetingFolder,
) -> None:
    draft = review.draft_of(undecided)
    first, *others = draft.record.statements
    assert not any("nobody's" in question for question in review.questions(draft))
    record = replace(draft.record, statements=(replace(first, speaker=UNKNOWN), *others))
    (asked,) = (q for q in review.questions(replace(draft, record=record)) if "nobody's" in q)
    assert f"at {clock(first.span.start)} is" in asked
