"""`zhuzi purge` in steps: look, tell, perform, tell what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import register
from pipeline.keeping.erase import Outcome, erase, unfinished
from pipeline.keeping.plan import Item, Wanted, chosen_meetings, plan
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be erased.

    Attributes:
        wanted: by whoever asked.
        items: what that is, and what is refused of it.
        holding: ids of the meetings that name the person who was asked about.
        left: numbers of erasures that were killed; they are finished with the next one.
    """

    wanted: Wanted
    items: tuple[Item, ...]
    holding: tuple[str, ...]
    left: tuple[int, ...]

    @property
    def going(self) -> tuple[Item, ...]:
        """What is not refused."""
        return tuple(item for item in self.items if not item.refused)


def entry_of(chosen: Settings, begun: str) -> str:
    """The id of an entry of the consent register, from the beginning of one; empty if none was given.

    Raises:
        NotFoundError: If there is none, or more than one.
    """
    return register.of(chosen.data).find(begun) if begun else ""


def look(chosen: Settings, wanted: Wanted) -> Planned:
    """What would be erased."""
    holding = tuple(f.id for f in chosen_meetings(chosen.data, wanted)) if wanted.person else ()
    left = tuple(one.number for one in unfinished(chosen.data))
    return Planned(wanted, plan(chosen, wanted), holding, left)


def perform(chosen: Settings, planned: Planned, by: str) -> tuple[Outcome, ...]:
    """Erase it, as far as it still may be."""
    return erase(chosen, planned.items, planned.wanted, by)


def refused(done: tuple[Outcome, ...]) -> bool:
    """Whether anything was not erased."""
    return any(one.refused for one in done)


def lines(planned: Planned) -> Iterator[str]:
    """A table for people."""
    for item in planned.items:
        size = f"{item.count:>5} file{'s' if item.count != 1 else ' '} {item.bytes / 1e6:>10.1f} MB"
        yield f"{item.meeting or '–':<14}{item.kind:<13}{size}  {item.why} ({item.rule})"
        if item.refused:
            yield f"    not erased: {item.refused}"
    if not planned.items:
        yield "Nothing is due."
    if planned.wanted.person:
        yield f"Meetings that name {planned.wanted.person}: {', '.join(planned.holding) or 'none'}."
    if planned.left:
        numbers = ", ".join(map(str, planned.left))
        yield f"Erasures that were interrupted, and are finished with --erase: certificates {numbers}."


def told(planned: Planned, done: tuple[Outcome, ...] | None) -> Iterator[str]:
    """What came of it, for people."""
    if done is None:
        if planned.going or planned.left:
            yield "Nothing was erased: this only says what would be. Add --erase to do it."
        return
    for one in done:
        where = f"{one.item.kind} of {one.item.meeting}" if one.item.meeting else str(one.item.kind)
        if one.refused and not one.item.refused:
            yield f"Not erased: {where}. {one.refused}"
        yield from (f"Erased: {where}. zhuzi certificates {number}" for number in one.certificates)


def table(planned: Planned, done: tuple[Outcome, ...] | None) -> dict[str, Any]:
    """The same for programs."""
    outcomes = done or ()
    return {
        "erased": done is not None,
        "items": [
            {
                "id": item.meeting,
                "kind": item.kind.value,
                "count": item.count,
                "bytes": item.bytes,
                "rule": item.rule,
                "why": item.why,
                "refused": next((o.refused for o in outcomes if o.item is item), item.refused),
                "certificates": [n for o in outcomes if o.item is item for n in o.certificates],
            }
            for item in planned.items
        ],
        "holding": list(planned.holding),
        "interrupted": list(planned.left),
    }
