"""What is left of the risk: the sum is the one that is shown, and every reason to read is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction.decision import Decided, Named, Verdict
from redaction.draft import Draft, replay
from redaction.rates import MEASURED, Length
from redaction.risk import Missed, Peril, Why, assess
from speakers.meeting import Meeting
from speakers.record import Record, SpeakerId
from tests.scenes import entries, hidden, shown, spoken, unrecorded

ANON = hidden(1, "陳筱明", "筱明", heard_at=100)
MEETING = Meeting(participants=(ANON, shown(2, "王大明")))


def draft(record: Record, *acts: Decided | Named, meeting: Meeting = MEETING) -> Draft:
    return replay(meeting, record, entries(*acts))


def why(found: Draft) -> dict[str, set[Why]]:
    return {p.statement_id: set(p.why) for p in assess(found).passages}


def test_what_is_missed_follows_from_what_is_found() -> None:
    record = spoken(("S2", "陳筱明，筱明，筱明。"))
    found = assess(draft(record))
    assert found.missed == (
        Missed(Length.TWO, 2, MEASURED.recall[Length.TWO]),
        Missed(Length.MORE, 1, MEASURED.recall[Length.MORE]),
    )
    two, more = MEASURED.recall[Length.TWO], MEASURED.recall[Length.MORE]
    assert found.expected == pytest.approx(2 * (1 - two) / two + (1 - more) / more)


def test_what_is_no_mention_counts_for_nothing() -> None:
    record = spoken(("S2", "陳筱明，打0912345678。"))
    (name,) = (m for m in draft(record).marks if m.subject)
    assert assess(draft(record, Decided(name.id, Verdict.KEEP, "another"))).missed == ()


def test_latin_names_count_by_themselves() -> None:
    meeting = Meeting(participants=(hidden(1, "Sheila"),))
    (missed,) = assess(draft(spoken(("S2", ["thank", " Sheila"]), language="en"), meeting=meeting)).missed
    assert missed.length is Length.LATIN


def test_a_measurement_has_a_figure_for_every_length() -> None:
    assert set(MEASURED.recall) == set(Length)
    assert all(0 < recall <= 1 for recall in (*MEASURED.recall.values(), *MEASURED.misheard.values()))


@pytest.mark.parametrize(
    ("name", "perils"),
    [
        ("陳筱明", ()),
        ("筱明", (Peril.SHORT,)),
        ("老師", (Peril.SHORT, Peril.COMMON)),
        ("小可愛", ()),
        ("Amy", (Peril.LATIN,)),
        ("Sheila", ()),
        ("王達明", (Peril.SHARED,)),
    ],
)
def test_dangerous_names_are_told_with_their_reasons(name: str, perils: tuple[Peril, ...]) -> None:
    meeting = Meeting(participants=(hidden(1, name), shown(2, "王大明")))
    dangers = assess(draft(spoken(("S2", "好")), meeting=meeting)).dangers
    assert [d.perils for d in dangers] == ([perils] if perils else [])


def test_people_of_whom_no_alias_is_known_are_told() -> None:
    meeting = replace(MEETING, elsewhere=(replace(hidden(1, "林小美"), id="e1"),))
    assert assess(draft(spoken(("S2", "好")), meeting=meeting)).without_alias == ("e1",)


def test_own_words_their_neighbours_and_what_surrounds_a_mention_are_read() -> None:
    record = spoken(("S1", "我說"), *(("S2", "好"),) * 6, ("S2", "謝謝筱明"), *(("S2", "好"),) * 4)
    found = why(draft(record))
    assert found["a1"] == {Why.OWN}
    assert found["a2"] == {Why.EDGE}
    assert {i for i, reasons in found.items() if Why.MENTION in reasons} == {"a7", "a8", "a9"}
    assert "a3" not in found
    assert "a12" not in found


def test_what_was_heard_badly_near_them_what_was_not_understood_and_english_are_read() -> None:
    record = spoken(
        ("S1", "我說"), ("S2", "好好"), ("S2", "（聽不清）"), ("S2", ["we", " should", " discuss", " it"])
    )
    unsure = replace(
        record.statements[1], words=tuple(replace(w, confidence=0.2) for w in record.statements[1].words)
    )
    record = replace(
        record,
        statements=(record.statements[0], replace(unsure, overlapped=True), *record.statements[2:]),
    )
    found = why(draft(record))
    assert found["a2"] == {Why.EDGE, Why.OVERLAP, Why.UNSURE}
    assert found["a3"] == {Why.GAP}
    assert found["a4"] == {Why.ENGLISH}


def test_how_long_it_takes_is_the_time_of_the_sound_and_the_length_of_the_text() -> None:
    record = spoken(("S1", "我" * 10), *(("S2", "好" * 10),) * 9)
    found = assess(draft(record))
    assert found.listening_ms == 2 * 10 * 500
    assert found.reading_ms == 20_000
    assert found.statements == 10


def test_whose_words_are_not_to_be_recorded_is_read_too() -> None:
    meeting = Meeting(participants=(unrecorded(1, "林大同"),))
    record = spoken(("S1", "我說"), ("S2", "好"))
    assert why(draft(record, Named(SpeakerId("S1"), "p1"), meeting=meeting))["a1"] == {Why.OWN}


def test_where_nobody_asked_for_anything_nothing_has_to_be_read() -> None:
    record = spoken(("S1", "我說"), ("S2", "（聽不清）"))
    assert assess(draft(record, meeting=Meeting(participants=(shown(2, "王大明"),)))).passages == ()


def test_names_of_nobody_on_the_list_are_told() -> None:
    found = assess(draft(spoken(("S2", "我叫林宗翰，王大明好，我叫陳筱明。"))))
    assert [(s.surface, s.first) for s in found.strangers] == [("林宗翰", "a1")]


def test_the_gravest_third_comes_first_and_nothing_is_left_out() -> None:
    record = spoken(
        ("S1", "我說"),
        *(("S2", "好"),) * 5,
        *(("S2", "謝謝筱明"), ("S2", "好"), ("S2", "對")) * 3,
        ("S1", "我說"),
    )
    found = assess(draft(record))
    ids = [p.statement_id for p in found.passages]
    first = [p.statement_id for p in found.first]
    assert first == ["a1", "a2", "a6", "a15", "a16"]
    assert len(first) == -(-len(ids) // 3)
    assert sorted(first + [p.statement_id for p in found.rest]) == sorted(ids)
