"""Meetings are ready before anybody opens them."""

from pathlib import Path

import pytest

from pipeline import warming
from pipeline.folder import MeetingFolder
from pipeline.live import LiveMeeting
from pipeline.warming import Warming
from redaction import draft as drafts


def test_who_opens_a_meeting_that_was_made_ready_searches_nothing(
    data: Path, job: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveMeeting(job)
    Warming(data, lambda folder: live).all()

    def again(*_: object, **__: object) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr(drafts, "drafted", again)
    assert live.settled
    assert live.draft().marks


def test_what_is_public_waits_for_nobody(data: Path, job: MeetingFolder) -> None:
    job.public.mkdir()
    Warming(data, _never).all()


def test_a_folder_that_holds_nothing_yet_stops_no_other(data: Path, job: MeetingFolder) -> None:
    (data / "meetings" / "0123456789ab").mkdir()
    asked: list[str] = []
    live = LiveMeeting(job)

    def asked_for(folder: MeetingFolder) -> LiveMeeting:
        asked.append(folder.id)
        return live

    Warming(data, asked_for).all()
    assert asked == [job.id]


def test_only_so_many_stay_in_memory(data: Path, job: MeetingFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "MEETINGS", 0)
    Warming(data, _never).all()


def _never(folder: MeetingFolder) -> LiveMeeting:
    raise AssertionError(folder.id)
