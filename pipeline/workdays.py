"""Working days in Taiwan, and days that end in Taipei; the one door to `holidays`."""

from __future__ import annotations

import datetime
from functools import cache

import holidays

from speakers.error import RecordError

TAIPEI = datetime.timezone(datetime.timedelta(hours=8), "Asia/Taipei")
"""Taiwan's time; the clock has not been changed there since 1979."""

KNOWN = range(2022, 2028)
"""Years whose calendar the government published, and a test held against these rules."""


def now() -> datetime.datetime:
    """This moment, in Taipei."""
    return datetime.datetime.now(TAIPEI)


def after(day: datetime.date, days: int) -> datetime.date:
    """The working day that comes so many working days after a day, which does not count itself.

    Args:
        day: any day.
        days: from 1.

    Raises:
        RecordError: If it is no number of days, or if it cannot be known, because the calendar of that year was not
            published when this version was made.

    >>> after(datetime.date(2026, 2, 12), 1)  # the day before nine days of New Year
    datetime.date(2026, 2, 13)
    >>> after(datetime.date(2026, 2, 13), 1)
    datetime.date(2026, 2, 23)
    """
    if days < 1:
        raise RecordError("A window needs one working day or more.", "Give a number from 1, or a date.")
    while days:
        day += datetime.timedelta(days=1)
        days -= works(day)
    return day


def works(day: datetime.date) -> bool:
    """Whether offices are open on a day.

    Raises:
        RecordError: If that is not known.
    """
    if day.year not in KNOWN:
        raise RecordError(
            f"Which days of {day.year} are working days is not known to this version.",
            "Give the last day as a date: --until YYYY-MM-DD.",
        )
    return bool(_calendar().is_working_day(day))


def left(day: datetime.date, last: datetime.date) -> int | None:
    """Working days from a day to the last one, both included; 0 once that is over, None where it is not known."""
    if last.year not in KNOWN or day.year not in KNOWN:
        return None if day <= last else 0
    ahead = (day + datetime.timedelta(days=n) for n in range((last - day).days + 1))
    return sum(works(one) for one in ahead)


def over(last: datetime.date, moment: datetime.datetime) -> bool:
    """Whether a day has ended in Taipei.

    >>> over(datetime.date(2026, 5, 4), datetime.datetime(2026, 5, 4, 15, 59, tzinfo=datetime.UTC))
    False
    >>> over(datetime.date(2026, 5, 4), datetime.datetime(2026, 5, 4, 16, 0, tzinfo=datetime.UTC))
    True
    """
    return moment.astimezone(TAIPEI).date() > last


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("TW")
