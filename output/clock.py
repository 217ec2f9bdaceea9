"""When something was said, by the clocks of Taipei."""

from __future__ import annotations

import datetime

from redaction.released import Released
from speakers.record import Millis

_BEFORE_THE_REPUBLIC = 1911
_WEEK = "一二三四五六日"

TAIPEI = datetime.timezone(datetime.timedelta(hours=8))


def iso_date(date: str) -> str:
    """The date where it is one in ISO form; a ROC year would be read as the first century.

    >>> iso_date("2024-05-01"), iso_date("113/05/01")
    ('2024-05-01', '')
    """
    try:
        return datetime.date.fromisoformat(date.strip()).isoformat()
    except ValueError:
        return ""


def spoken_date(date: str) -> str:
    """The date as Taiwan's offices write it, with the year since 1912; as it is given where it is none, or earlier.

    >>> spoken_date("2026-03-24"), spoken_date("1911-12-31"), spoken_date("113/05/01")
    ('中華民國115年3月24日（星期二）', '1911-12-31', '113/05/01')
    """
    if not iso_date(date):
        return date
    day = datetime.date.fromisoformat(iso_date(date))
    year = day.year - _BEFORE_THE_REPUBLIC
    return f"中華民國{year}年{day.month}月{day.day}日（星期{_WEEK[day.weekday()]}）" if year > 0 else date


def zero(released: Released) -> datetime.datetime | None:
    """When the recording began, with Taipei's offset; None where its date or time of day is unknown."""
    try:
        begins = datetime.time.fromisoformat(released.begins)
        return datetime.datetime.fromisoformat(f"{iso_date(released.date)}T{begins:%H:%M:%S}").replace(
            tzinfo=TAIPEI
        )
    except ValueError:
        return None


def written(zero: datetime.datetime, after: Millis) -> str:
    """A moment as XML and JSON write it: to the millisecond, with its offset.

    >>> written(datetime.datetime(2024, 5, 1, 23, 59, tzinfo=TAIPEI), Millis(61_500))
    '2024-05-02T00:00:01.500+08:00'
    """
    return (zero + datetime.timedelta(milliseconds=after)).isoformat(timespec="milliseconds")


def since(zero: datetime.datetime, moment: str) -> Millis:
    """Milliseconds from the start of the recording to a moment that `written` wrote."""
    return Millis(
        round((datetime.datetime.fromisoformat(moment) - zero) / datetime.timedelta(milliseconds=1))
    )
