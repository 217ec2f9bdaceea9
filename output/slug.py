"""What a record is called in file names and addresses."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 50
"""As the archive cuts its keys; in UTF-8 at most 200 bytes, so that an ending still fits on every disk."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names that Windows keeps for devices, whatever the ending."""


def slug(heading: str) -> str:
    """A file name from a heading: letters, digits, `-`, `_` and inner dots; safe on disks and in addresses.

    Made from the heading only. The original's file name often holds a name, so it is never looked at.

    >>> slug("2024-05-01 「開放政府」Open Data 會議")
    '2024-05-01-開放政府-open-data-會議'
    >>> slug("../../etc/passwd"), slug("…"), slug("CON")
    ('etc-passwd', 'record', 'record-con')
    """
    # Lowering may take a letter apart (İ), so the normal form is made last.
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", heading).lower())
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "_." else "-" for c in lowered)
    short = re.sub(r"[-.]*-[-.]*|\.\.+", "-", kept).strip("-.")[:MAX_CHARACTERS].strip("-.")
    if _RESERVED.match(short):
        short = f"record-{short}"[:MAX_CHARACTERS]
    return short or "record"
