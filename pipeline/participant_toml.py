"""A block `[[participants]]` of `meeting.toml`: somebody who takes part, by name or by their entry in the register."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import Any, Protocol

from pipeline import toml_values as toml
from speakers.error import MeetingError
from speakers.meeting import Fact, FactKind, Participant, Person, Wish

KEYS = ("name", "person", "role", "aliases", "wish", "label", "facts", "heard_at", "voiceprint")
FACT_KEYS = ("kind", "text", "instead")


class People(Protocol):
    """The consent register, as a meeting may see it."""

    def person(self, entry_id: str) -> Person:
        """Somebody who takes part."""
        ...

    def elsewhere(self, taking_part: frozenset[str]) -> tuple[Person, ...]:
        """Those who are hidden although they do not take part."""
        ...


class Unregistered:
    """No register: nobody is in it, and nobody may be named by its ids."""

    def person(self, entry_id: str) -> Person:
        """Never anybody.

        Raises:
            MeetingError: Always.
        """
        raise MeetingError(
            f"Nobody knows here who {entry_id} of the consent register is.",
            "Write the person's name instead.",
        )

    def elsewhere(self, taking_part: frozenset[str]) -> tuple[Person, ...]:
        """Nobody."""
        return ()


UNREGISTERED = Unregistered()


def participant(number: int, entry: dict[str, Any], people: People) -> Participant:
    """What a block says of somebody, with what the register says where it names an entry.

    Args:
        number: of the block, from 1.
        entry: the block.
        people: the register.

    Raises:
        MeetingError: If it says something that cannot be.
        RegisterError: If the person cannot be looked up.
    """
    where = f"participant {number}"
    toml.known(entry, KEYS, where.capitalize())
    name, person = toml.text(entry, "name", where), toml.text(entry, "person", where)
    if not name and not person:
        raise MeetingError(f"Participant {number} has no name.", 'Write name = "…", or remove the block.')
    if name and person:
        raise MeetingError(
            f"Participant {number} has a name and a person of the register.", "Leave one of the two."
        )
    if person and not re.fullmatch("r[0-9a-f]{12}", person):
        raise MeetingError(
            f"The person of participant {number} is no id of the register.", "Copy it: zhuzi register list."
        )
    moments = entry.get("heard_at", [])
    told = Participant(
        id=f"p{number}",
        name=name or person,
        role=toml.text(entry, "role", where),
        aliases=tuple(dict.fromkeys(a for a in toml.texts(entry.get("aliases", []), "aliases") if a != name)),
        wish=_wish(entry, number),
        heard_at=tuple(
            toml.moment(m, "heard_at", f"participant {number}")
            for m in (moments if isinstance(moments, list) else [moments])
        ),
        voiceprint=_voiceprint(toml.text(entry, "voiceprint", where), number),
        facts=_facts(entry, number),
        label=toml.text(entry, "label", where),
        person=person,
    )
    if person:
        return _together(told, people.person(person), wished="wish" in entry)
    if told.facts and not told.protected:
        raise MeetingError(
            f"Participant {number} has facts, but is not hidden: nobody would look for them.",
            "Remove them, or give the wish that is meant.",
        )
    if told.label and told.wish is not Wish.ANONYMOUS:
        raise MeetingError(
            f"Participant {number} has a label, but is not anonymous.",
            'Remove it, or write wish = "anonymous".',
        )
    return told


def _together(told: Participant, found: Person, *, wished: bool) -> Participant:
    """What a block says of somebody in the register, and what the register says."""
    wish = told.wish if wished else found.wish
    return replace(
        told,
        name=found.name,
        role=told.role or found.role,
        aliases=tuple(dict.fromkeys(a for a in (*found.aliases, *told.aliases) if a != found.name)),
        wish=wish,
        facts=tuple(dict.fromkeys((*found.facts, *told.facts))),
        label=(told.label or found.label) if wish is Wish.ANONYMOUS else "",
    )


def hidden_elsewhere(found: Person, participant_id: str) -> Participant:
    """Somebody of the register who does not take part, and is hidden where they are spoken of."""
    return Participant(
        participant_id,
        found.name,
        aliases=found.aliases,
        wish=found.wish,
        facts=found.facts,
        label=found.label,
        person=found.id,
    )


def _wish(entry: dict[str, Any], number: int) -> Wish:
    wish = toml.text(entry, "wish", f"participant {number}") or Wish.NAMED.value
    if wish not in set(Wish):
        close = difflib.get_close_matches(wish, [w.value for w in Wish], n=1)
        hint = f' Did you mean "{close[0]}"?' if close else ""
        raise MeetingError(
            f"The wish of participant {number} is unknown.{hint}",
            'Use "named", "anonymous", "not named" or "not recorded".',
        )
    return Wish(wish)


def _facts(entry: dict[str, Any], number: int) -> tuple[Fact, ...]:
    found = []
    for fact in toml.tables(
        entry.get("facts", []), "facts", "Write it as: facts = [{ kind = …, text = … }]."
    ):
        where = f"a fact about participant {number}"
        toml.known(fact, FACT_KEYS, where.capitalize())
        kind = toml.text(fact, "kind", where) or FactKind.OTHER.value
        if kind not in set(FactKind):
            raise MeetingError(f"The kind of {where} is unknown.", f"Use one of: {', '.join(FactKind)}.")
        found.append(Fact(FactKind(kind), toml.text(fact, "text", where), toml.text(fact, "instead", where)))
    return tuple(found)


def _voiceprint(value: str, person: int) -> str:
    if value and not re.fullmatch("v[0-9a-f]{12}", value):
        raise MeetingError(
            f"The voiceprint of participant {person} is no id of one.", "Copy it from: zhuzi voiceprints."
        )
    return value
