"""The review in a terminal, with a script in the place of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pipeline import review, suggestions, terminal
from pipeline.folder import MeetingFolder
from redaction import ledger
from redaction.decision import (
    Absent,
    Accepted,
    Added,
    Approved,
    Corrected,
    Decided,
    Merged,
    Named,
    Rejected,
    Verdict,
)
from redaction.draft import Draft
from redaction.release import release
from speakers.error import NotReleasableError
from tests.engines import scripted


class Person:
    """Answers with what a script says; remembers what was shown and asked."""

    def __init__(self, *answers: str | Callable[[], str]) -> None:
        self._answers: Iterator[str | Callable[[], str]] = iter(answers)
        self.seen: list[str] = []

    def ask(self, question: str, default: str = "") -> str:
        self.seen.append(question)
        answer = next(self._answers)
        return (answer if isinstance(answer, str) else answer()) or default

    def say(self, line: str) -> None:
        self.seen.append(line)

    def reviews(self, folder: MeetingFolder) -> bool:
        return terminal.review(folder, "R", self.ask, self.say)


def acts(folder: MeetingFolder) -> list[object]:
    return [entry.act for entry in ledger.read(folder.ledger)]


def test_a_person_who_agrees_approves(undecided: MeetingFolder) -> None:
    n_sure = sum(m.tier == "A" for m in review.draft_of(undecided).undecided)
    assert n_sure
    rest = len(review.draft_of(undecided).undecided) - n_sure
    person = Person("", "y", *["m"] * rest, "yes")
    assert person.reviews(undecided)
    draft = review.draft_of(undecided)
    assert acts(undecided)[-1] == Approved(draft.digest)
    assert {d.verdict for d in draft.decisions} == {Verdict.MASK}
    assert any(draft.digest[:16] in line for line in person.seen)
    for statement in draft.record.statements:
        assert any(statement.text[:2] in line for line in person.seen)


def test_one_can_stop_anywhere_and_what_was_decided_is_kept(undecided: MeetingFolder) -> None:
    person = Person("S3>S1", "q")
    assert not person.reviews(undecided)
    assert acts(undecided) == [Merged(review.voice("S3"), review.voice("S1"))]
    assert undecided.id in person.seen[-1]


def test_voices_are_named_and_people_said_to_be_absent(undecided: MeetingFolder) -> None:
    person = Person("S3=p9", "S3=", "p3-", "what?", "S9>S1", "q")
    assert not person.reviews(undecided)
    assert acts(undecided) == [Named(review.voice("S3"), ""), Absent("p3")]
    assert sum("not understood" in line for line in person.seen) == 1
    assert sum("There is no such" in line for line in person.seen) == 2


def test_each_mark_can_be_kept_edited_or_its_statement_corrected(undecided: MeetingFolder) -> None:
    first, *_ = review.draft_of(undecided).undecided
    statement = review.draft_of(undecided).record.statement(first.statement_id)
    assert statement is not None
    person = Person("", "", "?", "k", "", "e", "某人", "c", "謝謝大家。", "q")
    assert not person.reviews(undecided)
    done = acts(undecided)
    assert done[0] == Decided(first.id, Verdict.EDIT, replacement="某人")
    assert isinstance(done[1], Corrected)
    assert done[1].text == "謝謝大家。"
    assert any("Keeping needs a reason" in line for line in person.seen)


def test_no_is_no(approved: MeetingFolder) -> None:
    before = acts(approved)
    assert not Person("", "").reviews(approved)
    assert acts(approved) == before


def test_a_reader_corrects_hides_and_decides_again(undecided: MeetingFolder) -> None:
    mark = review.draft_of(undecided).undecided[0]
    first = review.draft_of(undecided).record.statements[0]
    masked = len(review.draft_of(undecided).undecided)
    sure = sum(m.tier == "A" for m in review.draft_of(undecided).undecided)
    one_by_one = ("m",) * (masked - sure)
    person = Person(
        "",
        *(("y",) if sure else ()),
        *one_by_one,
        f"r {mark.id}",
        "k",
        "another person",
        f"h {first.id} 大家",
        "c a99",
        f"c {first.id}",
        "大家好，我是主持人。",
        "z",
        "yes",
    )
    assert person.reviews(undecided)
    done = acts(undecided)
    assert Decided(mark.id, Verdict.KEEP, "another person") in done
    assert sum(isinstance(act, Corrected) for act in done) == 1
    assert any("There is no such statement" in line for line in person.seen)
    assert any("not understood" in line for line in person.seen)
    assert review.draft_of(undecided).record.statements[0].text == "大家好，我是主持人。"
    assert any(m.tier == "manual" for m in review.draft_of(undecided).marks)


def test_a_change_between_showing_and_yes_is_not_approved(approved: MeetingFolder) -> None:
    before = acts(approved)

    def meanwhile() -> str:
        text = approved.meeting_toml.read_text("utf-8").replace("寵物", "動物")
        approved.meeting_toml.write_text(text, encoding="utf-8")
        return "yes"

    with pytest.raises(NotReleasableError, match="changed while it was looked at"):
        Person("", meanwhile).reviews(approved)
    assert acts(approved) == before


def shown(person: Person) -> str:
    return "\n".join(person.seen)


def test_suggestions_come_after_the_voices_and_are_answered_with_a_key(misheard: MeetingFolder) -> None:
    before = review.draft_of(misheard).suggestions
    person = Person("", "?", "A", "r", "", "q")
    assert not person.reviews(misheard)
    assert f"{len(before)} corrections are suggested" in shown(person)
    assert "→附議]" in shown(person)
    assert "not understood" in shown(person)
    done = acts(misheard)
    group = before[0].group
    accepted = [a for a in done if isinstance(a, Accepted)]
    assert len(accepted) == sum(s.group == group for s in before)
    assert sum(isinstance(a, Rejected) for a in done) == 1
    left = review.draft_of(misheard).suggestions
    assert len(left) == len(before) - len(accepted) - 1


def test_suggestions_that_are_passed_stop_no_approval_and_are_counted(misheard: MeetingFolder) -> None:
    count = len(review.draft_of(misheard).suggestions)
    undecided = review.draft_of(misheard).undecided
    person = Person("", "x", "y", *["m"] * sum(m.tier != "A" for m in undecided), "s", "x", "yes")
    assert person.reviews(misheard)
    digests = [n for n, line in enumerate(person.seen) if "Digest of this content" in line]
    assert len(digests) == 2
    assert all(person.seen[n - 1].startswith(f"{count} corrections are suggested") for n in digests)
    assert review.standing(misheard) == "approved"
    (refused,) = suggestions.answers(
        review.draft_of(misheard), rejected=review.draft_of(misheard).suggestions[:1]
    )
    review.decide(misheard, "R", (refused,))
    assert review.standing(misheard) == "approved"
    review.decide(
        misheard,
        "R",
        suggestions.answers(review.draft_of(misheard), accepted=review.draft_of(misheard).suggestions[:1]),
    )
    assert review.standing(misheard) == "awaiting review"


def test_two_terminals_do_not_answer_each_other_s_suggestions(misheard: MeetingFolder) -> None:
    first = review.draft_of(misheard).suggestions[0]

    def meanwhile() -> str:
        statement = review.draft_of(misheard).record.statement(first.statement_id)
        assert statement is not None
        review.decide(misheard, "Other", (Corrected(statement.id, statement.digest, "沒有了。"),))
        return "a"

    person = Person("", meanwhile, "q")
    assert not person.reviews(misheard)
    assert "was changed meanwhile" in shown(person)
    statement = review.draft_of(misheard).record.statement(first.statement_id)
    assert statement is not None
    assert statement.text == "沒有了。"


SAME_SOUND = (
    ("S1", 200, 2_200, "大家好，我是沈立言。"),
    ("S2", 2_600, 4_600, "我要說倍三很好。"),
    ("S3", 5_000, 6_400, "這一句請不要記。"),
    ("S1", 6_800, 8_600, "倍三不錯，倍三也好。"),
)


def sounding_alike(hear: Callable[..., MeetingFolder]) -> MeetingFolder:
    """A meeting in which 倍三, which sounds like 佩珊, is said three times without a cue."""
    folder = hear(engines=scripted.engines(transcriber=scripted.ScriptedTranscriber(said=SAME_SOUND)))
    marks = [m for m in review.draft_of(folder).undecided if m.subject == "p2"]
    assert [m.tier for m in marks] == ["C", "C", "C"]
    return folder


@pytest.mark.parametrize(
    ("answers", "verdicts"),
    [
        (("m",), ["mask"] * 3),
        (("k", "a shop"), ["keep"] * 3),
        (("e", "某人"), ["edit"] * 3),
        (("1", "m"), ["mask"]),
    ],
)
def test_what_reads_alike_is_one_question_with_its_contexts(
    hear: Callable[..., MeetingFolder], answers: tuple[str, ...], verdicts: list[str]
) -> None:
    folder = sounding_alike(hear)
    person = Person("", *answers, "q")
    assert not person.reviews(folder)
    assert [d.verdict for d in review.draft_of(folder).decisions] == verdicts
    first = next(n for n, line in enumerate(person.seen) if "全部遮蔽 mask all" in line)
    assert sum("[倍三]" in line for line in person.seen[:first]) == 3
    assert sum("00:00:0" in line for line in person.seen[:first]) == 3


def test_a_form_that_was_masked_is_offered_wherever_else_it_stands(
    hear: Callable[..., MeetingFolder],
) -> None:
    folder = hear(engines=scripted.engines(transcriber=scripted.ScriptedTranscriber(said=SAME_SOUND)))
    draft = review.draft_of(folder)
    first, last = draft.record.statements[1], draft.record.statements[3]
    review.decide(folder, "R", (Added(first.id, 5, 7, "", first.digest),))
    (manual,) = (m for m in review.draft_of(folder).marks if m.tier == "manual")
    other = [Decided(m.id, Verdict.MASK) for m in review.draft_of(folder).undecided]
    review.decide(folder, "R", tuple(other))
    review.decide(folder, "R", (Corrected(last.id, last.digest, "很好不錯，很好也好。"),))
    person = Person("", f"r {manual.id}", "e", "某事", "y", "")
    assert not person.reviews(folder)
    assert any("「很好」還有 2 處沒有標記" in line for line in person.seen)
    done = review.draft_of(folder)
    replaced = [d for d in done.decisions if d.replacement == "某事"]
    assert len(replaced) == 3
    assert "很好" not in "".join(s.text for s in release(_approved(folder)).statements)


def _approved(folder: MeetingFolder) -> Draft:
    return review.approve(folder, "R")


def test_every_question_is_in_chinese_and_english(undecided: MeetingFolder) -> None:
    rest = sum(m.tier != "A" for m in review.draft_of(undecided).undecided)
    person = Person("", "", "k", "why", *["m"] * (rest + 9), "")
    asked: list[str] = []

    def ask(question: str, default: str = "") -> str:
        asked.append(question)
        return person.ask(question, default)

    terminal.review(undecided, "R", ask, person.say)
    for question in asked:
        assert any("\u4e00" <= c <= "\u9fff" for c in question), question
        assert any(c.isascii() and c.isalpha() for c in question), question


def test_the_second_reader_reads_what_will_be_published_and_not_what_was_hidden(
    approved: MeetingFolder,
) -> None:
    text = approved.meeting_toml.read_text("utf-8")
    approved.meeting_toml.write_text("approvers = 2\n" + text, encoding="utf-8")
    review.approve(approved, "R")
    assert review.standing(approved) == "awaiting review"
    first = Person("", "")
    assert not first.reviews(approved)
    assert "second reader" not in shown(first)
    second = Person("", "b", "yes")
    assert terminal.review(approved, "Second", second.ask, second.say)
    start = next(n for n, line in enumerate(second.seen) if "second reader" in line)
    end = next(n for n, line in enumerate(second.seen) if line.startswith("yes 以"))
    blind = "\n".join(second.seen[start:end])
    assert "我是參與者 1" in blind
    assert "蔡佩珊，住" not in blind
    assert "[■" not in blind
    assert "[■" in shown(second)
    assert review.standing(approved, approvers=2) == "approved"


def _masked_up_to_the_approval(folder: MeetingFolder) -> tuple[str, ...]:
    rest = sum(m.tier != "A" for m in review.draft_of(folder).undecided)
    return ("", "y", *["m"] * rest)


def test_the_first_reader_sees_what_will_stand_there_before_they_approve(undecided: MeetingFolder) -> None:
    person = Person(*_masked_up_to_the_approval(undecided), "b", "yes")
    assert person.reviews(undecided)
    first = next(n for n, line in enumerate(person.seen) if "This is what would be published" in line)
    exact = next(n for n, line in enumerate(person.seen) if "exactly what would be published" in line)
    with_hidden, public = "\n".join(person.seen[first:exact]), "\n".join(person.seen[exact + 1 :])
    assert "[■蔡佩珊→參與者 1]" in with_hidden
    assert "2024-05-01" in with_hidden
    (quiet,) = (line for line in person.seen[first:exact] if "這一句請不要記。" in line)
    assert "    （不列入紀錄）\n" in quiet
    assert "Private, not published: 這一句請不要記。" in quiet
    assert "我是參與者 1" in public
    assert "[■" not in public
    assert "不要記" not in public
    released = release(review.draft_of(undecided))
    for statement in released.statements:
        assert f"\n    {statement.text}" in public


def test_a_mistyped_answer_repeats_the_question_and_not_the_record(undecided: MeetingFolder) -> None:
    person = Person(*_masked_up_to_the_approval(undecided), "zz", "c a1", "各位好。", "l", "yes")
    assert person.reviews(undecided)
    said = ["散會" in line and line.startswith("a4") for line in person.seen]
    assert sum(said) == 2
    changed = [line for line in person.seen if line.startswith("a1 ")]
    assert len(changed) == 3
    assert "各位好。" in changed[1]
    assert sum("Digest of this content" in line for line in person.seen) == 4


def test_with_two_approvers_the_first_yes_is_one_of_two(approved: MeetingFolder) -> None:
    first = Person("", "yes")
    assert terminal.review(approved, "Amy Chen", first.ask, first.say, approvers=3)
    assert "2 of 3; somebody else must read it too" in first.seen[-1]
    again = Person("", "yes")
    before = acts(approved)
    assert terminal.review(approved, "chen, AMY", again.ask, again.say, approvers=3)
    assert "You have approved exactly this already" in shown(again)
    assert "2 of 3" in again.seen[-1]
    assert acts(approved) == before
    assert "Release it" not in shown(first) + shown(again)
    last = Person("", "yes")
    assert terminal.review(approved, "Third", last.ask, last.say, approvers=3)
    assert f"Release it: zhuzi release {approved.id}" in last.seen[-1]


def test_an_answer_about_voices_that_does_nothing_says_why(undecided: MeetingFolder) -> None:
    assert not review.draft_of(undecided).unconfirmed
    person = Person("y", "p3-", "S3=", "q")
    assert not person.reviews(undecided)
    assert acts(undecided) == [Named(review.voice("S3"), "")]
    assert "Nothing is proposed" in shown(person)
    assert "p3 does speak: S3 is their voice" in shown(person)
    assert "not understood" not in shown(person)
    assert any("S3 (審閱者說都不是" in line for line in person.seen)
