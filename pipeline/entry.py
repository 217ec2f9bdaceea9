"""An entry of the consent register: a person, what they wish, and for which meeting they wish something else."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.voiceprints import folded
from redaction.labels import as_read
from speakers.error import RegisterError
from speakers.meeting import HIDDEN, Fact, FactKind, Person, Wish
from speakers.record import digest

_LOTS = 9_000
"""Pseudonyms of four digits there are to draw from."""


@dataclass(frozen=True, slots=True)
class Part:
    """What holds for somebody in one meeting.

    Attributes:
        meeting: its id.
        wish: None for their usual one.
        label: the pseudonym that they chose for it.
        role: what they were there as.
        filed: digest of what its `meeting.toml` said of them when that was last taken in.
    """

    meeting: str
    wish: Wish | None = None
    label: str = ""
    role: str = ""
    filed: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person of the register.

    Attributes:
        id: "r" and 12 hexadecimal digits, drawn by lot.
        name: the real name.
        formerly: how the name was written before it was corrected here; a file that still says so is about them.
        aliases: every other name.
        facts: what else would give them away.
        wish: where a meeting says nothing else.
        label: their pseudonym in every meeting, if they are `linked`.
        linked: they chose one pseudonym for all meetings.
        everywhere: since when they are hidden in meetings without them too, ISO; empty if they are not.
        parts: meetings in which something else holds.
        consent: where their wish is written down: the number of a form, a minute.
        entered_by: who entered them.
        entered_at: when, ISO.
        changed_by: who changed them last.
        changed_at: when, ISO.
        revision: how often they were written, from 1.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    wish: Wish = Wish.ANONYMOUS
    label: str = ""
    linked: bool = False
    everywhere: str = ""
    parts: tuple[Part, ...] = ()
    consent: str = ""
    entered_by: str = ""
    entered_at: str = ""
    changed_by: str = ""
    changed_at: str = ""
    revision: int = 1
    formerly: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not name.strip() for name in self.names):
            raise RegisterError(
                f"Entry {self.id} has an empty name or alias.", "Write it out, or leave it out."
            )
        if self.everywhere and self.wish not in HIDDEN:
            raise RegisterError(
                f"Entry {self.id} cannot be hidden everywhere: its wish is to be {self.wish}.",
                'Give it the wish "anonymous" or "not named" first.',
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias."""
        return (self.name, *self.aliases)

    @property
    def hidden(self) -> bool:
        """Whether their names are hidden, or they are not recorded, somewhere."""
        return self.wish is not Wish.NAMED or any(p.wish not in {None, Wish.NAMED} for p in self.parts)

    def part(self, meeting: str) -> Part:
        """What holds in a meeting beside what always does."""
        return next((p for p in self.parts if p.meeting == meeting), Part(meeting))

    def with_part(self, part: Part) -> Entry:
        """The entry with another part in one meeting."""
        others = tuple(p for p in self.parts if p.meeting != part.meeting)
        return replace(self, parts=(*others, part))

    def seen_in(self, meeting: str) -> Person:
        """The person as that meeting may know them."""
        part = self.part(meeting)
        wish = part.wish or self.wish
        label = self.label if self.linked else part.label
        return Person(
            self.id,
            self.name,
            self.aliases,
            self.facts,
            wish,
            label if wish is Wish.ANONYMOUS else "",
            part.role,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of somebody.

    Attributes:
        person: id of their entry, if the file names it.
        name: the real name.
        aliases: other names.
        facts: what else would give them away.
        wish: None if the file says nothing.
        label: the pseudonym that they chose.
        role: what they were there as.
    """

    person: str
    name: str
    aliases: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    wish: Wish | None = None
    label: str = ""
    role: str = ""

    @property
    def digest(self) -> str:
        """Changes with everything that is told."""
        return digest(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True))


def told_again(entry: Entry, told: Told, meeting: str) -> Entry:
    """An entry after a meeting's file was taken in; the same if that file says what it said before.

    Names and facts come to those that are known; nothing goes. So what was changed in the register since is not undone
    by running an old file again.
    """
    part = entry.part(meeting)
    if part.filed == told.digest:
        return entry
    known = {folded(n) for n in entry.names}
    new = {folded(a): a for a in told.aliases if folded(a) not in known}
    facts = {f.text: f for f in (*told.facts, *entry.facts)}
    label = entry.label or (told.label if entry.linked else "")
    grown = replace(entry, aliases=(*entry.aliases, *new.values()), facts=tuple(facts.values()), label=label)
    if not (told.wish or told.label or told.role):
        return grown
    # A block with a name is all that its file says; one with an id adds to the register.
    kept = part if told.person else Part(meeting)
    return grown.with_part(
        Part(meeting, told.wish or part.wish, told.label or kept.label, told.role or kept.role, told.digest)
    )


def with_drawn_label(entry: Entry, taken: frozenset[str]) -> Entry:
    """Somebody who is to have one pseudonym in all meetings has one: drawn by lot if they chose none.

    Args:
        entry: whose.
        taken: the labels of others, as `redaction.labels.as_read` has them.

    Raises:
        RegisterError: If none is left.
    """
    if not entry.linked or entry.label:
        return entry
    free = [n for n in range(1_000, 1_000 + _LOTS) if as_read(f"代號 {n}") not in taken]
    if not free:
        raise RegisterError(
            "No pseudonym is left to draw.", "Let them choose one: zhuzi register set ID --from."
        )
    return replace(entry, label=f"代號 {secrets.choice(free)}")


def serialize(entry: Entry) -> bytes:
    """What is sealed of an entry."""
    values = {k: v for k, v in asdict(entry).items() if k not in {"id", "revision", "everywhere"}}
    return json.dumps(values, ensure_ascii=False).encode()


def parse(data: bytes, entry_id: str, revision: int, everywhere: str) -> Entry:
    """An entry from what was sealed of it.

    Raises:
        RegisterError: If it was written by another version.
    """
    try:
        values: dict[str, Any] = json.loads(data)
        values.update(
            id=entry_id,
            revision=revision,
            everywhere=everywhere,
            aliases=tuple(values["aliases"]),
            facts=tuple(Fact(FactKind(f["kind"]), f["text"], f["instead"]) for f in values["facts"]),
            wish=Wish(values["wish"]),
            parts=tuple(_part(p) for p in values["parts"]),
            formerly=tuple(values["formerly"]),
        )
        return Entry(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise RegisterError(
            f"Entry {entry_id} of the consent register was written by another version.",
            "Use the version that wrote it.",
        ) from error


def _part(values: dict[str, Any]) -> Part:
    return Part(**{**values, "wish": Wish(values["wish"]) if values["wish"] else None})
