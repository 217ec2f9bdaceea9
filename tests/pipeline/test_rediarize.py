"""Telling voices apart again: other voices, the same words, and nothing that was said of the voices before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pipeline import review
from pipeline.folder import MeetingFolder, Stage
from pipeline.rediarize import rediarize
from redaction.decision import Corrected, Merged, Named
from speakers.error import NotReleasableError, RecordError, StageError
from speakers.record import Diarization, Millis, SpeakerId
from speakers.sound import Progress, Sound
from tests.conftest import finishes, one_object, silent_report
from tests.engines import scripted


@dataclass(frozen=True)
class Obedient:
    """Finds as many voices as it is told to, at most three, the last one first."""

    fingerprint: str = "scripted turns 1"
    calls: Path | None = None

    def __call__(self, sound: Sound, least: int | None, most: int | None, progress: Progress) -> Diarization:
        scripted.note(self.calls, f"diarize {least} {most}")
        said = tuple((f"S{(i % (most or 3)) + 1}", a, b, t) for i, (_, a, b, t) in enumerate(scripted.SAID))
        return Diarization(scripted.turns(said), scripted.turns(said), Millis(len(sound) // 16))


def again(
    folder: MeetingFolder, calls: Path, least: int | None, most: int | None
) -> tuple[MeetingFolder, tuple[str, ...]]:
    engines = scripted.engines(calls, diarizer=Obedient(calls=calls))
    done = rediarize(folder, "Reviewer", (least, most), lambda: engines, silent_report)
    return folder, done.void


def test_words_stay_and_voices_are_others(job: MeetingFolder, calls: Path) -> None:
    before = review.draft_of(job)
    again(job, calls, 2, 2)
    after = review.draft_of(job)
    assert (len(before.record.diarization.speakers), len(after.record.diarization.speakers)) == (3, 2)
    said = ["".join(s.text for s in d.record.statements) for d in (before, after)]
    assert said[0] == said[1]
    assert (finishes(job)["transcribe"], finishes(job)["diarize"]) == (1, 2)
    assert calls.read_text().split("\n")[-2] == "diarize 2 2"


def test_no_approval_and_nothing_said_of_a_voice_survives(approved: MeetingFolder, calls: Path) -> None:
    review.decide(
        approved, "Reviewer", (Named(SpeakerId("S1"), "p3"), Merged(SpeakerId("S3"), SpeakerId("S2")))
    )
    review.accept_proposed(approved, "Reviewer")
    assert review.standing(approved) == "approved"
    _, void = again(approved, calls, 2, 2)
    draft = review.draft_of(approved)
    assert (draft.approvals, review.standing(approved)) == ((), "awaiting review")
    assert not any(n.confirmed and n.why == "reviewer" for n in draft.namings.links)
    assert len(draft.record.diarization.speakers) == 2
    said = " ".join(void)
    assert "approval (1)" in said
    assert "merger of voices (1)" in said
    assert "naming of a voice" in said


def test_an_approval_is_void_even_where_the_voices_come_out_the_same(
    approved: MeetingFolder, calls: Path
) -> None:
    engines = scripted.engines(calls)
    rediarize(approved, "Reviewer", (3, 3), lambda: engines, silent_report)
    assert review.draft_of(approved).approvals == ()


def test_a_later_run_keeps_the_hint(
    job: MeetingFolder, calls: Path, hear: Callable[..., MeetingFolder]
) -> None:
    again(job, calls, 2, 2)
    count = finishes(job)["diarize"]
    hear(engines=scripted.engines(calls, diarizer=Obedient(calls=calls)))
    assert finishes(job)["diarize"] == count
    assert len(review.draft_of(job).record.diarization.speakers) == 2


def test_what_staff_write_afterwards_wins(
    job: MeetingFolder, recording: Path, calls: Path, hear: Callable[..., MeetingFolder]
) -> None:
    again(job, calls, 2, 2)
    toml = recording.parent / "meeting.toml"
    toml.write_text("speakers = 3\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    hear(engines=scripted.engines(calls, diarizer=Obedient(calls=calls)))
    assert len(review.draft_of(job).record.diarization.speakers) == 3


def test_names_are_void_too_where_a_run_finds_other_voices(
    approved: MeetingFolder, recording: Path, calls: Path, hear: Callable[..., MeetingFolder]
) -> None:
    review.decide(approved, "Reviewer", (Named(SpeakerId("S2"), "p1"),))
    toml = recording.parent / "meeting.toml"
    toml.write_text("speakers = 2\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    hear(engines=scripted.engines(calls, diarizer=Obedient(calls=calls)))
    draft = review.draft_of(approved)
    assert draft.approvals == ()
    assert not any(
        n.speaker == "S2" and n.participant_id == "p1" and n.confirmed for n in draft.namings.links
    )


def test_a_correction_of_a_statement_that_is_still_there_stays(job: MeetingFolder, calls: Path) -> None:
    first = review.draft_of(job).record.statements[0]
    review.decide(job, "Reviewer", (Corrected(first.id, first.digest, "各位好，我是沈立言。"),))
    again(job, calls, 2, 2)
    assert review.draft_of(job).record.statements[0].text == "各位好，我是沈立言。"


def named_by_reviewer(folder: MeetingFolder) -> list[str]:
    return [n.speaker for n in review.draft_of(folder).namings.links if n.why == "reviewer"]


def test_a_voice_that_is_named_while_voices_are_told_apart_is_none_afterwards(
    job: MeetingFolder, calls: Path
) -> None:
    @dataclass(frozen=True)
    class Slow(Obedient):
        def __call__(self, *given: Any) -> Diarization:
            review.decide(job, "Reviewer", (Named(SpeakerId("S2"), "p1"),))
            return super().__call__(*given)

    engines = scripted.engines(calls, diarizer=Slow(calls=calls))
    rediarize(job, "Reviewer", (2, 2), lambda: engines, silent_report)
    assert named_by_reviewer(job) == []


def test_a_voice_that_is_named_between_a_kill_and_the_next_run_is_none_once_there_are_others(
    job: MeetingFolder, calls: Path, hear: Callable[..., MeetingFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    perform = MeetingFolder.perform

    def killed(folder: MeetingFolder, stage: Stage) -> str:
        return str(1 / 0) if stage.name == "attribute" else perform(folder, stage)

    with monkeypatch.context() as patch:
        patch.setattr(MeetingFolder, "perform", killed)
        with pytest.raises(StageError):
            again(job, calls, 2, 2)
    assert len(review.draft_of(job).record.diarization.speakers) == 3  # what is shown until the next run
    review.decide(job, "Reviewer", (Named(SpeakerId("S2"), "p1"),))
    hear(engines=scripted.engines(calls, diarizer=Obedient(calls=calls)))
    assert len(review.draft_of(job).record.diarization.speakers) == 2
    assert named_by_reviewer(job) == []


def test_what_was_decided_in_sight_of_other_voices_is_refused(job: MeetingFolder, calls: Path) -> None:
    seen = review.draft_of(job)
    again(job, calls, 2, 2)
    with pytest.raises(NotReleasableError):
        review.decide(job, "Reviewer", (Named(SpeakerId("S2"), "p1"),), seen=seen)
    assert named_by_reviewer(job) == []


@pytest.mark.parametrize("bounds", [(0, None), (4, 2), (None, 0)])
def test_nonsense_is_refused_before_anything_is_written(
    job: MeetingFolder, calls: Path, bounds: tuple[int | None, int | None]
) -> None:
    with pytest.raises(RecordError):
        again(job, calls, *bounds)
    assert not job.ledger.exists()


def test_the_command_says_what_is_void(approved: MeetingFolder, zhuzi: Callable[..., Result]) -> None:
    result = zhuzi("rediarize", approved.id, "--reviewer", "R", "--min", 2, "--max", 3, "--json")
    answer = one_object(result.output)
    assert (answer["state"], answer["voices"]) == ("awaiting review", 3)
    assert "No longer counts: approval (1)." in answer["void"]
    both = zhuzi("rediarize", approved.id, "--reviewer", "R", "--speakers", 2, "--max", 3)
    assert both.exit_code == 2
