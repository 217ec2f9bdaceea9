"""Answering participants' suggestions: what accepting one does, and what is done before it counts as accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.folder import MeetingFolder
from pipeline.hide import hide
from pipeline.register import Register
from pipeline.transfer import places, transferred
from pipeline.window import Suggestion, replayed
from pipeline.window_acts import Act, Answered, Kind, Line, append
from redaction import decision
from redaction.decision import Added, Corrected
from redaction.draft import Draft
from redaction.release import stand_ins
from speakers.error import BusyError, NotFoundError, RecordError
from speakers.meeting import Participant, Wish
from speakers.record import Statement

HOW = "suggested by the participant"
"""What the ledger says of such a correction."""

Decide = Callable[[tuple[decision.Act, ...], str], object]
"""Records acts in the ledger, with how they came about; `pipeline.review.decide` of one meeting and reviewer."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A suggestion beside what stands in the record now.

    Attributes:
        suggestion: it.
        person: who made it; None if they are not in the meeting any more.
        statement: what it is about now; None if it is about none, or that is gone.
        changed: the statement is another one than the participant was shown a text of.
        proposal: the private text with the suggestion made; only of one about a text.
        whole: whether everything that is hidden is still in the proposal.
    """

    suggestion: Suggestion
    person: Participant | None
    statement: Statement | None
    changed: bool = False
    proposal: str = ""
    whole: bool = True


def considered(draft: Draft, suggestions: tuple[Suggestion, ...]) -> tuple[Considered, ...]:
    """What reviewers need to see of suggestions before they answer."""
    hidden = stand_ins(draft) if any(s.asked.kind is Kind.TEXT for s in suggestions) else {}
    return tuple(_considered(draft, one, hidden) for one in suggestions)


def _considered(draft: Draft, one: Suggestion, hidden: dict[str, list[tuple[int, int, str]]]) -> Considered:
    asked = one.asked
    person = next((p for p in draft.meeting.participants if p.sealed_as(asked.whose)), None)
    statement = draft.record.statement(asked.statement_id) if asked.statement_id else None
    changed = bool(asked.statement_id) and (statement is None or statement.digest != asked.statement)
    if statement is None or asked.kind is not Kind.TEXT:
        return Considered(one, person, statement, changed)
    made = transferred(statement.text, hidden[statement.id], asked.text)
    return Considered(one, person, statement, changed, made.text, made.whole)


def accept(
    folder: MeetingFolder,
    draft: Draft,
    number: int,
    who: str,
    *,
    decide: Decide,
    register: Register,
    seen: str = "",
    text: str = "",
    wish: Wish = Wish.ANONYMOUS,
) -> tuple[str, ...]:
    """Do what a suggestion asks for.

    Args:
        folder: the meeting.
        draft: as it is now.
        number: of the suggestion.
        who: the reviewer.
        decide: records what is decided.
        register: of the data directory.
        seen: digest of the statement that the reviewer saw; empty for the one that the participant saw.
        text: the private text, where the reviewer wants another one than is proposed.
        wish: how somebody is hidden who asked for it.

    Returns:
        What follows, each as a sentence.

    Raises:
        BusyError: If the statement was changed since, or somebody else answered.
        NotFoundError: If there is no such suggestion, or what it is about is gone.
        ZhuziError: If it cannot be done; nothing counts as answered then.
    """
    told: list[str] = []

    def done(suggestion: Suggestion) -> None:
        one = considered(draft, (suggestion,))[0]
        if suggestion.asked.kind is Kind.ANONYMOUS:
            told.extend(_hide(folder, one, wish, who, register))
            told.append("Every approval is void: their name is looked for now. Review and approve it again.")
        elif suggestion.asked.kind in {Kind.TEXT, Kind.LEAVE_OUT}:
            acts = _acts(draft, one, seen or suggestion.asked.statement, text)
            if acts:
                decide(acts, HOW)
                told.append(
                    "Every approval is void: the text is another one now. Review and approve it again."
                )

    _answered(folder, who, number, Answered(number, accepted=True, reason=""), done)
    return tuple(told)


def noted(folder: MeetingFolder, number: int, who: str, reason: str) -> None:
    """Accept a suggestion that was followed by hand.

    Raises:
        RecordError: If nothing is said about what was done.
    """
    if not reason.strip():
        raise RecordError("What was done by hand has to be said.", "Say it; the participant reads it.")
    _answered(folder, who, number, Answered(number, accepted=True, reason=reason.strip()))


def refuse(folder: MeetingFolder, number: int, who: str, reason: str) -> None:
    """Refuse a suggestion.

    Raises:
        RecordError: If there is no reason.
    """
    _answered(folder, who, number, Answered(number, accepted=False, reason=reason.strip()))


def _answered(
    folder: MeetingFolder,
    who: str,
    number: int,
    answer: Answered,
    done: Callable[[Suggestion], None] = lambda _: None,
) -> None:
    """Write an answer down, after what it promises was done; two people never answer one suggestion."""

    def answered(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        window = replayed(lines)
        if window is None:
            raise NotFoundError(
                "Nobody suggested anything.", "Open a correction window: zhuzi window open ID."
            )
        suggestion = window.suggestion(number)
        if suggestion.answer is not None:
            raise BusyError("That suggestion was answered.", "See how: zhuzi window list ID.")
        done(suggestion)
        return (answer,)

    append(folder.window, who, answered)


def _acts(draft: Draft, one: Considered, seen: str, text: str) -> tuple[decision.Act, ...]:
    statement = one.statement
    if statement is None:
        raise NotFoundError(
            "The statement is not there any more.", "Do by hand what is right, then say so: --done TEXT."
        )
    if statement.digest != seen:
        raise BusyError(
            "The statement was changed since that was suggested.",
            "Look at it, then accept it with the text that is right (--text), or do it by hand (--done).",
        )
    if one.suggestion.asked.kind is Kind.TEXT:
        wanted = text.strip() or one.proposal
        return (Corrected(statement.id, seen, wanted),) if wanted != statement.text else ()
    words = one.suggestion.asked.text
    hidden = stand_ins(draft)[statement.id]
    where = places(statement.text, hidden, words) if words else ((0, len(statement.text)),)
    if not where:
        raise NotFoundError("These words are not there any more.", "Hide by hand what is right: --done TEXT.")
    return tuple(Added(statement.id, start, end, "", seen) for start, end in where)


def _hide(
    folder: MeetingFolder, one: Considered, wish: Wish, who: str, register: Register
) -> tuple[str, ...]:
    person = one.person
    if person is None:
        raise NotFoundError("That person is not in the meeting any more.", "Refuse it, and say why.")
    if person.wish is Wish.NOT_RECORDED:
        raise RecordError(
            f"{person.id} asked not to be recorded: as anonymous, what they said would be published.",
            "Ask them which they want: zhuzi register set; then say so: --done TEXT.",
        )
    told = hide(folder, register, person, wish, who)
    for path in folder.window.parent.glob("shown-*.json"):
        path.unlink(missing_ok=True)  # it names them
    return told
