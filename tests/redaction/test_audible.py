"""What may be heard and seen of a meeting: closed unless somebody opened it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction.audible import previewed, with_more_replaced, with_readings, without_sound
from redaction.decision import Decided, Named, Verdict
from redaction.draft import replay
from redaction.release import release
from redaction.released import PICTURE_MARGIN_MS, Released
from speakers.meeting import Medium, Meeting, Stand, Wish
from speakers.record import Diarization, Millis, SpeakerId, Statement
from tests.scenes import approved, entries, hidden, shown, span, spoken, unrecorded, word

RECORD = spoken(
    ("S1", "大家好今天開會"), ("S2", "我是小漁我有意見"), ("S1", "謝謝各位"), ("S3", "我也有意見")
)
PEOPLE = (
    shown(1, "沈立言", heard_at=500),
    hidden(2, "林小漁", "小漁", heard_at=4_000),
    hidden(3, "王大明", heard_at=10_000),
)
NAMED = (Named("S1", "p1"), Named("S2", "p2"), Named("S3", "p3"))


def released(meeting: Meeting) -> Released:
    return release(approved(meeting, RECORD, *NAMED))


MEETING = Meeting(participants=PEOPLE)


def test_sound_with_a_tone_is_what_is_published_if_nobody_says_otherwise() -> None:
    made = released(MEETING)
    assert made.sound.allowed
    assert made.sound.hide_with is Stand.TONE
    assert made.sound.spoken == ()
    assert not made.picture.allowed
    assert made.picture.reason == ""


def test_text_alone_on_request() -> None:
    made = released(replace(MEETING, publish=Medium.TEXT))
    assert not made.sound.allowed
    assert made.sound.reason


@pytest.mark.parametrize(
    ("people", "elsewhere", "vouched", "allowed"),
    [
        (PEOPLE, (), False, False),
        (PEOPLE, (), True, True),
        (PEOPLE[:1], (), False, True),
        (PEOPLE[:1], (replace(hidden(1, "周小雨"), id="e1"),), False, False),
        (PEOPLE[:1], (replace(hidden(1, "周小雨"), id="e1"),), True, True),
        ((PEOPLE[0], unrecorded(2, "林小漁", heard_at=4_000)), (), False, False),
        ((PEOPLE[0], replace(PEOPLE[1], wish=Wish.UNNAMED)), (), False, False),
    ],
)
def test_the_picture_is_shown_where_nobody_is_protected_or_staff_vouch_for_it(
    people, elsewhere, vouched, allowed
) -> None:
    meeting = Meeting(
        participants=people, elsewhere=elsewhere, publish=Medium.VIDEO, picture_shows_nobody=vouched
    )
    named = tuple(n for n in NAMED if n.participant_id in {p.id for p in people})
    made = release(approved(meeting, RECORD, *named))
    assert made.picture.allowed is allowed
    assert bool(made.picture.reason) is not allowed


def test_the_picture_is_black_longer_than_the_sound_is_replaced() -> None:
    made = released(replace(MEETING, publish=Medium.VIDEO, picture_shows_nobody=True))
    for heard in made.sound.replaced:
        assert any(
            b.start <= max(0, heard.start - PICTURE_MARGIN_MS) and b.end >= heard.end + PICTURE_MARGIN_MS
            for b in made.blanked
        )
    more = with_more_replaced(made, (span(20_000, 21_000),))
    assert any(b.start <= 19_500 and b.end >= 21_500 for b in more.blanked)


def test_without_sound_there_is_no_picture() -> None:
    made = without_sound(released(replace(MEETING, publish=Medium.VIDEO, picture_shows_nobody=True)), "No.")
    assert not made.picture.allowed


def test_a_voice_reads_what_is_published_of_protected_people_in_their_own_time() -> None:
    made = released(replace(MEETING, hide_with=Stand.VOICE))
    said = {s.text: s for s in made.sound.spoken}
    assert list(said) == ["我是參與者 1 我有意見", "我也有意見"]
    assert [s.voice for s in made.sound.spoken] == [0, 1]
    for turn in made.sound.spoken:
        assert any(r.start <= turn.span.start and turn.span.end <= r.end for r in made.sound.replaced)
    assert not any("小漁" in s.text for s in made.sound.spoken)


def test_nobody_is_read_who_is_named_or_not_recorded_or_unknown() -> None:
    people = (PEOPLE[0], unrecorded(2, "林小漁", heard_at=4_000), PEOPLE[2])
    made = release(approved(Meeting(participants=people, hide_with=Stand.VOICE), RECORD, *NAMED))
    assert [s.text for s in made.sound.spoken] == ["我也有意見"]
    nameless = release(approved(Meeting(participants=PEOPLE[:2], hide_with=Stand.VOICE), RECORD, *NAMED[:2]))
    assert all("我也有意見" not in s.text for s in nameless.sound.spoken)


def test_what_is_heard_in_a_reading_after_all_is_not_read() -> None:
    made = released(replace(MEETING, hide_with=Stand.VOICE))
    first, second = made.sound.spoken
    less = with_more_replaced(made, (span(first.span.start + 100, first.span.start + 300),))
    assert less.sound.spoken == (second,)
    assert less.sound.unread == (first.span,)
    none = with_readings(less, ())
    assert none.sound.spoken == ()
    assert none.sound.unread == (first.span, second.span)


def test_a_turn_whose_pauses_stay_is_not_read_but_counted() -> None:
    words = [*"我是小漁", *"我有意見"]
    far = tuple(word(c, n * 500 + (20_000 if n > 3 else 0)) for n, c in enumerate(words))
    record = replace(
        RECORD,
        statements=(Statement("a1", SpeakerId("S2"), far),),
        diarization=Diarization((), (), Millis(40_000)),
    )
    meeting = Meeting(participants=(hidden(2, "林小漁", "小漁"),), hide_with=Stand.VOICE)
    made = release(approved(meeting, record, Named("S2", "p2")))
    assert made.sound.spoken == ()
    assert made.sound.unread == (span(0, 24_000),)


def test_a_preview_masks_what_nobody_decided_and_protected_voices_always() -> None:
    open_ = replay(MEETING, RECORD, entries(*NAMED))
    assert open_.undecided
    assert previewed(open_).replaced == released(MEETING).sound.replaced
    kept = replay(
        MEETING,
        RECORD,
        entries(*NAMED, *(Decided(m.id, Verdict.KEEP, "known") for m in open_.marks)),
    )
    own = [w.span for s in RECORD.statements if s.speaker in {"S2", "S3"} for w in s.words]
    heard = previewed(kept)
    assert all(any(r.start <= w.start and w.end <= r.end for r in heard.replaced) for w in own)


def test_a_preview_of_unknown_voices_is_refused_and_a_voice_reads_in_none() -> None:
    assert not previewed(replay(Meeting(participants=(hidden(2, "林小漁"),)), RECORD, entries())).allowed
    read = previewed(replay(replace(MEETING, hide_with=Stand.VOICE), RECORD, entries(*NAMED)))
    assert read.allowed
    assert read.spoken == ()
