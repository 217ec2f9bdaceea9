"""Something that must not appear: a protected person's names, and the facts that point at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from speakers.meeting import Participant


@dataclass(frozen=True, slots=True)
class Term:
    """Something that must not appear.

    Attributes:
        id: "p3/0" is participant p3's name, "p3/2" the second alias, "p3/f0" the first fact. What reports show.
        surface: the name itself; kept out of the repr, so that no log or traceback can show it.
        fact: whether it names nobody by itself: an employer, a number. Looked for in fewer ways.
    """

    id: str
    surface: str = field(repr=False)
    fact: bool = False


def terms_of(participants: Iterable[Participant]) -> tuple[Term, ...]:
    """Names and aliases of those who asked for anonymity; of nobody else.

    >>> from speakers.meeting import Wish
    >>> [t.id for t in terms_of([Participant("p1", "A"), Participant("p2", "B", "", ("C",), Wish.ANONYMOUS)])]
    ['p2/0', 'p2/1']
    """
    return tuple(
        Term(f"{p.id}/{n}", name.strip())
        for p in participants
        if p.protected
        for n, name in enumerate(p.names)
    )


def facts_of(participants: Iterable[Participant]) -> tuple[Term, ...]:
    """The facts that point at those who asked for anonymity.

    >>> from speakers.meeting import Fact, FactKind, Wish
    >>> person = Participant("p2", "B", wish=Wish.ANONYMOUS, facts=(Fact(FactKind.EMPLOYER, "台新銀行"),))
    >>> [t.id for t in facts_of([person])]
    ['p2/f0']
    """
    return tuple(
        Term(f"{p.id}/f{n}", fact.text.strip(), fact=True)
        for p in participants
        if p.protected
        for n, fact in enumerate(p.facts)
    )
