"""What was found once is looked for everywhere: a surface form becomes an alias for the whole meeting."""

from __future__ import annotations

from dataclasses import dataclass

from redaction.chinese import is_common
from redaction.found import LITERAL, Found
from redaction.heard import Heard
from redaction.mark import Kind, Tier
from speakers.meeting import Meeting


@dataclass(frozen=True, slots=True)
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


def propagated(
    meeting: Meeting, texts: list[str], found: list[list[Found]], accepted: tuple[Sighting, ...]
) -> None:
    """Add to what was found, statement by statement, every other place that reads like something in it.

    Args:
        meeting: whose people they are.
        texts: (n_statements,).
        found: (n_statements,) rows; they are added to.
        accepted: what reviewers masked.
    """
    forms: dict[tuple[str, str], bool] = {}
    for row in found:
        for hit in row:
            if hit.level not in LITERAL and hit.nats >= _SURE_NATS and "common-word" not in hit.cues:
                forms.setdefault((hit.subject, hit.surface), False)
    for sighting in accepted:
        surface = "".join(Heard(sighting.surface).tokens)
        if not is_common(surface):
            forms[sighting.subject, surface] = True
    wanted = [(s, f, sure) for (s, f), sure in forms.items() if _SHORTEST <= len(f) <= _LONGEST]
    whole = "\n".join(texts)
    for subject, surface, sure in wanted:
        if surface not in whole:
            continue
        for text, row in zip(texts, found, strict=True):
            at = text.find(surface)
            while at >= 0:
                hit = Found(
                    at, at + len(surface), subject, Kind.ALIAS, Tier.B if sure else Tier.C, "propagated",
                    ("accepted-form",) if sure else ("seen-elsewhere",), _SURE_NATS, surface,
                )  # fmt: skip
                if not any(t.meets(hit) and (t.subject == subject or t.covers(hit)) for t in row):
                    row.append(hit)
                at = text.find(surface, at + 1)
