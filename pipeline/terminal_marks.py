"""The marks in a terminal: sure ones together, doubtful ones one by one, the rest by how they read."""

from __future__ import annotations

from pipeline.desk import NOT_UNDERSTOOD, Desk
from pipeline.review import draft_of
from pipeline.surfaces import alike, around, surface, unmarked
from pipeline.words import of as called
from redaction.decision import Act, Corrected, Decided, Verdict
from redaction.draft import Draft
from redaction.mark import Kind, Mark, Tier
from speakers.error import NotFoundError
from speakers.record import clock

_SHOWN = 5
"""Contexts that a question about a surface form shows."""

_ONE = (
    "m 遮蔽 mask, k 保留 keep, e 換成別的字 mask with other words, c 更正內文 correct the text, q 停止 stops"
    "（M K E：讀起來相同的全部 all that read alike）"
)
_ALL = (
    "m 全部遮蔽 mask all, k 全部保留 keep all, e 全部換成別的字 other words for all, 1 逐一決定 one by one, "
    "c 更正內文 correct the text, q 停止 stops"
)


def decide_marks(desk: Desk) -> None:
    """Every open mark, until none is left; after a correction, what it brought along."""
    offered: set[str] = set()
    singly: set[str] = set()
    while True:
        draft = draft_of(desk.folder)
        if not draft.undecided:
            return
        sure = [m for m in draft.undecided if m.tier is Tier.A]
        if not offered.issuperset(m.id for m in sure):
            offered.update(m.id for m in sure)
            if _sure(desk, draft, sure):
                continue
        doubtful = [m for m in draft.undecided if m.tier is not Tier.C]
        mark = (doubtful or draft.undecided)[0]
        if mark.tier is Tier.C and mark.surface_group not in singly:
            _form(desk, draft, mark, singly)
        else:
            decide_one(desk, draft, mark)


def _sure(desk: Desk, draft: Draft, sure: list[Mark]) -> bool:
    desk.say(f"\n{len(sure)} 處確定是提及 marks are sure (exact names and full names by sound):")
    for mark in sure:
        desk.say(f"  {_context(draft, mark)}")
    asked = "全部遮蔽？Mask all of them? y；Enter 逐一看 to see them one by one, q 停止 stops"
    if desk.answer(asked).casefold() != "y":
        return False
    return desk.tried(tuple(Decided(m.id, Verdict.MASK) for m in sure))


def _form(desk: Desk, draft: Draft, first: Mark, singly: set[str]) -> None:
    """One question for everything that reads alike."""
    same = alike(draft, first)
    desk.say(f"\n{_why(draft, first)}")
    for mark in same[:_SHOWN]:
        desk.say(f"  {_context(draft, mark)}  {_when(draft, mark)}")
    if len(same) > _SHOWN:
        more = len(same) - _SHOWN
        desk.say(f"  還有 {more} 處讀起來相同 {more} more read like this")
    answer = desk.answer(_ALL if len(same) > 1 else _ONE, "m")
    if answer == "1":
        singly.add(first.surface_group)
    else:
        _answered(desk, draft, first, same, answer.casefold())


def decide_one(desk: Desk, draft: Draft, mark: Mark) -> None:
    """One mark, with where its sound is."""
    same = alike(draft, mark)
    desk.say(f"\n{_context(draft, mark)}\n  {_why(draft, mark)}\n  聲音 sound {_when(draft, mark)}")
    if len(same) > 1:
        desk.say(f"  {len(same)} 處未決的讀起來相同 undecided marks read like this")
    answer = desk.answer(_ONE, "m")
    _answered(desk, draft, mark, same if answer in {"M", "K", "E"} else [mark], answer.casefold())


def _answered(desk: Desk, draft: Draft, mark: Mark, chosen: list[Mark], answer: str) -> None:
    match answer:
        case "m":
            _hidden(desk, draft, mark, tuple(Decided(m.id, Verdict.MASK) for m in chosen))
        case "k":
            reason = desk.answer("為什麼可以保留？Why may it stay?")
            if reason:
                desk.tried(tuple(Decided(m.id, Verdict.KEEP, reason) for m in chosen))
            else:
                desk.say("  保留需要理由。Keeping needs a reason.")
        case "e":
            words = desk.answer("這裡改成什麼字？Words that are to stand there (例如 for example 某銀行)")
            if words:
                _hidden(
                    desk, draft, mark, tuple(Decided(m.id, Verdict.EDIT, replacement=words) for m in chosen)
                )
        case "c":
            correct(desk, draft, mark.statement_id)
        case _:
            desk.say(NOT_UNDERSTOOD)


def _hidden(desk: Desk, draft: Draft, mark: Mark, decisions: tuple[Decided, ...]) -> None:
    """Hide, then offer to hide the same words wherever no mark is about them."""
    if not desk.tried(decisions) or mark.kind is Kind.VOICE:
        return
    words = surface(draft, mark)
    found = tuple(unmarked(draft, words, mark.subject)) if len(words) > 1 else ()
    if not found:
        return
    desk.say(f"\n「{words}」還有 {len(found)} 處沒有標記 occurs {len(found)} more times unmarked:")
    for act in found[:_SHOWN]:
        statement = draft.record.statement(act.statement_id)
        if statement is not None:
            desk.say(f"  {_bracketed(statement.text, act.char_start, act.char_end)}")
    if (
        desk.answer("也全部遮蔽？Mask all of these too? y；Enter 不遮蔽 leaves them, q 停止 stops").casefold()
        != "y"
    ):
        return
    before = {m.id for m in draft.marks}
    if desk.tried(found) and decisions[0].verdict is Verdict.EDIT:
        new = [m for m in draft_of(desk.folder).marks if m.tier is Tier.MANUAL and m.id not in before]
        desk.tried(tuple(Decided(m.id, Verdict.EDIT, replacement=decisions[0].replacement) for m in new))


def _bracketed(text: str, start: int, end: int) -> str:
    before, words, behind = around(text, start, end)
    return f"…{before}[{words}]{behind}…"


def _context(draft: Draft, mark: Mark) -> str:
    statement = draft.record.statement(mark.statement_id)
    if statement is None:
        return ""
    at = clock(statement.time_of(mark.char_start, mark.char_end).start)
    return f"{at} {statement.speaker}: {_bracketed(statement.text, mark.char_start, mark.char_end)}"


def _when(draft: Draft, mark: Mark) -> str:
    """Exactly where a mark sounds, for a player."""
    statement = draft.record.statement(mark.statement_id)
    if statement is None:
        return ""
    span = statement.time_of(mark.char_start, mark.char_end)
    return f"{clock(span.start, millis=True)}–{clock(span.end, millis=True)}"


def _why(draft: Draft, mark: Mark) -> str:
    person = draft.meeting.participant(mark.subject)
    who = f"{person.id} {person.name}" if person else "任何人 anybody"
    if mark.kind is Kind.VOICE:
        return f"這些話是不是 {who} 說的？Are these the words of {who}? 遮蔽就不公開 masked, they are not published"
    cues = f" ({', '.join(mark.evidence.cues)})" if mark.evidence.cues else ""
    tier = " ".join(called("tier", mark.tier))
    return f"{who}: {mark.kind}, {mark.evidence.level}{cues}; {mark.tier} {tier}"


def correct(desk: Desk, draft: Draft, statement_id: str) -> None:
    """Ask for the whole text of a statement.

    Raises:
        NotFoundError: If there is no such statement.
    """
    statement = draft.record.statement(statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement.", "Its id stands in front of it: a7.")
    desk.say(f"  {statement.text}")
    text = desk.answer("整段實際說的話 The whole statement as it was said", statement.text)
    if text != statement.text:
        act: Act = Corrected(statement.id, statement.digest, text)
        desk.tried((act,))
