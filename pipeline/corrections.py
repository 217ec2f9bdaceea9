"""What a page asks to be changed, as acts: JSON is checked against what is there, and against what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline import history, suggestions
from redaction.decision import (
    Absent,
    Act,
    Corrected,
    Joined,
    Merged,
    Named,
    Reassigned,
    Split,
    Undone,
)
from redaction.draft import Draft
from redaction.ledger import Entry
from redaction.reviewed import rewritten
from speakers.error import NotFoundError, RecordError
from speakers.record import NOBODIES, SpeakerId, Statement

MOST = 200
"""Changes that are asked for at once."""

LONGEST = 20_000
"""Characters of a statement."""

NEW = "new"
"""A voice that nobody has yet."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else changed what was to be changed; nothing is recorded.

    Attributes:
        statement_id: the statement that is another one now, or gone; empty where it is about a voice.
        voice: the voice of which something else is said now.
    """

    statement_id: str = ""
    voice: str = ""


class _StaleError(Exception):
    """Carries it to where acts are gathered."""

    def __init__(self, stale: Stale) -> None:
        super().__init__()
        self.stale = stale


@dataclass(frozen=True, slots=True)
class _Now:
    """What the next change of a request is about.

    Attributes:
        draft: as it stood before the request.
        statements: likewise, by id and in order.
        entries: the ledger.
        who: asks.
        changed: what the changes before this one made of statements, by id; what was seen of those is not compared.
    """

    draft: Draft
    statements: Mapping[str, Statement]
    entries: tuple[Entry, ...]
    who: str
    changed: dict[str, Statement] = field(default_factory=dict)

    def statement(self, statement_id: str) -> Statement | None:
        """The statement as the changes before this one left it."""
        return self.changed.get(statement_id) or self.statements.get(statement_id)


def acts_of(
    said: Mapping[str, Any],
    draft: Draft,
    statements: Mapping[str, Statement],
    entries: tuple[Entry, ...],
    who: str,
) -> tuple[Act, ...] | Stale:
    """The acts that a page asks for; `pipeline.validity` checks them once more against what is there by then.

    Args:
        said: `{"acts": [...]}`; each has an `act` and what that needs, as documented in docs/room.md. A `digest` is of
            the statement that was seen. Changes of one request follow each other.
        draft: who speaks, and what is suggested.
        statements: as they read now, by id and in order.
        entries: of the ledger.
        who: asks; a step back is of their own acts.

    Returns:
        The acts in order, all of which hold for this draft; or what is not any more as it was seen.

    Raises:
        RecordError: If it is no such request, or makes no sense.
        NotFoundError: If it is about something that is not there.
    """
    wanted = said.get("acts")
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MOST:
        raise RecordError("What was sent asks for no change.", "Load the page again, then try once more.")
    now, acts = _Now(draft, statements, entries, who), list[Act]()
    try:
        for one in wanted:
            kind = one.get("act") if isinstance(one, dict) else None
            make = _KINDS.get(kind) if isinstance(kind, str) else None
            if make is None or (kind in _ALONE and len(wanted) > 1):
                raise _not_understood()
            for act in make(now, one):
                acts.append(act)
                if isinstance(act, Corrected) and (before := now.statement(act.statement_id)):
                    now.changed[before.id] = rewritten(before, act)
    except _StaleError as error:
        return error.stale
    return tuple(acts)


def about_voices(said: Mapping[str, Any]) -> bool:
    """Whether a request is about who speaks."""
    wanted = said.get("acts")
    return isinstance(wanted, list) and any(
        isinstance(one, dict) and one.get("act") in tuple(OF_VOICES) for one in wanted
    )


def _corrected(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    statement, text = _statement(now, said), _text(said, "text")
    if len(text) > LONGEST:
        raise RecordError(f"A statement has {LONGEST} characters at most.", "Split it first.")
    if not text.strip():
        raise RecordError("A statement cannot be corrected to nothing.", "Leave something in it.")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise RecordError("The text holds half a character.", "Type it again.")
    if text.split() != statement.text.split():
        yield Corrected(statement.id, statement.digest, text)


def _split(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    statement, at = _statement(now, said), said.get("char")
    if isinstance(at, bool) or not isinstance(at, int):
        raise _not_understood()
    text = statement.text
    if not text[:at].strip() or at < 0 or not text[at:].strip():
        raise RecordError(
            "There is nothing on one side of the cut.", "Put the caret between the words of both people."
        )
    yield Split(statement.id, statement.digest, at)


def _joined(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    second = _statement(now, said)
    order = list(now.statements)
    place = order.index(second.id)
    if not place or order[place - 1] != said.get("before"):
        if said.get("before") in order or not isinstance(said.get("before"), str):
            raise _StaleError(Stale(second.id))
        raise _nothing("statement")
    first = _statement(now, {"statement": said["before"], "digest": said.get("before_digest")})
    if first.speaker != second.speaker:
        raise RecordError(
            "The statement before is another voice's.", "Say first whose this one is, then join them."
        )
    yield Joined(first.id, first.digest, second.id, second.digest)


def _reassigned(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    statement, voice = _statement(now, said), _text(said, "voice")
    speaker = SpeakerId("") if voice == NEW else _voice(now, voice)
    if speaker != statement.speaker:
        yield Reassigned(statement.id, statement.digest, speaker)


def _named(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    speaker, person = _voice(now, _text(said, "voice")), _text(said, "participant")
    if speaker in NOBODIES:
        raise RecordError("Words of an unknown voice are several people's.", "Name each statement's voice.")
    if person:
        _person(now, person)
    if _text(said, "was") != (now.draft.namings.person(speaker) or ""):
        raise _StaleError(Stale(voice=speaker))
    yield Named(speaker, person)


def _merged(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    speaker, into = _voice(now, _text(said, "voice")), _voice(now, _text(said, "into"))
    if speaker == into:
        raise RecordError("That is one voice already.", "Choose another one.")
    yield Merged(speaker, into)


def _absent(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    person = _text(said, "participant")
    _person(now, person)
    yield Absent(person)


def _answered(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    alike = said.get("alike", False)
    if not isinstance(alike, bool):
        raise _not_understood()
    chosen = suggestions.chosen(now.draft, [_text(said, "suggestion")], alike=alike)
    if said["act"] == "accept":
        return suggestions.answers(now.draft, accepted=chosen)
    return suggestions.answers(now.draft, rejected=chosen)


def _stepped(now: _Now, said: Mapping[str, Any]) -> Iterable[Act]:
    look = history.back if said["act"] == "undo" else history.forward
    step = look(now.entries, now.who)
    if step is None:
        raise NotFoundError("There is nothing of yours to take back or bring back.", "Look at the history.")
    for entry in history.others(now.entries, step):
        raise _StaleError(Stale(history.touched(entry.act)[0]))
    return tuple(Undone(entry.seq) for entry in step.entries)


_KINDS: dict[str, Callable[[_Now, Mapping[str, Any]], Iterable[Act]]] = {
    "correct": _corrected,
    "split": _split,
    "join": _joined,
    "reassign": _reassigned,
    "name": _named,
    "merge": _merged,
    "absent": _absent,
    "accept": _answered,
    "reject": _answered,
    "undo": _stepped,
    "redo": _stepped,
}

OF_VOICES = frozenset({"name", "merge", "absent"})
"""What is about who speaks: whoever asks has to have the draft of exactly now."""

_ALONE = frozenset({"accept", "reject", "undo", "redo", *OF_VOICES})
"""What is asked for by itself: it is judged by the draft, which only a whole request changes."""


def _statement(now: _Now, said: Mapping[str, Any]) -> Statement:
    """The statement that a change is about, if it is the one that was seen."""
    statement_id, seen = _text(said, "statement"), said.get("digest")
    statement = now.statement(statement_id)
    if statement is None:
        if any(statement_id in history.touched(e.act) for e in now.entries):
            raise _StaleError(Stale(statement_id))
        raise _nothing("statement")
    if statement_id not in now.changed:
        if not isinstance(seen, str):
            raise _not_understood()
        if seen != statement.digest:
            raise _StaleError(Stale(statement_id))
    return statement


def _voice(now: _Now, voice: str) -> SpeakerId:
    speaking = (s.speaker for s in now.statements.values())
    if voice not in {*speaking, *now.draft.record.diarization.speakers}:
        raise _nothing("voice")
    return SpeakerId(voice)


def _person(now: _Now, participant_id: str) -> None:
    if now.draft.meeting.participant(participant_id) is None:
        raise _nothing("participant")


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str):
        raise _not_understood()
    return value


def _not_understood() -> RecordError:
    return RecordError("What was sent cannot be understood.", "Load the page again, then try once more.")


def _nothing(what: str) -> NotFoundError:
    return NotFoundError(f"There is no such {what} in this meeting.", "Load the page again.")
