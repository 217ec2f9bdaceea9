"""A second set of leaks that were written without knowing the scanner, after the first one's misses were mended.

The scanner met them on 2026-11-22: docs/design.md has what it found of them then.
"""

from __future__ import annotations

from tests.redaction import (
    second_clean,
    second_media,
    second_office,
    second_published,
    second_spellings,
    second_traces,
    second_web,
)
from tests.redaction.blind_people import Canary
from tests.redaction.second_people import PEOPLE

SECOND: tuple[Canary, ...] = (
    *second_published.CANARIES,
    *second_spellings.CANARIES,
    *second_office.CANARIES,
    *second_web.CANARIES,
    *second_media.CANARIES,
    *second_traces.CANARIES,
)
SECOND_CLEAN: tuple[Canary, ...] = second_clean.CLEAN
MISSED = frozenset({"homophone_short"})
"""What is known not to be found: a name of two syllables in other characters of the same sound."""

__all__ = ["MISSED", "PEOPLE", "SECOND", "SECOND_CLEAN", "Canary"]
