"""Leaks that were written without knowing the scanner, and clean files that tempt it.

The scanner met them on 2026-11-22: docs/design.md has what it found of them then. Whatever it missed was mended since,
so now they hold what was reached, and measure nothing unseen any more.
"""

from __future__ import annotations

from tests.redaction import (
    blind_clean,
    blind_formats,
    blind_logs,
    blind_media,
    blind_office,
    blind_spellings,
    blind_stores,
)
from tests.redaction.blind_people import PEOPLE, Canary

CANARIES: tuple[Canary, ...] = (
    *blind_spellings.CANARIES,
    *blind_formats.CANARIES,
    *blind_office.CANARIES,
    *blind_stores.CANARIES,
    *blind_logs.CANARIES,
    *blind_media.CANARIES,
)
CLEAN: tuple[Canary, ...] = blind_clean.CLEAN

__all__ = ["CANARIES", "CLEAN", "PEOPLE", "Canary"]
