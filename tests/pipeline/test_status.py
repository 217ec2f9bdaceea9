"""Where meetings stand; a damaged one hides no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline.folder import MeetingFolder, find, meetings
from pipeline.lock import alone
from pipeline.run import RECORD
from speakers.error import BusyError, NotFoundError
from tests.conftest import MEETING, one_object, write_wave

Zhuzi = Callable[..., Result]


def test_no_meeting_says_how_to_begin(zhuzi: Zhuzi, data: Path) -> None:
    result = zhuzi("status")
    assert (result.exit_code, "Begin with: zhuzi run" in result.stdout) == (0, True)
    assert one_object(zhuzi("status", "--json").stdout) == {"jobs": [], "meetings": []}
    assert not data.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b"{"),
        ("manifest.json", b"[]"),
        ("manifest.json", b'{"stages": []}'),
        ("meeting.toml", b"\xff"),
        ("meeting.toml", b"title = 5"),
        ("ledger.jsonl", b"x\n"),
        (RECORD, b"{}"),
    ],
)
def test_a_damaged_meeting_hides_no_other(
    zhuzi: Zhuzi,
    hear: Callable[..., MeetingFolder],
    job: MeetingFolder,
    tmp_path: Path,
    name: str,
    content: bytes,
) -> None:
    other = hear(write_wave(tmp_path / "other.wav", seed=2))
    (job.root / name).parent.mkdir(exist_ok=True)
    (job.root / name).write_bytes(content)
    result = zhuzi("status")
    assert result.exit_code == 0, result.output
    rows = {row["id"]: row for row in one_object(zhuzi("status", "--json").stdout)["meetings"]}
    assert rows[other.id]["state"] == "awaiting review"
    assert rows[job.id]["state"] == "damaged"
    assert rows[job.id]["error"] in result.stdout
    assert zhuzi("status", job.id).exit_code == 0


def test_one_meeting_in_detail(zhuzi: Zhuzi, undecided: MeetingFolder) -> None:
    shown = zhuzi("status", undecided.id).stdout
    for part in (str(undecided.root), "decode", "attribute", "done", "marks undecided"):
        assert part in shown


def test_what_is_no_meeting_is_not_in_the_way(job: MeetingFolder, data: Path) -> None:
    (data / "meetings" / ".DS_Store").write_bytes(b"")
    assert [folder.id for folder in meetings(data)] == [job.id]


def test_a_beginning_of_an_id_will_do_if_it_is_the_only_one(job: MeetingFolder, data: Path) -> None:
    assert find(data, job.id[:4]).root == job.root
    for wrong in (job.id[:3], job.id + "0"):
        with pytest.raises(NotFoundError, match="There is no meeting"):
            find(data, wrong)
    (data / "meetings" / (job.id[:6] + "zzzzzz")).mkdir()
    with pytest.raises(NotFoundError, match="More than one"):
        find(data, job.id[:4])
    assert find(data, job.id).root == job.root


def test_somebody_at_work_is_told_of(data: Path) -> None:
    with (
        alone(data, lambda: None),
        pytest.raises(BusyError, match="Another job"),
        alone(data, print, wait=False),
    ):
        pytest.fail("two at once")


def test_a_voice_that_is_not_there_is_told_before_the_release(
    zhuzi: Zhuzi, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_MODELS", str(tmp_path / "models"))
    file = recording.with_name("meeting.toml")
    file.write_text(f'hide_with = "voice"\n{MEETING}', encoding="utf-8")
    ran = one_object(zhuzi("run", recording, "--json").stdout)
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    for said in (ran["warnings"], row["warnings"]):
        assert len([w for w in said if "zhuzi models fetch kokoro" in w]) == 1
    file.write_text(f'hide_with = "voice"\npublish = "text"\n{MEETING}', encoding="utf-8")
    assert "kokoro" not in zhuzi("run", recording).stdout
