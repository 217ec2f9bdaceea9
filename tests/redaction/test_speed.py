"""A long meeting with many marks: the work grows with its length, and nothing grows with their product."""

import sys

from redaction.decision import Act, Approved, Decided, Named, Verdict
from redaction.draft import Draft, replay
from redaction.ledger import Entry
from redaction.release import release
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word


def _long(count: int) -> tuple[Meeting, Record]:
    statements, turns = [], []
    for number in range(count):
        span = Span(Millis(number * 2_000), Millis(number * 2_000 + 1_500))
        statements.append(
            Statement(
                f"a{number + 1}", SpeakerId("S1"), (Word(f"第{number}案謝謝林小漁的意見。", span, 0.9),)
            )
        )
        turns.append(Turn(span, SpeakerId("S1")))
    people = (Participant("p1", "沈立言"), Participant("p2", "林小漁", wish=Wish.ANONYMOUS))
    diarization = Diarization(tuple(turns), tuple(turns), Millis(count * 2_000))
    return Meeting(participants=people), Record("zh", tuple(statements), diarization)


def _calls(count: int) -> int:
    """How many functions a review and a release of so many statements, with a mark in each, call."""
    meeting, record = _long(count)
    entries: list[Entry] = []
    calls = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    def after(*acts: Act) -> Draft:
        entries.extend(Entry(len(entries), "2024-05-01", "R", "by hand", act, "", "") for act in acts)
        return replay(meeting, record, tuple(entries))

    sys.setprofile(counted)
    try:
        draft = after(Named(SpeakerId("S1"), "p1"))
        draft = after(*(Decided(mark.id, Verdict.MASK) for mark in draft.marks))
        released = release(after(Approved(draft.digest)))
    finally:
        sys.setprofile(None)
    assert len(draft.marks) == len(released.statements) == count
    assert all("林小漁" not in statement.text for statement in released.statements)
    return calls


def test_twice_as_long_a_meeting_is_twice_the_work() -> None:
    _calls(200)  # tables are read once, and what was found in a text is remembered
    assert _calls(200) < 2.5 * _calls(100)
