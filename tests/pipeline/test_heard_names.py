"""A recording is heard again where staff ask for it, and never passes for heard when the names are others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import heard_names, review
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder
from redaction.release import UNLISTENED, obstacles
from speakers.error import StorageError
from tests.conftest import MEETING, SECRETS
from tests.engines import scripted

SAID = (*scripted.SAID[:3], ("S1", 6_800, 8_600, "謝謝結婚，散會。"))
ASKED = "hear_twice = true\n" + MEETING


def _engines(calls: Path | None = None) -> Engines:
    return scripted.engines(
        calls,
        transcriber=scripted.ScriptedTranscriber(said=SAID, calls=calls),
        listener=scripted.ScriptedListener(likely=(("佩珊", -5.0), ("結婚", -30.0)), calls=calls),
    )


@pytest.fixture
def again(recording: Path, hear: Callable[..., MeetingFolder], calls: Path) -> MeetingFolder:
    """A meeting that was heard twice; the second time somebody was named."""
    (recording.parent / "meeting.toml").write_text(ASKED, "utf-8")
    return hear(engines=_engines(calls))


def _heard(folder: MeetingFolder) -> list[str]:
    return [m.subject for m in review.draft_of(folder).marks if m.evidence.level == "heard"]


def test_what_only_the_sound_names_is_marked(again: MeetingFolder) -> None:
    assert _heard(again) == ["p2"]
    text = (again.root / heard_names.FILE).read_text("utf-8")
    assert not [name for name in SECRETS if name in text]
    assert UNLISTENED not in obstacles(review.draft_of(again))


def test_nothing_is_heard_again_unless_it_is_asked_for(job: MeetingFolder, calls: Path) -> None:
    assert "expecting" not in calls.read_text("utf-8")
    assert heard_names.STAGE not in job.manifest()["stages"]
    assert UNLISTENED not in obstacles(review.draft_of(job))


def test_nor_where_nobody_is_protected(
    recording: Path, hear: Callable[..., MeetingFolder], calls: Path
) -> None:
    (recording.parent / "meeting.toml").write_text("hear_twice = true\n", "utf-8")
    folder = hear(engines=_engines(calls))
    assert "expecting" not in calls.read_text("utf-8")
    assert UNLISTENED not in obstacles(review.draft_of(folder))


def test_a_meeting_that_was_heard_once_says_so_and_is_not_released(
    recording: Path, hear: Callable[..., MeetingFolder], job: MeetingFolder
) -> None:
    toml = job.meeting_toml.read_text("utf-8")
    job.meeting_toml.write_text("hear_twice = true\n" + toml, "utf-8")
    draft = review.draft_of(job)
    assert UNLISTENED in obstacles(draft)
    assert any("zhuzi run" in question for question in review.questions(draft))


def test_another_name_makes_the_hearing_stale_until_the_next_run(
    again: MeetingFolder, recording: Path, hear: Callable[..., MeetingFolder], calls: Path
) -> None:
    (recording.parent / "meeting.toml").write_text(ASKED.replace("毛毛媽", "毛毛"), "utf-8")
    calls.write_text("")
    hear(engines=_engines(calls))
    assert "expecting" in calls.read_text("utf-8")
    assert _heard(again) == ["p2"]
    calls.write_text("")
    hear(engines=_engines(calls))
    assert "expecting" not in calls.read_text("utf-8")


def test_stale_sightings_are_not_used(again: MeetingFolder, zhuzi: Callable[..., object]) -> None:
    path = again.root / heard_names.FILE
    path.write_text(path.read_text("utf-8").replace('"people": "', '"people": "0'), "utf-8")
    assert _heard(again) == []
    assert UNLISTENED in obstacles(review.draft_of(again))


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"record": 1}'])
def test_a_damaged_result_is_told(again: MeetingFolder, damaged: str) -> None:
    (again.root / heard_names.FILE).write_text(damaged, "utf-8")
    with pytest.raises(StorageError, match="damaged"):
        review.draft_of(again)
