"""Approvals: whose they are, which of them count, and why the others do not any more."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from redaction.decision import (
    UNDOABLE,
    Accepted,
    Act,
    Approved,
    Corrected,
    Joined,
    Judged,
    Rediarized,
    Rejected,
    Released,
    Revoked,
    Split,
    Undone,
)
from redaction.folding import LOOKALIKES, without_invisible
from redaction.ledger import Entry
from speakers.traditional import to_simplified


class Lapse(StrEnum):
    """Why an approval does not count any more, as people are told."""

    REVOKED = "The release was revoked since it was approved."
    VOICES = "The voices were told apart again since it was approved."
    RULES = "The rules, or how a draft becomes public, are others since it was approved."
    PEOPLE = "What somebody asked for changed since it was approved."
    HEADER = "What meeting.toml says of the meeting changed since it was approved."
    TEXT = "The text changed since it was approved."
    CHOICES = "Something was decided, or voices were given to others, since it was approved."
    SAME = "Two approvals are one person's, whose name is written in two ways: that is one approval."


@dataclass(frozen=True, slots=True)
class Approvals:
    """What approvals there are of a draft.

    Attributes:
        counted: (n_people,) the newest of each person that is of exactly this content, in order.
        lapses: why others do not count; each reason once.
    """

    counted: tuple[Entry, ...]
    lapses: tuple[Lapse, ...]


def person(who: str) -> str:
    """One form for the ways in which somebody writes their own name: the same person twice is one person.

    Width, case, accents, invisible characters, Simplified or Traditional, signs and spaces between, and the order of
    names do not make another person.

    >>> person("Amy  Chen") == person("chen, AMY "), person("陳 小明") == person("陈小明")
    (True, True)
    """
    seen = without_invisible(unicodedata.normalize("NFKD", who)).casefold()
    plain = to_simplified("".join(LOOKALIKES.get(c, c) for c in seen))
    names = "".join(c if c.isalnum() else " " for c in plain).split()
    if not names:
        return who.strip()
    return "".join(sorted(names)) if all(name.isascii() for name in names) else "".join(names)


def approvals(entries: tuple[Entry, ...], now: Approved) -> Approvals:
    """Which approvals count.

    An approval counts while nobody has decided anything after it, and the content is exactly what was approved.

    Args:
        entries: the whole ledger, in order.
        now: what an approval would say now.
    """
    standing: dict[str, Entry] = {}
    lapsed: dict[str, Lapse] = {}
    twice: set[str] = set()
    acts = {entry.seq: entry.act for entry in entries}
    for entry in entries:
        match _meant(entry.act, acts):
            case Approved():
                who = person(entry.who)
                if who in standing and standing[who].who != entry.who:
                    twice.add(who)
                standing[who] = entry
                # Whoever approves after a revocation knows of it: it is no reason any more why something is missing.
                lapsed = {w: why for w, why in lapsed.items() if w != who and why is not Lapse.REVOKED}
            case Released():
                lapsed.clear()  # what was missing before was not needed, or came
            case Rejected() | Judged():
                pass  # it changes nothing that is published
            case act:
                lapsed |= dict.fromkeys(standing, _lapse_by(act))
                standing.clear()
    for who, entry in standing.items():
        if isinstance(entry.act, Approved) and entry.act.digest != now.digest:
            lapsed[who] = _difference(entry.act, now)
    counted = {who: e for who, e in standing.items() if who not in lapsed}
    said = [*lapsed.values(), *(Lapse.SAME for who in counted if who in twice)]
    return Approvals(tuple(counted.values()), tuple(dict.fromkeys(said)))


def _meant(act: Act, acts: Mapping[int, Act]) -> Act:
    """What an act is about in the end: of something that undoes others, what is undone or done again by it."""
    while isinstance(act, Undone) and isinstance(before := acts.get(act.seq), UNDOABLE):
        act = before
    return act


def _lapse_by(act: Act) -> Lapse:
    match act:
        case Revoked():
            return Lapse.REVOKED
        case Rediarized():
            return Lapse.VOICES
        case Corrected() | Accepted() | Split() | Joined():
            return Lapse.TEXT
    return Lapse.CHOICES


def _difference(then: Approved, now: Approved) -> Lapse:
    """The first part that is another one now."""
    parts = (
        (then.rules, now.rules, Lapse.RULES),
        (then.people, now.people, Lapse.PEOPLE),
        (then.header, now.header, Lapse.HEADER),
        (then.text, now.text, Lapse.TEXT),
    )
    return next((lapse for before, after, lapse in parts if before != after), Lapse.CHOICES)
