"""What only the sound names becomes a mark, and what a recognizer only echoes does not."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from redaction.decision import Decided, Verdict
from redaction.decoys import decoys
from redaction.draft import replay
from redaction.heard_names import HeardName, find
from redaction.mark import Kind, Tier
from redaction.release import obstacles
from speakers import attribute
from speakers.meeting import Meeting, Participant, Wish
from speakers.phonetics import near_sound
from speakers.record import Diarization, Millis, Record, Span, Word
from speakers.sound import Sound
from tests.engines.scripted import ScriptedListener
from tests.scenes import entries

MEETING = Meeting(
    participants=(
        Participant("p1", "林凱文", aliases=("Kevin",), wish=Wish.ANONYMOUS),
        Participant("p2", "王大同"),
    )
)
SAID = "剛剛結婚有說過這件事。"
SPOKEN = "剛剛Kevin有說過。"


def record(text: str = SAID, unsure: str = "") -> Record:
    words = tuple(
        Word(c, Span(Millis(200 * n), Millis(200 * n + 200)), 0.2 if c in unsure else 0.9)
        for n, c in enumerate(text)
    )
    return attribute.record("zh", words, Diarization((), (), Millis(9_000)))


@pytest.fixture
def sound(tmp_path: Path) -> Sound:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(9 * 32_000))
    return Sound(path)


def heard(sound: Sound, listener: ScriptedListener, of: Record) -> tuple[HeardName, ...]:
    return find(MEETING, of, sound, listener, lambda *_: None)


def listener(
    kevin: float, original: float = -20.0, decoy: float = -40.0, said: str = SPOKEN
) -> ScriptedListener:
    others = tuple((name, decoy) for name in (*decoys("Kevin"), *decoys("林凱文")))
    return ScriptedListener(
        said=(("S1", 0, 1_600, said),), likely=(("Kevin", kevin), ("結婚", original), *others)
    )


def test_a_name_that_explains_the_sound_better_than_the_words_is_seen_where_they_stand(sound: Sound) -> None:
    (found,) = heard(sound, listener(kevin=-8.0), record())
    assert (found.subject, found.alias, found.clear) == ("p1", 1, True)
    assert (found.explains, found.beats) == (12.0, 32.0)
    assert found.span.overlap(Span(Millis(400), Millis(800))) == 400


@pytest.mark.parametrize(
    "ear",
    [listener(kevin=-30.0), listener(kevin=-8.0, decoy=-9.0), listener(kevin=-8.0, said="剛剛結婚有說過。")],
    ids=["the words explain it better", "an invented name does as well", "nobody is named"],
)
def test_an_echo_is_no_sighting(sound: Sound, ear: ScriptedListener) -> None:
    assert heard(sound, ear, record()) == ()


def test_words_that_the_recognizer_was_unsure_of_are_weighed_against_every_name(sound: Sound) -> None:
    ear = listener(kevin=-8.0, said="剛剛結婚有說過。")
    assert [n.subject for n in heard(sound, ear, record(unsure="結婚"))] == ["p1"]


def test_what_the_text_names_already_is_not_looked_for(sound: Sound) -> None:
    assert heard(sound, listener(kevin=-1.0), record("剛剛Kevin有說過這件事。", unsure="Kevin")) == ()


def test_what_is_less_clear_is_decided_by_surface_form(sound: Sound) -> None:
    (found,) = heard(sound, listener(kevin=-18.0), record())
    assert not found.clear


CLEAR = HeardName(Span(Millis(400), Millis(800)), "p1", 1, 12.0, 32.0)


def test_a_sighting_is_a_mark_over_whole_words_and_blocks_the_release_until_it_is_decided() -> None:
    draft = replay(MEETING, record(), (), heard_names=(CLEAR,))
    (mark,) = draft.marks
    statement = draft.record.statement(mark.statement_id)
    assert statement is not None
    assert statement.text[mark.char_start : mark.char_end] == "結婚"
    assert (mark.subject, mark.kind, mark.tier, mark.evidence.level) == ("p1", Kind.ALIAS, Tier.B, "heard")
    assert "1 of 1 marks are undecided." in [o.what for o in obstacles(draft)]


def test_where_the_text_names_the_same_person_there_is_one_mark() -> None:
    draft = replay(MEETING, record("剛剛凱文有說過。"), (), heard_names=(CLEAR,))
    assert [m.evidence.level for m in draft.marks] != []
    assert "heard" not in {m.evidence.level for m in draft.marks}


def test_what_it_was_misheard_as_is_looked_for_elsewhere_only_after_a_reviewer_masked_it() -> None:
    said = record("剛剛群里長有說過，後來群里長又說。")
    there = HeardName(Span(Millis(400), Millis(1_000)), "p1", 0, 12.0, 32.0)
    before = replay(MEETING, said, (), heard_names=(there,))
    (mark,) = before.marks
    masked = replay(MEETING, said, entries(Decided(mark.id, Verdict.MASK)), heard_names=(there,))
    assert [m.evidence.level for m in masked.marks] == ["heard", "propagated"]
    kept = replay(MEETING, said, entries(Decided(mark.id, Verdict.KEEP, "another one")), heard_names=(there,))
    assert [m.evidence.level for m in kept.marks] == ["heard"]


@pytest.mark.parametrize("name", ["佩珊", "陳里長", "歐陽小漁", "Kevin", "Amy Chen", "阿慈"])
def test_decoys_have_the_shape_of_a_name_and_none_of_its_sound(name: str) -> None:
    made = decoys(name)
    assert len(made) >= 6
    assert name not in made
    for other in made:
        assert other.isascii() == name.isascii()
        if name.isascii():
            assert other.count(" ") == name.count(" ")
        else:
            assert len(other) == len(name)
            assert not any(near_sound(a, b) for a, b in zip(name, other, strict=True))
