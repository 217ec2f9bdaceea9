"""What was found once is looked for everywhere: a surface form becomes an alias for the whole meeting."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from redaction.found import LITERAL, Found
from redaction.heard import tokens_of
from redaction.mark import Kind, Tier
from speakers.lexicon import is_common


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """Something that was masked as somebody's mention.

    Attributes:
        subject: whose.
        surface: how it read.
    """

    subject: str
    surface: str


_SURE_NATS = 5.0
_SHORTEST, _LONGEST = 2, 6


def propagated(texts: list[str], found: list[list[Found]], accepted: Iterable[Sighting]) -> None:
    """Add to what was found, statement by statement, every other place that reads like something in it.

    Args:
        texts: (n_statements,).
        found: (n_statements,) rows; they are added to.
        accepted: what reviewers masked.
    """
    forms = {
        (hit.subject, hit.surface): False
        for row in found
        for hit in row
        if hit.level not in LITERAL and hit.nats >= _SURE_NATS and _telling(hit.cues)
    }
    for sighting in accepted:
        surface = "".join(tokens_of(sighting.surface))
        if not is_common(surface):
            forms[sighting.subject, surface] = True
    whole = "\n".join(texts)
    begins = list(itertools.accumulate((len(text) + 1 for text in texts), initial=0))
    for (subject, surface), sure in forms.items():
        at = whole.find(surface) if _SHORTEST <= len(surface) <= _LONGEST else -1
        while at >= 0:
            number = bisect.bisect_right(begins, at) - 1
            hit = _hit(at - begins[number], subject, surface, sure=sure)
            if not any(t.covers(hit) or (t.meets(hit) and t.subject == subject) for t in found[number]):
                found[number].append(hit)
            at = whole.find(surface, at + 1)


def _telling(cues: tuple[str, ...]) -> bool:
    return not {"common-word", "everyday-word", "across-statements"} & set(cues)


def _hit(start: int, subject: str, surface: str, *, sure: bool) -> Found:
    return Found(
        start=start,
        end=start + len(surface),
        subject=subject,
        kind=Kind.ALIAS,
        tier=Tier.B if sure else Tier.C,
        level="propagated",
        cues=("accepted-form",) if sure else ("seen-elsewhere",),
        nats=_SURE_NATS,
        surface=surface,
    )
