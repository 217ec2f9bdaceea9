"""The promises, for any meeting that hypothesis can think of."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from output import akoma_ntoso, markdown, plain_text, webvtt
from redaction.decision import Absent, Act, Added, Approved, Corrected, Decided, Merged, Named, Verdict
from redaction.draft import replay
from redaction.release import release
from redaction.released import Released
from speakers.attribute import attribute
from speakers.error import NotReleasableError
from speakers.meeting import Link, Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, union
from tests.scenes import approved, entries, hidden, masked, shown, spoken, turn, word

many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))

# Every word of a transcript is in exactly one statement.


@st.composite
def transcripts(draw: st.DrawFn) -> tuple[tuple[object, ...], Diarization]:
    starts = sorted(draw(st.lists(st.integers(0, 30_000), max_size=30)))
    texts = st.sampled_from(["好", "好。", "open", "是，", "a.", "（聽不清）"])
    words = tuple(
        word(draw(texts), start, start + draw(st.integers(1, 4_000)), spaced=draw(st.booleans()))
        for start in starts
    )
    cuts = sorted(draw(st.sets(st.integers(0, 30_000), max_size=12)))
    voices = st.sampled_from(["S1", "S2", "S3"])
    exclusive = tuple(turn(a, b, draw(voices)) for a, b in itertools.pairwise(cuts) if draw(st.booleans()))
    overlapping = tuple(
        sorted(t if draw(st.booleans()) else Turn(t.span.widened(400), t.speaker) for t in exclusive)
    )
    return words, Diarization(exclusive, overlapping, Millis(40_000))


@many
@given(transcripts())
def test_every_word_is_in_exactly_one_statement(heard) -> None:  # type: ignore[no-untyped-def]
    words, diarization = heard
    statements = attribute(words, diarization)
    together = [w for s in statements for w in s.words]
    assert [id(w) for w in together] == [id(w) for w in words]
    assert [s.id for s in statements] == [f"a{n}" for n in range(1, len(statements) + 1)]
    assert {s.speaker for s in statements} <= {"S0", *(t.speaker for t in diarization.exclusive)}


# What was hidden is in no published byte.

_PEOPLE = (
    (
        "陳筱明",
        ("筱明",),
        ("陳筱明", "陈筱明", "陳曉明", "筱明", "曉明", "陳，筱明", "陳 筱 明", "陳。筱明", "沉筱明"),
    ),
    ("蔡佩珊", ("毛毛媽", "佩珊"), ("蔡佩珊", "毛毛媽", "猫猫妈", "佩珊", "蔡佩姍", "蔡小姐", "佩\u200b珊")),
    ("歐陽品妤", ("品妤",), ("歐陽品妤", "欧阳品妤", "品妤", "評語", "歐、陽、品、妤", "歐陽女士")),
    (
        "Sheila Quint",
        ("Sheila", "Quint"),
        ("Sheila Quint", "Sheila", "SHEILA'S", "Shiela", "sheila", "Ｓｈｅｉｌａ", "Quint"),
    ),
    ("Ann", (), ("Ann", "ANN'S", "ann")),
)
_FILLERS = (
    "大家",
    "我們",
    "今天",
    "謝謝",
    "，",
    "對",
    "這個",
    " open",
    " data",
    "想",
    "planning",
    "。",
    "訂",
)
_VOICES = ("S1", "S2", "S3", "S0")


@dataclass(frozen=True)
class Scene:
    meeting: Meeting
    record: Record
    acts: tuple[Act, ...]
    planted: tuple[tuple[str, tuple[Span, ...]], ...]
    """What was planted, with the times of the words that hold it."""


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    chosen = draw(st.lists(st.sampled_from(_PEOPLE), min_size=1, max_size=3, unique=True))
    people: list[Participant] = [
        hidden(n, name, *aliases, heard_at=draw(st.sampled_from([None, 100, 2_100])))
        for n, (name, aliases, _) in enumerate(chosen, start=1)
    ]
    people.append(shown(len(people) + 1, "王大同", role="主席"))
    people.append(
        replace(people[-1], id=f"p{len(people) + 1}", name="林立", role="書記", wish=Wish.NOT_RECORDED)
    )
    statements: list[Statement] = []
    planted: list[tuple[str, tuple[Span, ...]]] = []
    turns, at, spoken_at = [], 0, 0
    for number in range(1, draw(st.integers(1, 5)) + 1):
        parts: list[tuple[str, bool]] = [
            (t, False) for t in draw(st.lists(st.sampled_from(_FILLERS), min_size=1, max_size=5))
        ]
        for _ in range(draw(st.integers(0, 3))):
            person = draw(st.sampled_from(chosen))
            place = draw(st.integers(0, len(parts)))
            parts.insert(place, (draw(st.sampled_from(person[2])), True))
            if (
                parts[place][0][0].isascii() or "Ｓ" in parts[place][0]
            ):  # a Latin name touches no Latin letter
                parts[place : place + 1] = [("，", False), parts[place], ("，", False)]
        row, begun = [], at
        for text, is_name in parts:
            cut = draw(st.sampled_from([1, 2, 9]))
            pieces = [text[i : i + cut] for i in range(0, len(text), cut)] if not text.isascii() else [text]
            spans = []
            spaced = False
            for piece in pieces:
                length = draw(st.integers(50, 600))
                gap = spaced or piece.startswith(" ")
                spaced = piece.endswith(" ")
                if piece.strip():
                    row.append(word(piece.strip(), at, at + length, spaced=gap))
                    spans.append(row[-1].span)
                    at += length
            if is_name:
                planted.append((text, tuple(spans)))
        if not row:
            continue
        voice = draw(st.sampled_from(_VOICES))
        statements.append(Statement(f"a{number}", SpeakerId(voice), tuple(row)))
        turns.append(turn(begun, at, voice))
        spoken_at = at
        at += draw(st.integers(0, 900))
    named = [
        Named(SpeakerId(voice), draw(st.sampled_from([p.id for p in people])))
        for voice in _VOICES
        if draw(st.booleans())
    ]
    known = {a.participant_id for a in named}
    absent = [
        Absent(p.id)
        for p in people
        if p.id not in known and (p.wish is Wish.NOT_RECORDED or draw(st.booleans()))
    ]
    record = Record("zh", tuple(statements), Diarization(tuple(turns), tuple(turns), Millis(spoken_at)))
    # somebody who is not to be recorded stops everything unless one of their voices is there
    voices = {t.speaker for t in turns}
    absent += [Absent(a.participant_id) for a in named if a.speaker not in voices]
    return Scene(
        Meeting(title="公開會議", place="臺北市", participants=tuple(people)),
        record,
        (*named, *absent),
        tuple(planted),
    )


def files(released: Released) -> Iterator[tuple[str, bytes]]:
    for module in (akoma_ntoso, markdown, webvtt, plain_text):
        yield module.__name__, module.serialize(released)


@many
@given(scenes())
def test_what_is_hidden_is_in_no_published_byte(scene: Scene) -> None:
    released = release(approved(scene.meeting, scene.record, *scene.acts))
    everything = [*files(released), ("repr", repr(released).encode())]
    for person in scene.meeting.protected:
        for name in person.names:
            for where, data in everything:
                if name.isascii():
                    assert not re.search(rf"\b{name}\b".encode(), data, re.IGNORECASE), where
                else:
                    assert name.encode() not in data, where
    for surface, _ in scene.planted:
        for where, data in everything:
            if len(surface) > 3 or not surface.isascii():
                assert surface.encode() not in data, (surface, where)
    letters = set("陳陈筱曉佩珊姍妤歐欧蔡") if scene.planted else set()
    for where, data in everything:
        assert not letters & set(data.decode()), (where, "a part of a name is left")


@many
@given(scenes())
def test_what_is_hidden_is_not_heard(scene: Scene) -> None:
    draft = approved(scene.meeting, scene.record, *scene.acts)
    released = release(draft)
    if not released.sound.allowed:
        assert released.sound.replaced == ()
        assert draft.unheard
        return
    gone = released.sound.replaced
    assert gone == union(gone)

    def silent(spoken_at: Span) -> bool:
        return any(s.start <= max(0, spoken_at.start - 250) and spoken_at.end + 250 <= s.end for s in gone)

    for _, spans in scene.planted:
        assert all(silent(s) for s in spans)
    for heard in (*scene.record.diarization.exclusive, *scene.record.diarization.overlapping):
        participant = scene.meeting.participant(draft.namings.person(heard.speaker) or "")
        if participant is None or participant.wish is not Wish.NAMED:
            assert silent(heard.span)


@many
@given(scenes())
def test_captions_hold_each_text_once(scene: Scene) -> None:
    for statement in release(approved(scene.meeting, scene.record, *scene.acts)).statements:
        assert statement.text
        assert "".join(c.text for c in statement.cues).replace(" ", "") == statement.text.replace(" ", "")
        assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(statement.cues))


@many
@given(scenes())
def test_what_is_released_has_no_word_times_and_no_ids(scene: Scene) -> None:
    released = release(approved(scene.meeting, scene.record, *scene.acts))
    values = list(_values(released))
    assert not {type(v).__name__ for v in values} & {
        "Word",
        "Participant",
        "Mark",
        "Evidence",
        "Naming",
        "Statement",
    }
    ids = {p.id for p in scene.meeting.participants} | set(_VOICES) | {s.id for s in scene.record.statements}
    assert not ids & {v for v in values if isinstance(v, str)}
    assert not re.search(r"\bp\d\b", repr(released))


def _values(value: object) -> Iterator[object]:
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _values(part)


@many
@given(st.sampled_from(["陳筱", "陳", "歐陽品", "歐陽", "歐"]), st.booleans(), st.sampled_from(_VOICES))
def test_a_change_of_speaker_hides_no_name_from_us(first: str, comma: bool, voice: str) -> None:
    name = "陳筱瑜" if first[0] == "陳" else "歐陽品妤"
    rest = name.removeprefix(first)
    record = spoken(("S1", f"我是{first}{'，' if comma else ''}"), (voice, f"{rest}對"))
    released = release(approved(Meeting(participants=(hidden(1, name),)), record, Absent("p1")))
    for where, data in files(released):
        assert not set(name) & set(data.decode()), where


# Nothing is released that was not approved as it is.

_MEETING = Meeting(
    title="會議", participants=(hidden(1, "陳筱明", "筱明", heard_at=100), shown(2, "王大同", role="主席"))
)
_RECORD = spoken(("S1", "我是陳筱明。"), ("S2", "謝謝筱明，打0912345678。"), ("S3", "好"))
_MARKS = replay(_MEETING, _RECORD, ()).marks

_later = st.one_of(
    st.builds(Named, st.sampled_from(_RECORD.speakers), st.sampled_from(["p1", "p2", ""])),
    st.builds(Merged, st.sampled_from(_RECORD.speakers), st.sampled_from(_RECORD.speakers)),
    st.builds(
        lambda s, text: Corrected(s.id, s.digest, text),
        st.sampled_from(_RECORD.statements),
        st.sampled_from(["大家好", "筱明", "謝謝筱明，打0912345678。"]),
    ),
    st.builds(
        lambda s, a: Added(s.id, a, a + 1, "", s.digest),
        st.sampled_from(_RECORD.statements),
        st.integers(0, 3),
    ),
    st.builds(Decided, st.sampled_from([m.id for m in _MARKS]), st.just(Verdict.KEEP), st.just("r")),
    st.builds(
        Decided, st.sampled_from([m.id for m in _MARKS]), st.just(Verdict.EDIT), st.just(""), st.just("某人")
    ),
    st.builds(Absent, st.sampled_from(["p1", "p2"])),
)
_changes: tuple[Callable[[Meeting], Meeting], ...] = (
    lambda m: m,
    lambda m: replace(m, title="別的"),
    lambda m: replace(m, links=(Link("a", "https://a"),)),
    lambda m: replace(m, participants=m.participants[1:]),
    lambda m: replace(m, participants=(replace(m.participants[0], wish=Wish.NAMED), m.participants[1])),
    lambda m: replace(m, participants=(replace(m.participants[0], aliases=()), m.participants[1])),
    lambda m: replace(m, participants=(replace(m.participants[0], heard_at=()), m.participants[1])),
)


@many
@given(st.lists(_later, max_size=3), st.sampled_from(_changes))
def test_after_any_change_nothing_is_released_without_a_new_approval(
    later: list[Act], change: Callable[[Meeting], Meeting]
) -> None:
    done = masked(_MEETING, _RECORD)
    before = replay(_MEETING, _RECORD, entries(*done))
    meeting = change(_MEETING)
    acts = (*done, Approved(before.digest), *later)
    after = replay(meeting, _RECORD, entries(*acts))
    public = release(replay(_MEETING, _RECORD, entries(*acts[: len(done) + 1])))
    if after.digest == before.digest and not later:  # nothing was decided or changed
        assert release(after) == public
        return
    with pytest.raises(NotReleasableError):
        release(after)
    again = masked(meeting, _RECORD, *acts)
    ready = replay(meeting, _RECORD, entries(*again))
    assume(not ready.undecided)
    with pytest.raises(NotReleasableError):
        release(ready)


@many
@given(st.lists(_later, max_size=4))
def test_the_same_approved_content_is_always_the_same_release(later: list[Act]) -> None:
    done = masked(_MEETING, _RECORD, *later)
    first = approved(_MEETING, _RECORD, *done)
    assume(first.approvals)
    assert release(first) == release(approved(_MEETING, _RECORD, *done))
    assert release(first).approval == first.digest


@given(st.lists(st.sampled_from(["amy", "Amy", " bob", "bob ", "艾美"]), max_size=6))
def test_as_many_approvers_as_different_people(who: list[str]) -> None:
    people = {w.strip().casefold() for w in who}
    draft = approved(_MEETING, _RECORD, by=who)
    for asked in (1, 2, 3):
        if len(people) >= asked:
            assert release(draft, approvers=asked).approvers == len(people)
        else:
            with pytest.raises(NotReleasableError):
                release(draft, approvers=asked)
