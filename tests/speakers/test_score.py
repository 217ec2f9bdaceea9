"""Figures against hand-computed ones; and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakers import score_words
from speakers.account import Account, Claim, Passage, of_passages
from speakers.record import Millis, SpeakerId
from speakers.score import edits, is_name, naming, score, total, with_turns, wordless
from tests.conftest import needs_meeteval
from tests.scenes import span

HAN = "天地玄黃宇宙洪荒"


def passage(speaker: str, start: int, end: int, text: str) -> Passage:
    return Passage(span(start, end), SpeakerId(speaker), text)


def account(*passages: tuple[str, int, int, str]) -> Account:
    return of_passages("SegLST", (passage(*each) for each in passages))


REFERENCE = account(("A", 0, 1000, "a b c d"), ("B", 1000, 2000, "e f"), ("A", 2000, 3000, "g h"))
HYPOTHESIS = account(("1", 0, 1000, "a b x d"), ("1", 1000, 2000, "e f"), ("2", 2000, 3000, "g h i"))
EMPTY = replace(of_passages("SegLST", ()), duration=Millis(3000))


def test_words_in_order_of_time_by_hand() -> None:
    wer = score("x", REFERENCE, HYPOTHESIS).wer
    assert wer is not None
    assert (wer.insertions, wer.deletions, wer.substitutions, wer.length) == (1, 0, 1, 8)
    assert wer.rate == 2 / 8


@needs_meeteval
def test_words_with_speakers_by_hand() -> None:
    found = score("x", REFERENCE, HYPOTHESIS)
    assert found.cp is not None
    assert found.orc is not None
    # A=1: "abcdgh" against "abxdef" is 3 substitutions; B=2: "ef" against "ghi" is 3. The other pairing costs more.
    assert (found.cp.errors, found.cp.length) == (6, 8)
    # Each utterance where it fits: c→x and the inserted i.
    assert (found.orc.errors, found.orc.length) == (2, 8)


@needs_meeteval
def test_words_at_the_wrong_time_count_only_where_time_counts() -> None:
    late = account(
        ("1", 60_000, 61_000, "a b c d"), ("2", 61_000, 62_000, "e f"), ("1", 62_000, 63_000, "g h")
    )
    found = score("x", REFERENCE, late)
    assert found.cp is not None
    assert found.tcp is not None
    assert (found.cp.errors, found.tcp.errors) == (0, 16)
    within = score("x", REFERENCE, late, tcp_collar_s=120).tcp
    assert within is not None
    assert within.errors == 0


def test_turns_by_hand() -> None:
    found = score("x", REFERENCE, HYPOTHESIS)
    assert found.der is not None
    assert found.der_collar is not None
    assert found.jer is not None
    # B=1 and A=2 share 1 s each; the first second of A is with the wrong speaker.
    assert (found.der.missed_s, found.der.false_alarm_s, found.der.confusion_s) == (0, 0, pytest.approx(1))
    assert found.der.rate == pytest.approx(1 / 3)
    # A: 1 s of 2 s in common; B: 1 s of 2 s.
    assert found.jer.rate == pytest.approx(1 / 2)
    # .25 s on either side of 0, 1, 2 and 3 s are left out: half a second of each turn stays.
    assert found.der_collar.total_s == pytest.approx(1.5)
    assert (found.reference_speakers, found.hypothesis_speakers, found.miscounted) == (2, 2, 0)


def test_missed_and_false_alarm_by_hand() -> None:
    reference = account(("A", 0, 4000, "a"), ("B", 3000, 4000, "b"))
    hypothesis = account(("1", 1000, 4000, "a"), ("1", 5000, 6000, "b"))
    found = score("x", reference, hypothesis).der
    assert found is not None
    assert (found.missed_s, found.false_alarm_s, found.confusion_s, found.total_s) == (2, 1, 0, 5)
    assert score("x", reference, hypothesis).miscounted == 1


def test_a_perfect_hypothesis_has_no_error() -> None:
    found = score("x", REFERENCE, REFERENCE)
    rates = [
        found.wer,
        found.cp,
        found.tcp,
        found.orc,
        found.der,
        found.der_collar,
        found.jer,
        found.jer_collar,
    ]
    assert [r.rate for r in rates if r is not None] == [0] * sum(r is not None for r in rates)
    assert (found.miscounted, found.wordless) == (0, 0)


def test_an_empty_hypothesis_has_every_error() -> None:
    found = score("x", REFERENCE, EMPTY)
    rates = [
        found.wer,
        found.cp,
        found.tcp,
        found.orc,
        found.der,
        found.der_collar,
        found.jer,
        found.jer_collar,
    ]
    assert [r.rate for r in rates if r is not None] == [1] * sum(r is not None for r in rates)
    assert (found.miscounted, found.wordless) == (2, 3000)
    assert found.pairs == (("A", None), ("B", None))


def test_a_reference_without_words_has_no_rates_of_words() -> None:
    silent = replace(REFERENCE, kind="RTTM", passages=(), pieces=())
    found = score("x", silent, HYPOTHESIS)
    assert (found.wer, found.cp, found.tcp, found.orc, found.wordless) == (None,) * 5
    assert found.der is not None


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    begins = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=8)))
    ends = [*begins[1:], begins[-1] + 2]
    return account(
        *(
            (draw(st.sampled_from("ABCD")), b * 1000, e * 1000, draw(st.text("abcd 開放", max_size=6)))
            for b, e in zip(begins, ends, strict=True)
        )
    )


def renamed(of: Account, order: list[str]) -> Account:
    names = dict(zip("ABCD", order, strict=True))
    return of_passages(of.kind, [replace(p, speaker=SpeakerId(names[p.speaker])) for p in of.passages])


@settings(max_examples=25, deadline=None)
@given(accounts(), accounts(), st.permutations(["w", "x", "y", "z"]))
def test_what_speakers_are_called_changes_nothing(one: Account, other: Account, order: list[str]) -> None:
    as_is, called = score("x", one, other), score("x", one, renamed(other, order))
    for each in ("wer", "cp", "der", "der_collar", "wordless", "miscounted"):
        before, after = getattr(as_is, each), getattr(called, each)
        if hasattr(before, "rate"):
            before, after = before.rate, after.rate
        assert before == (None if before is None else pytest.approx(after)), each


@settings(max_examples=25, deadline=None)
@given(accounts(), accounts())
def test_forgiving_more_never_costs_more(one: Account, other: Account) -> None:
    found = score("x", one, other)
    if found.cp is None or found.orc is None or found.tcp is None:
        return
    assert found.orc.errors <= found.cp.errors <= found.tcp.errors


@settings(max_examples=25, deadline=None)
@given(accounts())
def test_who_equals_the_reference_has_no_error(one: Account) -> None:
    found = score("x", one, one)
    errors = [e.errors for e in (found.wer, found.cp, found.tcp, found.orc) if e is not None]
    assert not any(errors)
    assert found.der is not None
    assert found.der.rate == 0


@given(st.text(HAN, max_size=12), st.text(HAN, max_size=12))
def test_edits_lead_from_one_to_the_other(one: str, other: str) -> None:
    found = edits(tuple(one), tuple(other))
    assert len(one) + found.insertions - found.deletions == len(other)
    assert abs(len(one) - len(other)) <= found.errors <= max(len(one), len(other))


def test_speech_without_words_begins_at_eight_tenths() -> None:
    speech = [span(0, 5000), span(10_000, 10_799), span(20_000, 20_800)]
    bare = wordless(speech, [span(700, 1000), span(1800, 2000), span(2500, 2600), span(4900, 9000)])
    assert bare == (span(1000, 1800), span(2600, 4900), span(20_000, 20_800))
    for before, after in pairwise(bare):
        assert before.end <= after.start


def test_turns_from_another_file_get_the_labels_of_the_words() -> None:
    turns = replace(
        account(("spk9", 0, 900, ""), ("spk3", 1000, 2000, ""), ("spk9", 2100, 3000, "")),
        kind="RTTM",
    )
    merged = with_turns(REFERENCE, turns)
    assert [(t.speaker, t.span.end) for t in merged.turns] == [("A", 900), ("B", 2000), ("A", 3000)]
    assert merged.passages == REFERENCE.passages


def claims(*given: tuple[str, str, bool]) -> tuple[Claim, ...]:
    return tuple(Claim(SpeakerId(s), (name,), confirmed) for s, name, confirmed in given)


def test_naming_by_hand() -> None:
    reference = account(
        ("王小明", 0, 1000, "a"),
        ("Amy Chen", 1000, 2000, "b"),
        ("李四", 2000, 3000, "c"),
        ("spk4", 3000, 4000, "d"),
    )
    voices = account(
        ("S1", 0, 1000, "a"), ("S2", 1000, 2000, "b"), ("S3", 2000, 3000, "c"), ("S4", 3000, 4000, "d")
    )
    hypothesis = replace(
        voices, claims=claims(("S1", "王小明", True), ("S2", "amy chen", False), ("S3", "王小明", True))
    )
    found = naming(reference, hypothesis)
    assert found is not None
    assert (found.voices, found.people, found.abstained) == (4, 3, 1)
    assert (found.confirmed_right, found.confirmed_wrong) == (1, 1)
    assert (found.proposed_right, found.proposed_wrong) == (1, 0)
    assert (found.people_confirmed, found.people_named) == (1, 2)


def test_labels_that_name_nobody_are_not_names() -> None:
    assert naming(REFERENCE, replace(HYPOTHESIS, claims=claims(("1", "Amy", True)))) is None
    assert not any(map(is_name, ("S1", "SPEAKER_03", "spk12", "發言者 2", "unknown", "A", "7")))
    assert all(map(is_name, ("Amy", "沈立言", "Al B")))


def test_several_recordings_add_up() -> None:
    first, second = score("x", REFERENCE, HYPOTHESIS), score("y", REFERENCE, EMPTY)
    whole = total((first, second))
    assert whole.wer is not None
    assert whole.der is not None
    assert (whole.wer.errors, whole.wer.length) == (2 + 8, 16)
    assert whole.der.rate == pytest.approx((1 + 3) / 6)
    assert (whole.miscounted, whole.duration, whole.notes) == (2, 6000, ())
    partly = total((first, replace(second, wer=None)))
    assert partly.wer == first.wer
    assert partly.notes


def test_without_meeteval_everything_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_words, "available", lambda: False)
    found = score("x", REFERENCE, HYPOTHESIS)
    assert (found.cp, found.tcp, found.orc) == (None, None, None)
    assert found.wer is not None
    assert found.der is not None
