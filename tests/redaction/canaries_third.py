"""A third set of leaks that were written without knowing the scanner, after the second one's misses were mended.

The scanner met them on 2026-11-22: docs/design.md has what it found of them then.
"""

from __future__ import annotations

from tests.redaction import (
    third_clean,
    third_media,
    third_office,
    third_published,
    third_spellings,
    third_traces,
)
from tests.redaction.blind_people import Canary
from tests.redaction.third_people import PEOPLE

THIRD: tuple[Canary, ...] = (
    *third_published.CANARIES,
    *third_spellings.CANARIES,
    *third_office.CANARIES,
    *third_media.CANARIES,
    *third_traces.CANARIES,
)
THIRD_CLEAN: tuple[Canary, ...] = third_clean.CLEAN

__all__ = ["PEOPLE", "THIRD", "THIRD_CLEAN", "Canary"]
