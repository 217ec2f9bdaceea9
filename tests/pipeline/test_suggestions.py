"""Suggested corrections at the command line, and what the ledger keeps of the answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from pipeline import review, suggestions
from pipeline.folder import MeetingFolder
from redaction import ledger
from redaction.decision import Accepted, Rejected
from speakers.error import LedgerError, NotFoundError, RecordError
from tests.conftest import assert_told, one_object

Zhuzi = Callable[..., Result]


def test_they_are_listed_with_where_what_and_why(zhuzi: Zhuzi, misheard: MeetingFolder) -> None:
    rows = one_object(zhuzi("suggestions", misheard.id, "--json").stdout)["suggestions"]
    draft = review.draft_of(misheard)
    assert [r["id"] for r in rows] == [s.id for s in draft.suggestions]
    for row in rows:
        statement = draft.record.statement(row["statement"])
        assert statement is not None
        assert statement.text[row["char_start"] : row["char_end"]] == row["heard"]
        assert (row["proposed"], row["term"]) == ("附議", "glossary/0")
    said = zhuzi("suggestions", misheard.id).stdout
    assert all(row["id"] in said and row["level"] in said for row in rows)
    assert ledger.read(misheard.ledger) == ()


def test_show_and_review_say_how_many(zhuzi: Zhuzi, misheard: MeetingFolder) -> None:
    count = len(review.draft_of(misheard).suggestions)
    assert f"{count} corrections are suggested" in zhuzi("show", misheard.id).stdout
    assert one_object(zhuzi("show", misheard.id, "--json").stdout)["suggestions"] == count
    answer = zhuzi("review", misheard.id, "--reviewer", "R", "--accept", "proposed", "--json").stdout
    assert one_object(answer)["suggestions"] == count, "accepting what is proposed corrects nothing silently"
    assert one_object(answer)["state"] == "approved"


def test_answers_are_in_the_ledger_with_from_to_why_and_who(zhuzi: Zhuzi, misheard: MeetingFolder) -> None:
    before = review.draft_of(misheard)
    first, last = before.suggestions[0], before.suggestions[-1]
    assert first.group != last.group
    alike = [s for s in before.suggestions if s.group == first.group]
    result = zhuzi(
        "suggestions", misheard.id, "--accept", first.id, "--reject", last.id, "--alike", "--reviewer", "Amy"
    )
    assert result.exit_code == 0, result.output
    entries = ledger.read(misheard.ledger)
    assert {(e.who, e.how) for e in entries} == {("Amy", "by option")}
    accepted = [e.act for e in entries if isinstance(e.act, Accepted)]
    assert len(accepted) == len(alike) > 1
    for act in accepted:
        assert (act.proposed, act.why.split()[-1]) == ("附議", "glossary/0")
        assert act.heard != "附議"
    assert any(isinstance(e.act, Rejected) for e in entries)
    after = review.draft_of(misheard)
    assert {s.group for s in after.suggestions}.isdisjoint({first.group, last.group})
    texts = "".join(s.text for s in after.record.statements)
    assert accepted[0].heard not in texts
    assert texts.count("附議") == len(accepted)


def test_an_answer_needs_a_reviewer_and_an_open_suggestion(zhuzi: Zhuzi, misheard: MeetingFolder) -> None:
    first = review.draft_of(misheard).suggestions[0]
    assert_told(zhuzi("suggestions", misheard.id, "--accept", first.id), LedgerError)
    unknown = zhuzi("suggestions", misheard.id, "--reject", "c000", "--reviewer", "R")
    assert_told(unknown, NotFoundError, misheard.id)
    both = zhuzi("suggestions", misheard.id, "--accept", first.id, "--reject", first.id, "--reviewer", "R")
    assert_told(both, RecordError)
    assert ledger.read(misheard.ledger) == ()


def test_a_place_that_says_something_else_is_refused(misheard: MeetingFolder) -> None:
    draft = review.draft_of(misheard)
    (act,) = suggestions.answers(draft, accepted=draft.suggestions[:1])
    assert isinstance(act, Accepted)
    wrong = Accepted(
        act.statement_id, act.text_digest, act.char_start, act.char_end, "別的", act.proposed, act.why
    )
    with pytest.raises(NotFoundError):
        review.decide(misheard, "R", (wrong,))
    assert ledger.read(misheard.ledger) == ()
