"""Moments as exports and chat logs write them: a time of day, or so long since the beginning."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

_TAIPEI = ZoneInfo("Asia/Taipei")

_TIME = re.compile(
    r"(?P<before>上午|下午|凌晨|早上|中午|晚上|AM|PM)?\s*(?<!\d)(?P<hour>\d{1,2})[:：](?P<minute>\d{2})"
    r"(?:[:：](?P<second>\d{2}))?(?:[.,]\d+)?\s*(?P<after>[AP]\.?M\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?!\w)",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_LATE = frozenset(["下午", "晚上", "PM"])


def moment_of(text: str) -> tuple[int | None, str]:
    """A moment in milliseconds since midnight in Taipei, or since a beginning, and its day, if that is written.

    >>> moment_of("2024-05-01T06:03:22.000Z"), moment_of("下午 2:03"), moment_of("00:01:30"), moment_of("later")
    ((50602000, '2024-05-01'), (50580000, ''), (90000, ''), (None, ''))
    """
    found = _TIME.search(_DAY.sub(" ", text.replace("T", " ")))
    if found is None:
        return None, ""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    half = (found["before"] or found["after"] or "").replace(".", "").upper()
    if half in _LATE and hour < 12:
        hour += 12
    elif half in {"AM", "上午", "凌晨"} and hour == 12:
        hour = 0
    if minute > 59 or second > 59:
        return None, ""
    day = _day(text)
    at = ((hour * 60 + minute) * 60 + second) * 1000
    zone = found["zone"]
    if day is not None and zone and hour < 24:
        offset = "+00:00" if zone.upper() in {"Z", "UTC", "GMT"} else zone
        there = datetime.datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:{second:02}{offset}")
        here = there.astimezone(_TAIPEI)
        return ((here.hour * 60 + here.minute) * 60 + here.second) * 1000, here.date().isoformat()
    return at, day.isoformat() if day else ""


def _day(text: str) -> datetime.date | None:
    found = _DAY.search(text)
    try:
        return datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
