"""The review in a terminal: voices first, then suggested corrections, each mark in its context, the approval."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from pipeline import show, suggestions
from pipeline.folder import MeetingFolder
from pipeline.review import approve, decide, draft_of, questions, voice
from pipeline.scripted import acts_of
from redaction.decision import Absent, Act, Corrected, Decided, Merged, Named, Verdict
from redaction.draft import Draft
from redaction.mark import Mark, Tier
from speakers.error import NotFoundError, ZhuziError
from speakers.record import clock

Say = Callable[[str], None]

_CONTEXT = 24
"""Characters shown on either side of a mark."""

_TIERS = {
    Tier.A: "sure, shown together",
    Tier.B: "one by one",
    Tier.C: "by how it reads",
    Tier.MANUAL: "yours",
}


class Ask(Protocol):
    """Asks a person for a line of text."""

    def __call__(self, question: str, default: str = "") -> str:
        """Give back what they typed, or `default` if they typed nothing."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """A reviewer at work on a meeting."""

    folder: MeetingFolder
    who: str
    ask: Ask
    say: Say


class QuitError(Exception):
    """The reviewer went away; what was decided is kept."""


def review(folder: MeetingFolder, who: str, ask: Ask, say: Say) -> bool:
    """Lead a reviewer through a meeting.

    Every answer is in the ledger before the next question is asked, so one can stop at any time.

    Args:
        folder: the meeting.
        who: the reviewer.
        ask: asks a question.
        say: shows a line.

    Returns:
        Whether the meeting was approved.
    """
    desk = _Desk(folder, who, ask, say)
    try:
        _voices(desk)
        _suggestions(desk)
        return _approval(desk)
    except QuitError:
        say(
            f"Stopped. What you decided is kept; go on with: zhuzi review {folder.id} --reviewer {shlex.quote(who)}"
        )
        return False


def _answer(desk: _Desk, question: str, default: str = "") -> str:
    answer = desk.ask(question, default).strip()
    if answer.casefold() == "q":
        raise QuitError
    return answer


def _tried(desk: _Desk, acts: tuple[Act, ...], seen: Draft | None = None) -> None:
    try:
        decide(desk.folder, desk.who, acts, seen=seen)
    except ZhuziError as error:
        desk.say(f"  {error}")


def _voices(desk: _Desk) -> None:
    """Who is who: show every voice with a sample, take names and mergers until the reviewer goes on."""
    while True:
        draft = draft_of(desk.folder)
        desk.say("\nVoices 聲音")
        for speaker in draft.record.speakers:
            first = next(s for s in draft.record.statements if s.speaker == speaker)
            said = sum(s.span.length for s in draft.record.statements if s.speaker == speaker)
            desk.say(f"  {show.voice_label(draft, speaker)}, {clock(said)} in all")
            for reason in show.reasons(draft, speaker):
                desk.say(f"      {reason}")
            desk.say(f"      {clock(first.span.start)} {show.marked(draft, first)[:60]}")
        if draft.meeting.participants:
            people = ", ".join(f"{p.id} {p.name} ({p.wish})" for p in draft.meeting.participants)
            desk.say(f"People 與會者: {people}")
        for question in questions(draft):
            desk.say(f"  ? {question}")
        answer = _answer(
            desk,
            "S1=p2 names a voice, S1= nobody, S3>S1 merges, p3- does not speak, y confirms all proposed, "
            "Enter goes on, q stops",
        )
        if not answer:
            return
        acts = _voice_acts(draft, answer)
        if acts:
            _tried(desk, acts, seen=draft)
        else:
            desk.say("  That was not understood.")


def _voice_acts(draft: Draft, answer: str) -> tuple[Act, ...]:
    if answer.casefold() == "y":
        return tuple(Named(n.speaker, n.participant_id) for n in draft.unconfirmed)
    if ">" in answer:
        left, right = answer.split(">", 1)
        return (Merged(voice(left), voice(right)),)
    if "=" in answer:
        left, right = answer.split("=", 1)
        return (Named(voice(left), right.strip().lower()),)
    return (Absent(answer[:-1].strip().lower()),) if answer.endswith("-") else ()


def _suggestions(desk: _Desk) -> None:
    """Each open correction once, the likeliest first; nothing is changed unless the reviewer says so."""
    passed: set[tuple[str, str]] = set()
    told = suggestions.told(draft_of(desk.folder))
    if told:
        desk.say(f"\n{told}")
    while True:
        draft = draft_of(desk.folder)
        left = [s for s in draft.suggestions if (s.statement_id, s.group) not in passed]
        if not left:
            return
        first = left[0]
        alike = [s for s in left if s.group == first.group]
        desk.say(f"  {suggestions.line(draft, first)}")
        if len(alike) > 1:
            desk.say(f"  {len(alike)} of them read like this; A and R answer all of them.")
        answer = _answer(
            desk, "a accept, r reject, Enter goes on without an answer, x passes all the others, q stops"
        )
        answered = alike if answer in {"A", "R"} else [first]
        match answer.casefold():
            case "a":
                _tried(desk, suggestions.answers(draft, accepted=answered))
            case "r":
                _tried(desk, suggestions.answers(draft, rejected=answered))
            case "":
                passed.add((first.statement_id, first.group))
            case "x":
                return
            case _:
                desk.say("  That was not understood.")


def _marks(desk: _Desk) -> None:
    """Each open mark; after a correction, what it brought along."""
    offered: set[str] = set()
    while True:
        draft = draft_of(desk.folder)
        if not draft.undecided:
            return
        sure = [m for m in draft.undecided if m.tier is Tier.A]
        if not offered.issuperset(m.id for m in sure):
            offered.update(m.id for m in sure)
            desk.say(f"\n{len(sure)} marks are sure (exact names and full names by sound):")
            for mark in sure:
                desk.say(f"  {_context(draft, mark)}")
            if (
                _answer(desk, "Mask all of them? y, or Enter to see them one by one, q stops").casefold()
                == "y"
            ):
                _tried(desk, tuple(Decided(m.id, Verdict.MASK) for m in sure))
                continue
        _one(desk, draft, draft.undecided[0])


def _context(draft: Draft, mark: Mark) -> str:
    statement = draft.record.statement(mark.statement_id)
    if statement is None:
        return ""
    text = statement.text
    before = text[max(0, mark.char_start - _CONTEXT) : mark.char_start]
    after = text[mark.char_end : mark.char_end + _CONTEXT]
    at = clock(statement.time_of(mark.char_start, mark.char_end).start)
    return f"{at} {statement.speaker}: …{before}[{text[mark.char_start : mark.char_end]}]{after}…"


def _why(draft: Draft, mark: Mark) -> str:
    person = draft.meeting.participant(mark.subject)
    who = f"{person.id} {person.name}" if person else "anybody"
    cues = f" ({', '.join(mark.evidence.cues)})" if mark.evidence.cues else ""
    return f"{mark.kind} of {who}: {mark.evidence.level}{cues}; tier {mark.tier}, {_TIERS[mark.tier]}"


def _one(desk: _Desk, draft: Draft, mark: Mark) -> None:
    alike = [m for m in draft.undecided if m.surface_group == mark.surface_group]
    desk.say(f"\n{_context(draft, mark)}\n  {_why(draft, mark)}")
    if len(alike) > 1:
        desk.say(f"  {len(alike)} undecided marks read like this; M and K decide all of them.")
    answer = _answer(desk, "m mask, k keep, e mask with other words, c correct the text, q stops", "m")
    chosen: Iterable[Mark] = alike if answer in {"M", "K"} else (mark,)
    match answer.casefold():
        case "m":
            _tried(desk, tuple(Decided(m.id, Verdict.MASK) for m in chosen))
        case "k":
            reason = _answer(desk, "Why may it stay?")
            if reason:
                _tried(desk, tuple(Decided(m.id, Verdict.KEEP, reason) for m in chosen))
            else:
                desk.say("  Keeping needs a reason.")
        case "e":
            words = _answer(desk, "Words that are to stand there (for example 某銀行)")
            if words:
                _tried(desk, (Decided(mark.id, Verdict.EDIT, replacement=words),))
        case "c":
            _correction(desk, draft, mark.statement_id)
        case _:
            desk.say("  That was not understood.")


def _approval(desk: _Desk) -> bool:
    """Show the whole record; take corrections until the reviewer approves or stops."""
    while True:
        _marks(desk)
        draft = draft_of(desk.folder)
        desk.say("\nThis is what would be published, with what is hidden in brackets:")
        for line in show.lines(draft):
            desk.say(line)
        if told := suggestions.told(draft):
            desk.say(told)
        desk.say(f"Digest of this content: {draft.digest[:16]}")
        answer = _answer(
            desk,
            f"yes approves exactly this as {desk.who}; c a7 corrects a statement, h a7 WORDS hides words in it, "
            "r MARK decides a mark again, s looks at the suggestions; Enter leaves without approval, q stops",
        )
        verb, _, rest = answer.partition(" ")
        match verb.casefold():
            case "yes" | "y" | "是":
                approve(desk.folder, desk.who, seen=draft.digest)
                desk.say(f"Approved. Release it: zhuzi release {desk.folder.id}")
                return True
            case "":
                desk.say("Not approved. What you decided is kept.")
                return False
            case "s":
                _suggestions(desk)
            case "c" | "h" | "r" if rest.strip():
                _changed(desk, draft, verb.casefold(), rest.strip())
            case _:
                desk.say("  That was not understood.")


def _changed(desk: _Desk, draft: Draft, verb: str, rest: str) -> None:
    """One change of a record that was read to its end."""
    what, _, words = rest.partition(" ")
    try:
        if verb == "r":
            mark = next((m for m in draft.marks if m.id == what), None)
            if mark is None:
                raise NotFoundError("There is no such mark.", "Its id stands below its statement.")
            _one(desk, draft, mark)
        elif verb == "h":
            decide(desk.folder, desk.who, acts_of(draft, hide=((what, words.strip()),)))
        else:
            _correction(desk, draft, what)
    except ZhuziError as error:
        desk.say(f"  {error}")


def _correction(desk: _Desk, draft: Draft, statement_id: str) -> None:
    statement = draft.record.statement(statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement.", "Its id stands in front of it: a7.")
    desk.say(f"  {statement.text}")
    text = _answer(desk, "The whole statement as it was said", statement.text)
    if text != statement.text:
        _tried(desk, (Corrected(statement.id, statement.digest, text),))
