"""Working days in Taiwan: held against the government's own calendar, day by day, and against people's counting."""

import datetime

import pytest

from pipeline import workdays
from speakers.error import RecordError
from tests.pipeline.government_calendar import OTHERWISE


def official() -> dict[datetime.date, bool]:
    """Whether offices were open, by day, as the government published it."""
    days = {}
    for year, otherwise in OTHERWISE.items():
        first = datetime.date(year, 1, 1)
        length = (datetime.date(year + 1, 1, 1) - first).days
        for day in (first + datetime.timedelta(days=n) for n in range(length)):
            days[day] = (day.weekday() < 5) != (f"{day:%m-%d}" in otherwise.split())
    return days


OFFICIAL = official()


@pytest.mark.parametrize("year", workdays.KNOWN)
def test_every_day_of_a_known_year_is_as_the_government_published_it(year: int) -> None:
    days = [day for day in OFFICIAL if day.year == year]
    assert len(days) >= 365
    assert [day for day in days if workdays.works(day) != OFFICIAL[day]] == []


def test_no_year_is_known_that_the_government_has_not_published() -> None:
    assert max(workdays.KNOWN) == max(OFFICIAL).year


def test_make_up_days_on_saturdays_are_among_them() -> None:
    saturdays = [
        d for d, works in OFFICIAL.items() if works and d.weekday() == 5 and d.year in workdays.KNOWN
    ]
    assert len(saturdays) >= 8
    assert all(workdays.works(day) for day in saturdays)


@pytest.mark.parametrize(
    ("day", "days", "last"),
    [
        ("2026-11-20", 1, "2026-11-23"),  # a Friday
        ("2026-11-22", 10, "2026-12-04"),  # a Sunday
        ("2026-12-24", 1, "2026-12-28"),  # Constitution Day is a Friday
        ("2025-01-26", 6, "2025-02-08"),  # New Year, then a Saturday that makes up for it
        ("2023-03-24", 1, "2023-03-25"),  # the Saturday that makes up for 3 April
        ("2026-12-31", 1, "2027-01-04"),  # into the next year
    ],
)
def test_the_last_day_of_a_window(day: str, days: int, last: str) -> None:
    found = workdays.after(datetime.date.fromisoformat(day), days)
    assert found.isoformat() == last
    counted = workdays.left(datetime.date.fromisoformat(day) + datetime.timedelta(days=1), found)
    assert counted == days


def test_beyond_the_published_calendars_a_date_has_to_be_given() -> None:
    with pytest.raises(RecordError, match="2028") as told:
        workdays.after(datetime.date(2027, 12, 30), 3)
    assert "--until" in told.value.cure
    assert workdays.left(datetime.date(2027, 12, 30), datetime.date(2028, 1, 5)) is None
    assert workdays.left(datetime.date(2028, 1, 6), datetime.date(2028, 1, 5)) == 0


@pytest.mark.parametrize("days", [0, -3])
def test_a_window_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(RecordError):
        workdays.after(datetime.date(2026, 11, 22), days)


def test_a_day_ends_at_midnight_in_taipei_wherever_the_machine_is() -> None:
    last = datetime.date(2026, 12, 4)
    in_california = datetime.timezone(datetime.timedelta(hours=-8))
    assert not workdays.over(last, datetime.datetime(2026, 12, 4, 7, 59, 59, tzinfo=in_california))
    assert workdays.over(last, datetime.datetime(2026, 12, 4, 8, 0, tzinfo=in_california))
