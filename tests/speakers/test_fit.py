"""A transcript that people wrote gets the moments and voices of what was heard, and what is not sure stays open."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakers.brought import Passage
from speakers.error import MeetingError
from speakers.fit import Fitted, fit
from speakers.record import UNKNOWN, Diarization, Millis, Span, SpeakerId, Word
from speakers.transcribe import Transcript
from tests.engines import scripted

S1, S2, S3 = SpeakerId("S1"), SpeakerId("S2"), SpeakerId("S3")

HEARD = (
    ("S1", 0, 4_000, "大家好我是主持人沈立言今天討論寵物"),
    ("S2", 4_500, 9_000, "我家的狗搭不上公車很久了希望可以改"),
    ("S1", 9_500, 12_000, "謝謝佩珊的說明接下來請交通部"),
    ("S3", 12_500, 18_000, "交通部說明現在的規定是這樣要裝在籠子裡面"),
)


def heard(said: tuple[tuple[str, int, int, str], ...] = HEARD, unheard: tuple[Span, ...] = ()) -> Transcript:
    """What the recognizer made of it: a character a word."""
    words = [
        Word(c, Span(Millis(a + (b - a) * n // len(text)), Millis(a + (b - a) * (n + 1) // len(text))), 0.5)
        for _, a, b, text in said
        for n, c in enumerate(text)
    ]
    return Transcript("zh", tuple(words), unheard)


def voices(said: tuple[tuple[str, int, int, str], ...] = HEARD, end: int = 20_000) -> Diarization:
    turns = scripted.turns(said)
    return Diarization(turns, turns, Millis(end))


def told(found: Fitted) -> list[tuple[str, str]]:
    return [(s.speaker, s.text) for s in found.record.statements]


WRITTEN = (
    Passage("大家好，我是主持人沈立言，今天討論寵物。", "沈立言"),
    Passage("我家的狗搭不上公車很久了，希望可以改。", "蔡佩珊"),
    Passage("謝謝佩珊的說明，接下來請交通部。", "沈立言"),
    Passage("交通部說明：現在的規定是這樣，要裝在籠子裡面。", "交通部"),
)


def test_words_are_those_that_people_wrote_and_moments_those_that_were_heard() -> None:
    misheard = tuple(
        (v, a, b, text.replace("寵物", "重物").replace("籠子", "龍紫")) for v, a, b, text in HEARD
    )
    found = fit(WRITTEN, heard(misheard), voices())
    assert told(found) == [(v, p.text) for v, p in zip(("S1", "S2", "S1", "S3"), WRITTEN, strict=True)]
    dog = found.record.statements[1]
    assert dog.time_of(3, 4) == Span(Millis(5_294), Millis(5_558))  # 狗
    assert found.found > 0.9
    assert {(c.speaker, c.label) for c in found.called} == {(S1, "沈立言"), (S2, "蔡佩珊"), (S3, "交通部")}
    assert (found.unspoken, found.omitted, found.doubted) == ((), (), ())


def test_a_word_that_was_heard_as_something_else_has_the_time_of_all_that_stands_there() -> None:
    """What is hidden in the text has to be hidden in the sound: a name's time may be too long, never too short."""
    wrong = (HEARD[0], HEARD[1], ("S1", 9_500, 12_000, "謝謝嗯那個的說明接下來請交通部"), HEARD[3])
    found = fit(WRITTEN, heard(wrong), voices())
    third = found.record.statements[2]
    name = third.time_of(2, 4)
    assert third.text[2:4] == "佩珊"
    step = 2_500 / 15
    assert name.start <= 9_500 + 2 * step
    assert name.end >= 9_500 + 5 * step - 1


def test_what_people_left_out_stands_as_it_was_heard() -> None:
    found = fit((WRITTEN[0], *WRITTEN[2:]), heard(), voices())
    assert told(found)[1] == ("S2", "我家的狗搭不上公車很久了希望可以改。")
    assert found.omitted == (4_500,)
    assert [s.speaker for s in found.record.statements] == [S1, S2, S1, S3]


def test_a_slip_of_the_tongue_that_people_left_out_stays_out() -> None:
    said = (("S1", 0, 4_000, "大家好我是那個那個主持人沈立言今天討論寵物"), *HEARD[1:])
    found = fit(WRITTEN, heard(said), voices())
    assert told(found)[0] == ("S1", WRITTEN[0].text)
    assert not found.omitted


def test_what_nobody_says_is_left_out_and_told() -> None:
    head = Passage("時間：中華民國一百一十三年五月一日下午二時整，地點：行政院第三會議室，紀錄：王小明")
    found = fit((head, *WRITTEN), heard(), voices())
    assert found.unspoken == (1,)
    assert [text for _, text in told(found)] == [p.text for p in WRITTEN]


def test_what_a_machine_did_not_understand_and_people_did_is_there() -> None:
    quiet = (*HEARD[:1], *HEARD[2:])
    found = fit(WRITTEN, heard(quiet, (Span(Millis(4_500), Millis(9_000)),)), voices())
    assert told(found)[1] == ("S2", WRITTEN[1].text)
    (dog,) = (s for s in found.record.statements if s.text == WRITTEN[1].text)
    assert (dog.span.start, dog.span.end) == (4_000, 9_500)
    assert not any("聽不清" in text for _, text in told(found))


def test_what_neither_understood_is_noted() -> None:
    quiet = (*HEARD[:1], *HEARD[2:])
    found = fit((WRITTEN[0], *WRITTEN[2:]), heard(quiet, (Span(Millis(4_500), Millis(9_000)),)), voices())
    assert told(found)[1] == ("S2", "（聽不清）")


def test_two_people_whom_the_ear_took_for_one_are_two() -> None:
    """And their turns are: who of them asked for anonymity is hidden alone, and altogether."""
    one = tuple(("S1" if v == "S2" else v, a, b, text) for v, a, b, text in HEARD)
    found = fit(WRITTEN, heard(), voices(one))
    assert [s.speaker for s in found.record.statements] == [S1, "S4", S1, S3]
    (turn,) = (t for t in found.record.diarization.exclusive if t.speaker == "S4")
    assert turn.span == Span(Millis(4_500), Millis(9_000))


def test_one_person_whom_the_ear_took_for_two_is_one() -> None:
    two = (*HEARD[:2], ("S4", 9_500, 12_000, HEARD[2][3]), HEARD[3])
    found = fit(WRITTEN, heard(), voices(two))
    assert [s.speaker for s in found.record.statements] == [S1, S2, S1, S3]


def test_where_the_voice_is_clearly_somebody_elses_it_is_nobodys() -> None:
    """Names were swapped in the transcript: to believe it would put words into somebody's mouth."""
    more = (*HEARD, ("S2", 18_500, 24_000, "我再補充一點就是貓也是一樣的情形請一起考慮"))
    wrong = (*WRITTEN, Passage("我再補充一點，就是貓也是一樣的情形，請一起考慮。", "沈立言"))
    found = fit(wrong, heard(more), voices(more, 25_000))
    assert [s.speaker for s in found.record.statements] == [S1, S2, S1, S3, UNKNOWN]
    assert found.doubted == ("a5",)
    assert found.record.diarization == voices(more, 25_000)


def test_a_transcript_without_names_takes_the_voices_that_were_heard() -> None:
    found = fit(tuple(Passage(p.text) for p in WRITTEN), heard(), voices())
    assert [s.speaker for s in found.record.statements] == [S1, S2, S1, S3]
    assert not found.called


def test_another_meetings_transcript_is_refused() -> None:
    other = (Passage("本院今日審查預算案，各委員發言時間十分鐘，得延長二分鐘，發言登記至十點為止。"),)
    with pytest.raises(MeetingError, match="not of this recording"):
        fit(other, heard(), voices())


def test_what_is_far_too_long_is_refused_before_anything_is_made_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of its words would take hundreds of bytes."""
    monkeypatch.setattr("speakers.fit.words_of", lambda *_: pytest.fail("words were made"))
    with pytest.raises(MeetingError, match="not of this recording: 0%"):
        fit([Passage("我家的狗搭不上公車 open data " * 300)] * 10, heard(), voices())


def test_hundreds_of_speakers_are_refused() -> None:
    """Each would become a voice, and each voice changes the turns."""
    said = tuple((f"S{n % 5 + 1}", n * 500, n * 500 + 400, "開會了嗎") for n in range(600))
    with pytest.raises(MeetingError, match="more than 500 speakers"):
        fit(tuple(Passage(t, f"甲{n}") for n, (*_, t) in enumerate(said)), heard(said), voices(said, 300_000))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("S1", "S2", "S3")), st.text("大家好我是狗貓公車開會謝open 。，「」", max_size=40)
        ),
        max_size=8,
    ),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_whatever_is_written_every_word_has_a_moment_in_order(
    rows: list[tuple[str, str]], dropped: list[bool]
) -> None:
    said = [
        (v, n * 3_000, n * 3_000 + 2_500, t.replace(" ", "")) for n, (v, t) in enumerate(rows) if t.strip()
    ]
    kept = tuple(row for row, gone in zip(said, dropped, strict=False) if not gone and row[3])
    passages = tuple(Passage(t, v) for v, _, _, t in said)
    try:
        found = fit(passages, heard(kept), voices(kept, 30_000))
    except MeetingError:
        return
    words = [w for s in found.record.statements for w in s.words]
    assert all(a.span.start <= b.span.start for a, b in itertools.pairwise(words))
    assert all(w.span.end <= 30_001 for w in words)
    texts = "".join(s.text for s in found.record.statements).replace(" ", "")
    for number, passage in enumerate(passages, start=1):
        if number not in found.unspoken and any(c.isalnum() for c in passage.text):
            assert all(c in texts for c in passage.text if c.isalnum())


def test_five_hours_are_fitted_in_seconds() -> None:
    """As many words as five hours have, two in a hundred of them misheard; the least edits alone would be quadratic."""
    text = [f"第{n}項說明如下請各位參考附件資料" for n in range(6_000)]
    said = tuple((f"S{n % 5 + 1}", n * 3_000, n * 3_000 + 2_900, t) for n, t in enumerate(text))
    found = fit(
        tuple(Passage(f"{t}。", f"Person {n % 5}") for n, t in enumerate(text)),
        heard(said),
        voices(said, 18_000_000),
    )
    assert len(found.record.statements) == 6_000
    assert not found.doubted
