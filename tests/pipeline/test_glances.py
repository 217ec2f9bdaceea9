"""Where meetings stand, asked often: looked at again only where something changed, and nobody waits for long."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline import glances, register
from pipeline.folder import MeetingFolder
from pipeline.glances import Glances


@pytest.fixture
def folders(data: Path) -> list[MeetingFolder]:
    """Two meetings with nothing in them."""
    made = [MeetingFolder(data / "meetings" / name) for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")]
    for folder in made:
        folder.root.mkdir(parents=True)
    return made


class Look:
    """Counts how often each meeting is looked at."""

    def __init__(self) -> None:
        self.looked: list[str] = []
        self.may = threading.Event()
        self.may.set()

    def __call__(self, folder: MeetingFolder) -> glances.Row:
        assert self.may.wait(10)
        self.looked.append(folder.id)
        return {"id": folder.id, "state": "awaiting review"}


def test_what_did_not_change_is_looked_at_once(folders: list[MeetingFolder]) -> None:
    look = Look()
    seen = Glances(look)
    first = seen.rows(folders, within_s=10)
    assert [row["id"] for row in first if row] == [f.id for f in folders]
    assert seen.rows(folders, within_s=10) == first
    assert look.looked == [f.id for f in folders]


@pytest.mark.parametrize(
    "name",
    [
        "ledger.jsonl",
        "meeting.toml",
        "manifest.json",
        "window.jsonl",
        "window/window.jsonl",
        "public/record.md",
    ],
)
def test_whatever_a_row_is_made_of_makes_it_be_looked_at_again(
    folders: list[MeetingFolder], name: str
) -> None:
    look = Look()
    seen = Glances(look)
    seen.rows(folders, within_s=10)
    (folders[1].root / name).parent.mkdir(exist_ok=True)
    (folders[1].root / name).write_text("new")
    seen.rows(folders, within_s=10)
    assert look.looked == [folders[0].id, folders[1].id, folders[1].id]


def test_a_change_of_the_register_concerns_every_meeting(folders: list[MeetingFolder], data: Path) -> None:
    look = Look()
    seen = Glances(look)
    seen.rows(folders, within_s=10)
    people = register.of(data).place / "people"
    people.mkdir(parents=True)
    (people / "r0").write_text("somebody")
    seen.rows(folders, within_s=10)
    assert len(look.looked) == 4


def test_nobody_waits_for_longer_than_they_said(folders: list[MeetingFolder]) -> None:
    look = Look()
    look.may.clear()
    seen = Glances(look)
    assert seen.rows(folders, within_s=0) == [None, None]
    look.may.set()
    assert all(seen.rows(folders, within_s=10))
    assert sorted(set(look.looked)) == [f.id for f in folders]


def test_one_that_breaks_hides_no_other_one(folders: list[MeetingFolder]) -> None:
    def look(folder: MeetingFolder) -> glances.Row:
        if folder is folders[0]:
            raise ValueError("蔡佩珊")
        return {"id": folder.id, "state": "awaiting review"}

    broken, whole = Glances(look).rows(folders, within_s=10)
    assert broken is not None
    assert broken["state"] == "damaged"
    assert "蔡佩珊" not in str(broken)
    assert whole == {"id": folders[1].id, "state": "awaiting review"}
