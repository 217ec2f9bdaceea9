"""A live meeting says what the ledger says, whoever wrote it, and loses nothing when many write at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pipeline import material, review
from pipeline.folder import MeetingFolder
from pipeline.live import LiveMeeting
from redaction import ledger
from redaction.decision import Act, Added, Approved, Corrected, Decided, Rediarized, Split, Undone, Verdict
from redaction.draft import Draft
from redaction.reviewed import Reviewed
from speakers.error import BusyError, LedgerError, NotFoundError, NotReleasableError, RegisterError


@pytest.fixture
def live(undecided: MeetingFolder) -> LiveMeeting:
    """A meeting in a program that serves it."""
    return LiveMeeting(undecided)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many acts each search for marks was about, as they come."""
    found: list[int] = []
    search = material.Material.draft

    def searching(self: material.Material, reviewed: Reviewed, entries: tuple[ledger.Entry, ...]) -> Draft:
        found.append(len(entries))
        return search(self, reviewed, entries)

    monkeypatch.setattr(material.Material, "draft", searching)
    return found


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Until it is set, no search for marks ends that was begun for a changed record."""
    free = threading.Event()
    search = material.Material.draft

    def searching(self: material.Material, reviewed: Reviewed, entries: tuple[ledger.Entry, ...]) -> Draft:
        assert not entries or free.wait(30)
        return search(self, reviewed, entries)

    monkeypatch.setattr(material.Material, "draft", searching)
    return free


def test_it_says_what_the_ledger_says(live: LiveMeeting) -> None:
    assert live.draft() == review.draft_of(live.folder)
    mark, one = live.draft().undecided[0], live.draft().record.statements[0]
    live.decide("R", (Decided(mark.id, Verdict.MASK), Corrected(one.id, one.digest, "大家好，開會。")))
    live.decide("R", (Split(one.id, live.record().statements[0].digest, 4),))
    live.decide("R", (Undone(2),))
    assert live.version == 4
    assert live.draft() == review.draft_of(live.folder)
    assert live.record() == live.draft().record
    assert live.entries() == ledger.read(live.folder.ledger)


def test_nothing_is_looked_for_twice(live: LiveMeeting, searched: list[int]) -> None:
    draft = live.draft()
    assert live.draft() is draft
    assert live.latest() is draft
    assert live.settled
    assert searched == [0]


def test_what_is_recorded_says_which_ids_were_chosen(live: LiveMeeting) -> None:
    one = live.draft().record.statements[0]
    (entry,) = live.decide("R", (Split(one.id, one.digest, 4),))
    assert isinstance(entry.act, Split)
    assert (entry.act.into, entry.who, entry.how) == (f"{one.id}.1", "R", "in the room")


def test_a_decision_does_not_wait_for_the_marks(live: LiveMeeting, held: threading.Event) -> None:
    before = live.draft()
    one = before.record.statements[0]
    live.decide("R", (Corrected(one.id, one.digest, "佩珊好。"),))
    assert live.record().statements[0].text == "佩珊好。"
    assert not live.settled
    assert live.latest() is before
    other = next(m for m in before.undecided if m.statement_id != one.id)
    live.decide("R", (Decided(other.id, Verdict.MASK),))
    assert live.latest() is before
    held.set()
    after = live.draft()
    assert {m.statement_id for m in after.undecided} >= {one.id}
    assert other.id in {d.mark_id for d in after.decisions}


def test_many_acts_are_searched_for_once(
    live: LiveMeeting, held: threading.Event, searched: list[int]
) -> None:
    for mark in live.draft().marks:
        live.decide("R", (Decided(mark.id, Verdict.MASK),))
    count = live.version
    assert count >= 2
    held.set()
    assert live.draft() == review.draft_of(live.folder)
    assert len([n for n in searched if n > 0]) <= 3, "the first one, one for all the rest, and review's own"


def test_a_mark_of_a_statement_that_was_just_changed_is_waited_for(
    live: LiveMeeting, held: threading.Event
) -> None:
    before = live.draft()
    mark = before.undecided[0]
    statement = before.statement(mark.statement_id)
    assert statement is not None
    live.decide("R", (Corrected(statement.id, statement.digest, "佩珊好。"),))
    threading.Timer(0, held.set).start()
    with pytest.raises(NotFoundError, match="mark"):
        live.decide("R", (Decided(mark.id, Verdict.MASK),))
    assert live.version == 1


def test_twenty_people_lose_nothing(live: LiveMeeting) -> None:
    draft = live.draft()
    recorded: list[tuple[str, str]] = []
    refused: list[str] = []

    def work(number: int) -> None:
        one = draft.record.statements[number % len(draft.record.statements)]
        acts: list[Act] = [
            Decided(draft.marks[number % len(draft.marks)].id, Verdict.MASK),
            Corrected(one.id, one.digest, f"{one.text[:-1]}{number}。"),
        ]
        for act in acts:
            try:
                (entry,) = live.decide(f"reviewer {number}", (act,))
                recorded.append((entry.who, entry.hash))
            except (BusyError, NotFoundError):  # somebody else corrected that statement first
                refused.append(type(act).__name__)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = ledger.read(live.folder.ledger)
    corrections = [e for e in entries if isinstance(e.act, Corrected)]
    assert len(corrections) == len(draft.record.statements), "the first of each; the others were told"
    assert refused.count("Corrected") == 20 - len(corrections)
    assert sorted(recorded) == sorted((e.who, e.hash) for e in entries)
    assert live.draft() == review.draft_of(live.folder)


def test_another_program_may_decide_meanwhile(live: LiveMeeting) -> None:
    mark = live.draft().undecided[0]
    review.decide(live.folder, "Other", (Decided(mark.id, Verdict.MASK),))
    assert live.version == 1
    assert not live.settled
    assert live.draft() == review.draft_of(live.folder)
    with pytest.raises(BusyError, match=mark.id):
        live.decide("R", (Decided(mark.id, Verdict.MASK),), expected={mark.id: None})
    with pytest.raises(BusyError, match="at the same time"):
        live.decide("R", (Decided(mark.id, Verdict.MASK),), after=0)
    ledger.append(live.folder.ledger, "zhuzi", (Rediarized(None, None, ""),))
    assert live.draft() == review.draft_of(live.folder)


def test_other_files_may_change_meanwhile(live: LiveMeeting) -> None:
    before = live.draft()
    toml = live.folder.meeting_toml.read_text("utf-8")
    live.folder.meeting_toml.write_text(toml.replace("寵物", "動物"), encoding="utf-8")
    assert not live.settled
    assert live.draft().digest != before.digest
    assert live.draft() == review.draft_of(live.folder)


def test_what_is_only_half_written_changes_nothing(live: LiveMeeting, searched: list[int]) -> None:
    live.draft()
    for name in ("ledger.head.part", ".40-record.json.7.part", "job.log", ".lock"):
        (live.folder.root / name).write_text("x", encoding="utf-8")
        assert live.settled
    assert searched == [0]


@pytest.mark.parametrize("damage", [lambda d: d[:-5], lambda d: d.replace(b"R", b"Q", 1), lambda d: b""])
def test_a_ledger_changed_by_hand_stops_everything(
    live: LiveMeeting, damage: Callable[[bytes], bytes]
) -> None:
    live.decide("R", (Decided(live.draft().undecided[0].id, Verdict.MASK),))
    live.draft()
    live.folder.ledger.write_bytes(damage(live.folder.ledger.read_bytes()))
    for attempt in (live.draft, live.record, live.latest, lambda: live.approve("R")):
        with pytest.raises(LedgerError, match="Restore it"):
            attempt()


def test_a_register_that_is_gone_stops_everything(live: LiveMeeting) -> None:
    live.draft()
    place = live.folder.root.parent.parent
    (place.with_name(f"{place.name}-register") / "register.json").unlink()
    with pytest.raises(RegisterError):
        live.draft()


def test_approving_waits_for_the_marks_and_is_of_what_was_seen(live: LiveMeeting) -> None:
    with pytest.raises(NotReleasableError, match="undecided"):
        live.approve("R")
    live.decide("R", tuple(Decided(m.id, Verdict.MASK) for m in live.draft().undecided))
    seen, one = live.draft().digest, live.draft().record.statements[0]
    live.decide("Other", (Added(one.id, 0, 2, "", one.digest),))
    with pytest.raises(NotReleasableError, match="changed while it was looked at"):
        live.approve("R", seen=seen)
    (entry,) = live.approve("R", seen=live.draft().digest)
    assert isinstance(entry.act, Approved)
    assert [e.who for e in live.draft().approvals] == ["R"]
    live.decide("Other", (Undone(entry.seq - 1),))
    assert live.draft().approvals == ()


def test_a_meeting_that_was_not_heard_has_no_draft(live: LiveMeeting) -> None:
    (live.folder.root / "40-record.json").unlink()
    with pytest.raises(NotReleasableError, match="zhuzi run"):
        live.draft()
    assert live.folder.root.exists()
