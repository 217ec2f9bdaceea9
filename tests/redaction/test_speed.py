"""A long meeting with many marks is reviewed and released in seconds: nothing grows with their product."""

import time

from redaction.decision import Act, Approved, Decided, Named, Verdict
from redaction.draft import Draft, replay
from redaction.ledger import Entry
from redaction.release import release
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word

_STATEMENTS = 1_500


def _long() -> tuple[Meeting, Record]:
    statements, turns = [], []
    for number in range(_STATEMENTS):
        span = Span(Millis(number * 2_000), Millis(number * 2_000 + 1_500))
        statements.append(
            Statement(
                f"a{number + 1}", SpeakerId("S1"), (Word(f"第{number}案謝謝林小漁的意見。", span, 0.9),)
            )
        )
        turns.append(Turn(span, SpeakerId("S1")))
    people = (Participant("p1", "沈立言"), Participant("p2", "林小漁", wish=Wish.ANONYMOUS))
    diarization = Diarization(tuple(turns), tuple(turns), Millis(_STATEMENTS * 2_000))
    return Meeting(participants=people), Record("zh", tuple(statements), diarization)


def test_a_meeting_of_many_statements_and_marks_is_released_in_seconds() -> None:
    meeting, record = _long()
    entries: list[Entry] = []

    def after(*acts: Act) -> Draft:
        entries.extend(Entry(len(entries), "2024-05-01", "R", "by hand", act, "", "") for act in acts)
        return replay(meeting, record, tuple(entries))

    draft = after(Named(SpeakerId("S1"), "p1"))
    assert len(draft.marks) == _STATEMENTS
    started = time.process_time()
    draft = after(*(Decided(mark.id, Verdict.MASK) for mark in draft.marks))
    released = release(after(Approved(draft.digest)))
    assert time.process_time() - started < 30  # minutes, when every mark was looked up for every statement
    assert len(released.statements) == _STATEMENTS
    assert all("林小漁" not in statement.text for statement in released.statements)
