"""The residual-risk note at every door at which somebody approves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import Result

from pipeline import review, risk_note
from pipeline.folder import MeetingFolder
from redaction.rates import Length
from redaction.risk import Missed, assess
from tests.conftest import one_object
from tests.pipeline.test_terminal import Person

Zhuzi = Callable[..., Result]
NOTE = "剩餘風險 Residual risk"


def test_the_note_is_printed_and_answered(undecided: MeetingFolder, zhuzi: Zhuzi) -> None:
    said = zhuzi("risk", undecided.id)
    assert said.exit_code == 0, said.output
    for part in (
        NOTE,
        "找到 found",
        "× 0.119 / 0.881 =",
        "「佩珊」",
        "兩個音節 (two syllables)",
        "to read with their sound",
    ):
        assert part in said.stdout
    answer = one_object(zhuzi("risk", undecided.id, "--json").stdout)
    assert answer["expected"] == pytest.approx(sum(m["expected"] for m in answer["missed"]), abs=0.002)
    assert {p["statement"] for p in answer["passages"]} >= {"a2", "a3"}


def test_it_is_shown_with_the_draft_and_before_an_approval(undecided: MeetingFolder, zhuzi: Zhuzi) -> None:
    assert NOTE in zhuzi("show", undecided.id).stdout
    person = Person("", "y", *["m"] * len(review.draft_of(undecided).undecided), "")
    person.reviews(undecided)
    note = next(n for n, line in enumerate(person.seen) if NOTE in line)
    assert note < next(n for n, line in enumerate(person.seen) if "Digest of this content" in line)


def test_who_accepts_everything_is_told_as_well(undecided: MeetingFolder, zhuzi: Zhuzi) -> None:
    result = zhuzi("review", undecided.id, "--reviewer", "R", "--accept", "proposed")
    assert result.exit_code == 0
    assert NOTE in result.stdout
    assert review.standing(undecided) == "approved"


def test_where_nobody_asked_there_is_nothing_to_say(job: MeetingFolder) -> None:
    job.meeting_toml.write_text('[[participants]]\nname = "沈立言"\n', encoding="utf-8")
    assert "Nobody asked for protection" in "\n".join(risk_note.lines(review.draft_of(job)))


def test_the_sum_is_the_sum_of_what_is_shown(
    undecided: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = review.draft_of(undecided)
    shown = (Missed(Length.TWO, 3, 3 / 3.054), Missed(Length.MORE, 5, 5 / 5.084))
    monkeypatch.setattr(risk_note, "assess", lambda d: replace(assess(d), missed=shown))
    said = "\n".join(risk_note.lines(draft))
    assert "= 0.05 " in said
    assert "= 0.08 " in said
    assert "unmarked: 0.13" in said
    assert risk_note.table(draft)["expected"] == pytest.approx(0.138)
    assert said.index("先聽這些 First") < said.index("其餘 The rest")
