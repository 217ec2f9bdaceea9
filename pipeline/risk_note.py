"""The residual-risk note: what reviewers are told before they approve, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline import words
from redaction.draft import Draft
from redaction.rates import MEASURED
from redaction.risk import CHARACTERS_A_MINUTE, Passage, Risk, Why, assess, listening_ms
from speakers.meeting import Wish
from speakers.record import clock


def lines(draft: Draft) -> Iterator[str]:
    """The note for people. Private: it holds names."""
    risk = assess(draft)
    yield "剩餘風險 Residual risk"
    if not any(p.wish is not Wish.NAMED for p in (*draft.meeting.participants, *draft.meeting.elsewhere)):
        yield "  沒有人要求保護。Nobody asked for protection."
        return
    yield from _arithmetic(risk)
    for danger in risk.dangers:
        zh, en = "、".join(words.of("peril", p).zh for p in danger.perils), ", ".join(danger.perils)
        yield f"  {danger.person} 「{danger.name}」：{zh} ({en})"
    for person_id in risk.without_alias:
        yield (
            f"  {person_id} 沒有填別名：請問大家怎麼稱呼這個人，再寫進 meeting.toml。"
            "No alias was given: ask what else this person is called, and write it into meeting.toml."
        )
    if risk.strangers:
        said = "、".join(f"{s.surface} × {s.count} ({s.first})" for s in risk.strangers)
        yield f"  不在名單上的人名，請問是誰 Names of nobody on the list; ask who they are: {said}"
    yield from _reading(risk)


def _arithmetic(risk: Risk) -> Iterator[str]:
    yield f"  {MEASURED.how[1]} {MEASURED.how[0]}"
    for m in risk.missed:
        yield (
            f"  {_name('length', m.length)}: 找到 found {m.found} × {1 - m.recall:.3f} / {m.recall:.3f} = "
            f"{m.expected:.2f} 漏掉 missed"
        )
    total = sum(round(m.expected, 2) for m in risk.missed)  # of what is shown, so that it adds up
    yield f"  估計漏掉 Expected still unmarked: {total:.2f}"
    for length, recall in MEASURED.misheard.items():
        yield (
            f"  有音節完全聽錯時 With a syllable misheard beyond likeness, {_name('length', length)}: "
            f"漏掉 missed {1 - recall:.1%}"
        )
    yield (
        "  未量測：職業、單位、地點、親屬等間接資訊。Not measured: employers, posts, places, relatives and "
        "whatever else points at somebody."
    )


def _reading(risk: Risk) -> Iterator[str]:
    if not risk.passages:
        return
    yield (
        f"  {len(risk.passages)} / {risk.statements} 段要邊聽邊讀 statements to read with their sound: "
        f"{clock(risk.listening_ms)}；全文讀一遍約 reading everything takes about {clock(risk.reading_ms)} "
        f"({CHARACTERS_A_MINUTE} 字/分 characters a minute)"
    )
    yield f"  先聽這些 First: {clock(listening_ms(risk.first))}"
    yield from _by_reason(risk.first)
    if risk.rest:
        yield f"  其餘 The rest: {clock(listening_ms(risk.rest))}"
        yield from _by_reason(risk.rest)


def _name(group: str, value: str) -> str:
    return " ".join(words.of(group, value))


def _by_reason(passages: tuple[Passage, ...]) -> Iterator[str]:
    """Statements by their gravest reason."""
    for why in Why:
        found = [p.statement_id for p in passages if p.why[0] is why]
        if found:
            yield f"    {_name('risk', why)}: {', '.join(found)}"


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
