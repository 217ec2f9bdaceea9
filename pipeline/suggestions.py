"""Suggested corrections: what reviewers see of them, and their answers as acts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline import words
from redaction.decision import Accepted, Act, Rejected
from redaction.draft import Draft
from redaction.reviewed import rewritten
from redaction.suggest import Suggestion
from speakers.error import NotFoundError, RecordError
from speakers.record import Statement, clock, digest

_CONTEXT = 24
"""Characters shown on either side."""


def chosen(draft: Draft, ids: Iterable[str], *, alike: bool = False) -> tuple[Suggestion, ...]:
    """The open suggestions of these ids, or with `alike` also all that replace the same text by the same.

    Raises:
        NotFoundError: If one is not open (any more).
    """
    open_ = {s.id: s for s in draft.suggestions}
    wanted = tuple(dict.fromkeys(ids))
    if not open_.keys() >= set(wanted):
        raise NotFoundError("There is no such open suggestion.", "Look at them: zhuzi suggestions ID.")
    groups = {open_[i].group for i in wanted} if alike else set()
    return tuple(s for s in open_.values() if s.id in wanted or s.group in groups)


def answers(
    draft: Draft, accepted: Iterable[Suggestion] = (), rejected: Iterable[Suggestion] = ()
) -> tuple[Act, ...]:
    """The acts that answer suggestions, refusals first.

    Within a statement the last place is corrected first, so that the places before it stay where they are; each act
    is about the statement that the one before it left.

    Raises:
        RecordError: If one is accepted and rejected.
    """
    accepted, rejected = tuple(accepted), tuple(rejected)
    if {s.id for s in accepted} & {s.id for s in rejected}:
        raise RecordError("A suggestion is accepted and rejected at once.", "Do one of both.")
    acts: list[Act] = [Rejected(s.statement_id, s.text_digest, *_what(draft, s)) for s in rejected]
    changed: dict[str, Statement] = {}
    for suggestion in sorted(accepted, key=lambda s: (s.statement_id, -s.char_start)):
        statement = changed.get(suggestion.statement_id) or _statement(draft, suggestion)
        act = Accepted(statement.id, statement.digest, *_what(draft, suggestion))
        changed[statement.id] = rewritten(statement, act)
        acts.append(act)
    return tuple(acts)


def _what(draft: Draft, s: Suggestion) -> tuple[int, int, str, str, str]:
    return s.char_start, s.char_end, _heard(draft, s), s.proposed, s.why


def _heard(draft: Draft, suggestion: Suggestion) -> str:
    return _statement(draft, suggestion).text[suggestion.char_start : suggestion.char_end]


def _statement(draft: Draft, suggestion: Suggestion) -> Statement:
    statement = draft.statement(suggestion.statement_id)
    assert statement is not None  # noqa: S101 - it was suggested for this draft
    return statement


def line(draft: Draft, suggestion: Suggestion) -> str:
    """A suggestion in its context: `c01… 0:12 S1: …我是[腳桶局→交通局]的…  same-sound 0.89 p2/role`."""
    statement = _statement(draft, suggestion)
    text, start, end = statement.text, suggestion.char_start, suggestion.char_end
    before, behind = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    at = clock(statement.time_of(start, end).start)
    cues = f" ({', '.join(suggestion.cues)})" if suggestion.cues else ""
    return (
        f"{suggestion.id} {at} {statement.speaker}: …{before}[{text[start:end]}→{suggestion.proposed}]{behind}…  "
        f"{suggestion.why}{cues}"
    )


def lines(draft: Draft) -> Iterator[str]:
    """Every open suggestion, the likeliest first. Private: it holds real names."""
    for suggestion in draft.suggestions:
        yield line(draft, suggestion)


def told(draft: Draft) -> str:
    """How many are open, as a sentence; empty if none is."""
    count = len(draft.suggestions)
    if not count:
        return ""
    return (
        f"{count} corrections are suggested; they stop nothing, and nothing is changed unless you accept it."
    )


@dataclass(frozen=True, slots=True)
class Written:
    """Suggestions as a page gets them.

    Attributes:
        version: another one for other suggestions.
        body: JSON: `version`, and as `table`. Private: it holds real names.
    """

    version: str
    body: bytes = field(repr=False)


def written(draft: Draft) -> Written:
    """Every open suggestion, written once for everybody who asks."""
    said = table(draft)
    for one in said["suggestions"]:
        one["why"] = words.of("level", one["level"])
    version = digest(json.dumps(said))[:16]
    return Written(version, json.dumps({"version": version, **said}, ensure_ascii=False).encode("utf-8"))


def table(draft: Draft) -> dict[str, Any]:
    """The same for programs; documented in docs/cli.md."""
    return {
        "suggestions": [
            {
                "id": s.id,
                "statement": s.statement_id,
                "char_start": s.char_start,
                "char_end": s.char_end,
                "heard": _heard(draft, s),
                "proposed": s.proposed,
                "term": s.term,
                "level": s.level,
                "score": s.score,
                "cues": list(s.cues),
                "group": s.group,
            }
            for s in draft.suggestions
        ]
    }
