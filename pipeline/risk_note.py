"""The residual-risk note: what reviewers are told before they approve, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import words
from pipeline.words import Words
from redaction.draft import Draft
from redaction.rates import MEASURED, Length
from redaction.risk import CHARACTERS_A_MINUTE, Passage, Peril, Risk, Why, assess, listening_ms
from speakers.meeting import Wish
from speakers.record import clock

NOBODY = Words("沒有人要求保護。", "Nobody asked for protection.")
_NOT_MEASURED = Words(
    "未量測：職業、單位、地點、親屬等間接資訊。",
    "Not measured: employers, posts, places, relatives and whatever else points at somebody.",
)
_NO_ALIAS = Words(
    "沒有填別名：請問大家怎麼稱呼這個人，再寫進 meeting.toml。",
    "No alias was given: ask what else this person is called, and write it into meeting.toml.",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Statements to read in full for one reason.

    Attributes:
        why: the gravest reason of each.
        passages: (n_passages,) in order.
    """

    why: Words
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Statements to read with their sound, by their gravest reason.

    Attributes:
        reasons: (n_reasons,) the gravest first.
        listening_ms: how long all of them are together.
    """

    reasons: tuple[Reason, ...]
    listening_ms: int


@dataclass(frozen=True, slots=True)
class Note:
    """The note for people. Private: it holds names.

    Attributes:
        risk: what it says, as values.
        guarded: whether anybody asked for anything; if nobody did, there is nothing else to say.
        how: what the rates were measured on.
        total: mentions that are probably still unmarked, as the sum of what is shown.
        misheard: recall by length where a syllable was misheard beyond likeness.
        not_measured: what no rate says anything of.
        no_alias: what to ask where nobody wrote down what somebody else is called.
        first: what to read before the rest.
        rest: the rest.
    """

    risk: Risk
    guarded: bool
    how: Words
    total: float
    misheard: tuple[tuple[Length, float], ...]
    not_measured: Words
    no_alias: Words
    first: Sheet
    rest: Sheet


def note(draft: Draft) -> Note:
    """The note of a draft."""
    risk = assess(draft)
    return Note(
        risk=risk,
        guarded=any(
            p.wish is not Wish.NAMED for p in (*draft.meeting.participants, *draft.meeting.elsewhere)
        ),
        how=Words(MEASURED.how[1], MEASURED.how[0]),
        total=sum(round(m.expected, 2) for m in risk.missed),
        misheard=tuple(MEASURED.misheard.items()),
        not_measured=_NOT_MEASURED,
        no_alias=_NO_ALIAS,
        first=_sheet(risk.first),
        rest=_sheet(risk.rest),
    )


def _sheet(passages: tuple[Passage, ...]) -> Sheet:
    by_reason = [(reason, tuple(p for p in passages if p.why[0] is reason)) for reason in Why]
    reasons = tuple(Reason(words.of("risk", reason), found) for reason, found in by_reason if found)
    return Sheet(reasons, listening_ms(passages))


def perils(of: Iterable[Peril]) -> Words:
    """Why a name is easily missed."""
    said = [words.of("peril", peril) for peril in of]
    return Words("、".join(one.zh for one in said), ", ".join(one.en for one in said))


def lines(draft: Draft) -> Iterator[str]:
    """The note in a terminal. Private: it holds names."""
    told = note(draft)
    yield "剩餘風險 Residual risk"
    if not told.guarded:
        yield f"  {NOBODY.zh}{NOBODY.en}"
        return
    yield from _arithmetic(told)
    for danger in told.risk.dangers:
        said = perils(danger.perils)
        yield f"  {danger.person} 「{danger.name}」：{said.zh} ({said.en})"
    for person_id in told.risk.without_alias:
        yield f"  {person_id} {told.no_alias.zh}{told.no_alias.en}"
    if told.risk.strangers:
        named = "、".join(f"{s.surface} × {s.count} ({s.first})" for s in told.risk.strangers)
        yield f"  不在名單上的人名，請問是誰 Names of nobody on the list; ask who they are: {named}"
    yield from _reading(told)


def _arithmetic(told: Note) -> Iterator[str]:
    yield f"  {told.how.zh} {told.how.en}"
    for m in told.risk.missed:
        said = words.of("length", m.length)
        yield (
            f"  {said.zh} {said.en}: 找到 found {m.found} × {1 - m.recall:.3f} / {m.recall:.3f} = "
            f"{m.expected:.2f} 漏掉 missed"
        )
    yield f"  估計漏掉 Expected still unmarked: {told.total:.2f}"
    for of, recall in told.misheard:
        said = words.of("length", of)
        yield (
            f"  有音節完全聽錯時 With a syllable misheard beyond likeness, {said.zh} {said.en}: "
            f"漏掉 missed {1 - recall:.1%}"
        )
    yield f"  {told.not_measured.zh}{told.not_measured.en}"


def _reading(told: Note) -> Iterator[str]:
    risk = told.risk
    if not risk.passages:
        return
    yield (
        f"  {len(risk.passages)} / {risk.statements} 段要邊聽邊讀 statements to read with their sound: "
        f"{clock(risk.listening_ms)}；全文讀一遍約 reading everything takes about {clock(risk.reading_ms)} "
        f"({CHARACTERS_A_MINUTE} 字/分 characters a minute)"
    )
    yield f"  先聽這些 First: {clock(told.first.listening_ms)}"
    yield from _by_reason(told.first)
    if risk.rest:
        yield f"  其餘 The rest: {clock(told.rest.listening_ms)}"
        yield from _by_reason(told.rest)


def _by_reason(sheet: Sheet) -> Iterator[str]:
    """Statements by their gravest reason."""
    for reason in sheet.reasons:
        yield f"    {reason.why.zh} {reason.why.en}: {', '.join(p.statement_id for p in reason.passages)}"


def table(draft: Draft) -> dict[str, Any]:
    """The same for programs; documented in docs/cli.md."""
    risk = assess(draft)
    first = set(risk.first)
    return {
        "measured": {"version": MEASURED.version, "on": MEASURED.on, "how": MEASURED.how[0]},
        "missed": [
            {"length": str(m.length), "found": m.found, "recall": m.recall, "expected": round(m.expected, 3)}
            for m in risk.missed
        ],
        "expected": round(sum(round(m.expected, 3) for m in risk.missed), 3),
        "misheard": {str(length): recall for length, recall in MEASURED.misheard.items()},
        "dangers": [
            {"person": d.person, "name": d.name, "perils": [str(p) for p in d.perils]} for d in risk.dangers
        ],
        "without_alias": list(risk.without_alias),
        "strangers": [{"name": s.surface, "count": s.count, "first": s.first} for s in risk.strangers],
        "passages": [
            {
                "statement": p.statement_id,
                "start_ms": p.span.start,
                "end_ms": p.span.end,
                "why": list(map(str, p.why)),
                "first": p in first,
            }
            for p in risk.passages
        ],
        "statements": risk.statements,
        "listening_ms": risk.listening_ms,
        "reading_ms": risk.reading_ms,
    }
