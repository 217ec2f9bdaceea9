"""A review without questions: options of the command line become acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.review import voice
from redaction.decision import Absent, Act, Added, Corrected, Decided, Merged, Named, Verdict
from redaction.draft import Draft
from speakers.error import NotFoundError, RecordError
from speakers.record import Statement

_LOOK = "Look at it: zhuzi show ID."


def acts_of(
    draft: Draft,
    *,
    names: Iterable[str] = (),
    mergers: Iterable[str] = (),
    absent: Iterable[str] = (),
    correct: Iterable[tuple[str, str]] = (),
    hide: Iterable[tuple[str, str]] = (),
    mask: Iterable[str] = (),
    keep: Iterable[tuple[str, str]] = (),
) -> tuple[Act, ...]:
    """What the options of `zhuzi review` mean, as acts about this draft.

    Raises:
        NotFoundError: If an option names a statement that is not there, or words that it does not say.
        RecordError: If a statement is to be corrected and hidden in at once.
    """
    correct, hide = tuple(correct), tuple(hide)
    both = {i for i, _ in correct} & {i for i, _ in hide}
    if both:
        raise RecordError(
            f"Statement {min(both)} is to be corrected and hidden in at once.",
            "Correct it first; then hide, in a second command, what it says by then.",
        )
    return (
        *(Named(voice(left), right.strip().lower()) for left, right in map(_pair, names)),
        *(Merged(voice(left), voice(right)) for left, right in map(_pair, mergers)),
        *(Absent(person.strip().lower()) for person in absent),
        *(Corrected(s.id, s.digest, text) for s, text in ((_statement(draft, i), t) for i, t in correct)),
        *(act for i, words in hide for act in _added(draft, _statement(draft, i), words)),
        *(Decided(mark, Verdict.MASK) for mark in mask),
        *(Decided(mark, Verdict.KEEP, reason) for mark, reason in keep),
    )


def _pair(option: str) -> tuple[str, str]:
    left, equals, right = option.partition("=")
    if not equals:
        raise NotFoundError("A voice is named or merged without an equals sign.", "Write it as S1=p2.")
    return left, right


def _statement(draft: Draft, statement_id: str) -> Statement:
    statement = draft.record.statement(statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement in this meeting.", _LOOK)
    return statement


def _added(draft: Draft, statement: Statement, words: str) -> Iterator[Act]:
    """A mark of the reviewer's at every place where a statement says these words."""
    del draft
    at = statement.text.find(words) if words else -1
    if at < 0:
        raise NotFoundError(f"Statement {statement.id} does not say these words.", _LOOK)
    while at >= 0:
        yield Added(statement.id, at, at + len(words), "", statement.digest)
        at = statement.text.find(words, at + len(words))
